//! Bytes in, stretches of one kind out.

use crate::format::{Format, LONGEST_LOOK, Step, Unknown};

/// What bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sound, tables, whatever is not known to be picture.
    Rest,
    /// Most likely a coded picture, or a part of one.
    Picture,
}

/// What a picture begins with stays with the rest: whoever finds its way past it looks at
/// that, or a few bytes too far.
const LEAD: u64 = 32;

/// Tells pictures from the rest of one film.
#[derive(Debug)]
pub struct Pictures {
    format: Box<dyn Format>,
    state: State,
    /// Where the next byte belongs.
    at: u64,
    /// The last bytes of what was pushed before, where they are still to be looked at.
    head: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// So many bytes of the rest, and a picture of so many behind them.
    Pass { rest: u64, picture: u64 },
    /// So many bytes more of a picture.
    Picture(u64),
    /// Looks at so many bytes.
    Look(usize),
    /// Until something is worth looking at, or until this place.
    Scan(u64),
}

impl State {
    /// With so many bytes of a picture left.
    fn picture(left: u64) -> Self {
        match left {
            0 => Self::Look(0),
            left => Self::Picture(left),
        }
    }
}

impl Default for Pictures {
    fn default() -> Self {
        Self {
            format: Box::new(Unknown),
            state: State::Look(0),
            at: 0,
            head: Vec::with_capacity(LONGEST_LOOK),
        }
    }
}

impl Pictures {
    /// Puts out all of `bytes`, the next of the film, in order and in stretches of one
    /// kind. A picture may come in several.
    ///
    /// # Errors
    /// The first of `put`, after which nothing more may be pushed.
    pub fn push<E>(
        &mut self,
        bytes: &[u8],
        mut put: impl FnMut(Kind, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut left = bytes;
        // Where what is not put yet begins: up to `left` it is no picture.
        let mut from = 0;
        while !left.is_empty() {
            let done = bytes.len() - left.len();
            let most = |count: u64| {
                usize::try_from(count).map_or(left.len(), |count| count.min(left.len()))
            };
            let count = match self.state {
                State::Pass { rest, picture } => {
                    let count = most(rest);
                    self.state = match rest - count as u64 {
                        0 => State::picture(picture),
                        rest => State::Pass { rest, picture },
                    };
                    count
                }
                State::Picture(picture) => {
                    let count = most(picture);
                    if from < done {
                        put(Kind::Rest, &bytes[from..done])?;
                    }
                    from = done + count;
                    put(Kind::Picture, &bytes[done..from])?;
                    self.state = State::picture(picture - count as u64);
                    count
                }
                State::Scan(end) => {
                    let within = &left[..most(end.saturating_sub(self.at))];
                    let count = self.format.scan(within);
                    if count < within.len() {
                        self.state = State::Look(1);
                    } else if self.at + count as u64 >= end {
                        self.state = State::Look(0);
                    }
                    count
                }
                State::Look(wanted) if self.head.is_empty() && wanted <= left.len() => {
                    let head = &left[..wanted];
                    self.state = self.ask(self.at, head);
                    match self.state {
                        State::Look(_) => 0,
                        State::Scan(_) => head.len().min(1),
                        State::Pass { .. } | State::Picture(_) => head.len(),
                    }
                }
                State::Look(wanted) => {
                    let count = (wanted - self.head.len()).min(left.len());
                    self.head.extend_from_slice(&left[..count]);
                    self.at += count as u64;
                    left = &left[count..];
                    if self.head.len() == wanted {
                        self.look_at_head();
                    }
                    // What is all in `bytes` needs no copy.
                    let again = self.head.len();
                    if !left.is_empty() && again <= done + count {
                        self.head.clear();
                        self.at -= again as u64;
                        left = &bytes[done + count - again..];
                    }
                    0
                }
            };
            left = &left[count..];
            self.at += count as u64;
        }
        match from < bytes.len() {
            true => put(Kind::Rest, &bytes[from..]),
            false => Ok(()),
        }
    }

    /// Looks at the head until it wants more of it, or has done with it.
    fn look_at_head(&mut self) {
        let mut head = std::mem::take(&mut self.head);
        loop {
            self.state = self.ask(self.at - head.len() as u64, &head);
            match self.state {
                State::Look(_) => break,
                State::Pass { .. } | State::Picture(_) => head.clear(),
                State::Scan(_) if head.is_empty() => {}
                State::Scan(_) => {
                    let behind_first = head.get(1..).unwrap_or_default();
                    let next = 1 + self.format.scan(behind_first);
                    head.drain(..next.min(head.len()));
                }
            }
            if head.is_empty() {
                break;
            }
        }
        self.head = head;
    }

    /// Asks the format what the bytes of `head` are, which begin at `at`.
    fn ask(&mut self, at: u64, head: &[u8]) -> State {
        loop {
            return match self.format.next(at, head) {
                Step::Become(format) => {
                    self.format = format;
                    continue;
                }
                Step::Look(wanted) if (head.len() + 1..=LONGEST_LOOK).contains(&wanted) => {
                    State::Look(wanted)
                }
                Step::Pass(count, Kind::Picture) if count > LEAD => State::Pass {
                    rest: LEAD,
                    picture: count - LEAD,
                },
                Step::Pass(rest, _) if rest > 0 || !head.is_empty() => {
                    State::Pass { rest, picture: 0 }
                }
                Step::Scan(end) if at < end => State::Scan(end),
                // The others lead nowhere.
                _ => State::Pass {
                    rest: u64::MAX,
                    picture: 0,
                },
            };
        }
    }
}
