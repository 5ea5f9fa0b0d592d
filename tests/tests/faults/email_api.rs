//! The email API that the notifiers know: it passes what it gets on to the
//! mailbox, but it can be slow, down, or break off before or after the mailbox
//! has the mail. It remembers what was taken, and how often.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tonearm_e2e::client::Client;

use crate::point::Point;
use crate::sight::Sight;

/// What is the matter with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mood {
    Well,
    /// Slower than the lease, so that the other notifier tries as well.
    Slow,
    /// 503.
    Down,
    /// 429 with Retry-After.
    Busy,
    /// Closes the connection before the mail is passed on.
    DeafBefore,
    /// Closes it afterwards: the mail is taken, the answer lost.
    DumbAfter,
}

/// Longer than the lease.
const SLOW: Duration = Duration::from_secs(4);

/// What the table tells of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    /// Requests that came in.
    pub asked: u64,
    /// Of them, those that the mailbox has taken.
    pub taken: u64,
    /// Of these, those whose mail it had already: told apart by the key only.
    pub repeated: u64,
}

/// A server on a port of its own, for as long as the test process runs.
pub struct EmailApi {
    address: String,
    mailbox: Client,
    sight: Arc<Sight>,
    state: Mutex<State>,
}

struct State {
    mood: Mood,
    asked: u64,
    /// Times taken, by idempotency key.
    taken: BTreeMap<String, u64>,
}

impl EmailApi {
    /// In front of the mailbox on `port`.
    pub fn start(port: u16, sight: Arc<Sight>) -> Arc<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let api = Arc::new(Self {
            address: listener.local_addr().expect("bound").to_string(),
            mailbox: Client::new(&format!("http://127.0.0.1:{port}")),
            sight,
            state: Mutex::new(State {
                mood: Mood::Well,
                asked: 0,
                taken: BTreeMap::new(),
            }),
        });
        let serving = Arc::clone(&api);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let api = Arc::clone(&serving);
                // A connection that breaks is the notifier's trouble.
                thread::spawn(move || api.serve(stream).ok());
            }
        });
        api
    }

    /// Its origin.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on.
    pub fn set(&self, mood: Mood) {
        self.state().mood = mood;
    }

    /// So far.
    pub fn count(&self) -> Count {
        let state = self.state();
        let taken = state.taken.values().sum();
        Count {
            asked: state.asked,
            taken,
            repeated: taken - state.taken.len() as u64,
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics with it")
    }

    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let (head, body) = read_request(&mut reader)?;
        let mood = {
            let mut state = self.state();
            state.asked += 1;
            state.mood
        };
        match mood {
            Mood::Slow => thread::sleep(SLOW),
            Mood::Down => return answer(stream, "503 Service Unavailable", "", b"{}"),
            Mood::Busy => {
                return answer(stream, "429 Too Many Requests", "Retry-After: 1\r\n", b"{}");
            }
            Mood::DeafBefore => return Ok(()),
            Mood::Well | Mood::DumbAfter => {}
        }
        let key = field(&head, "idempotency-key").unwrap_or_default();
        let ask = self.mailbox.ask("POST", "/mailbox/emails");
        let ask = ask.header("content-type", "application/json");
        let ask = ask.header("idempotency-key", &key).body(body.clone());
        let Ok(reply) = ask.try_send() else {
            return answer(stream, "502 Bad Gateway", "", b"{}");
        };
        if reply.status == 202 {
            *self.state().taken.entry(key).or_default() += 1;
            let mail: Value = serde_json::from_slice(&body).unwrap_or_default();
            let id = mail["job_id"].as_str().unwrap_or_default();
            self.sight.saw(Point::MailTaken, id, None);
        }
        if mood == Mood::DumbAfter {
            return Ok(());
        }
        answer(stream, &format!("{} -", reply.status), "", &reply.body)
    }
}

fn answer(mut to: TcpStream, status: &str, fields: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{fields}Content-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    to.write_all(&[head.as_bytes(), body].concat())
}

/// Head and body; the body has a length or comes in chunks.
fn read_request(from: &mut impl BufRead) -> std::io::Result<(Vec<String>, Vec<u8>)> {
    let mut head = Vec::new();
    loop {
        let line = read_line(from)?;
        if line.is_empty() {
            break;
        }
        head.push(line);
    }
    let mut body = Vec::new();
    if let Some(length) = field(&head, "content-length").and_then(|text| text.parse().ok()) {
        body.resize(length, 0);
        from.read_exact(&mut body)?;
        return Ok((head, body));
    }
    loop {
        let length = usize::from_str_radix(&read_line(from)?, 16).unwrap_or(0);
        let start = body.len();
        body.resize(start + length, 0);
        from.read_exact(&mut body[start..])?;
        read_line(from)?;
        if length == 0 {
            return Ok((head, body));
        }
    }
}

fn read_line(from: &mut impl BufRead) -> std::io::Result<String> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

fn field(head: &[String], name: &str) -> Option<String> {
    head.iter().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().to_owned())
    })
}
