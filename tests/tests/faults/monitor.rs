//! Observes the pipeline, and strikes a process the moment a point is seen.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, Weak};
use std::thread;
use std::time::{Duration, Instant};

use crate::point::{self, Point};
use crate::process::ProcessName;
use crate::world::World;

/// The process to strike when a point is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// Always the same.
    Only(ProcessName),
    /// The converter that has claimed the job.
    ItsConverter,
    /// The notifier that has claimed its email.
    ItsNotifier,
}

/// What happens to the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strike {
    Kill,
    Pause,
}

/// Observes everything that happens.
#[derive(Default)]
pub struct Monitor {
    world: OnceLock<Weak<World>>,
    state: Mutex<State>,
    sprung: Condvar,
}

#[derive(Default)]
struct State {
    converters: HashMap<String, ProcessName>,
    notifiers: HashMap<String, ProcessName>,
    /// Accepted jobs. The end of a conversion stages their upload again, which is not
    /// [`Point::UploadStaged`].
    accepted: HashSet<String>,
    seen: BTreeSet<Point>,
    trap: Option<(Point, Target, Strike)>,
    hit: Option<ProcessName>,
}

impl Monitor {
    /// Starts to observe, and to strike, the processes of `world`.
    pub fn watch(self: &Arc<Self>, world: &Arc<World>) {
        let _ = self.world.set(Arc::downgrade(world));
        let (monitor, address) = (Arc::clone(self), world.address(ProcessName::Redis));
        thread::spawn(move || monitor.follow(&address));
    }

    /// Strikes the target when the point is next seen, and returns its name; `None` if
    /// that takes longer than `limit`.
    pub fn trap(
        &self,
        point: Point,
        target: Target,
        strike: Strike,
        limit: Duration,
    ) -> Option<ProcessName> {
        let mut state = self.state();
        state.hit = None;
        state.trap = Some((point, target, strike));
        let deadline = Instant::now() + limit;
        while state.hit.is_none() {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else {
                state.trap = None;
                return None;
            };
            let waited = self.sprung.wait_timeout(state, left);
            state = waited.expect("no observer panics").0;
        }
        state.hit
    }

    /// The points seen so far.
    pub fn seen(&self) -> BTreeSet<Point> {
        self.state().seen.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no observer panics")
    }

    /// A process has printed `line`.
    pub fn on_line(&self, name: ProcessName, line: &str) {
        if let Some((point, id)) = point::in_log(line) {
            self.on_point(point, &id, Some(name));
        }
    }

    /// The point was seen for the job `id`, in the log of the process `by` if any.
    pub fn on_point(&self, point: Point, id: &str, by: Option<ProcessName>) {
        let mut state = self.state();
        match (point, by) {
            (Point::Claimed | Point::SegmentClaimed, Some(name)) => {
                state.converters.insert(id.into(), name);
            }
            (Point::MailClaimed, Some(name)) => {
                state.notifiers.insert(id.into(), name);
            }
            (Point::Accepted, _) => {
                state.accepted.insert(id.into());
            }
            (Point::UploadStaged, _) if state.accepted.contains(id) => return,
            _ => {}
        }
        state.seen.insert(point);
        let Some((wanted, target, strike)) = state.trap else {
            return;
        };
        let name = match target {
            Target::Only(name) => Some(name),
            Target::ItsConverter => state.converters.get(id).copied(),
            Target::ItsNotifier => state.notifiers.get(id).copied(),
        };
        // MONITOR may be ahead of the log; then the trap waits for the next job.
        let Some(name) = name.filter(|_| wanted == point) else {
            return;
        };
        let Some(world) = self.world.get().and_then(Weak::upgrade) else {
            return;
        };
        let struck = match strike {
            Strike::Kill => world.kill(name),
            Strike::Pause => world.pause(name),
        };
        if struck {
            state.trap = None;
            state.hit = Some(name);
            self.sprung.notify_all();
        }
    }

    /// Reads MONITOR whenever Redis is there, as long as the world exists.
    fn follow(&self, address: &str) {
        while self.world.get().is_some_and(|w| w.strong_count() > 0) {
            if let Ok(mut stream) = TcpStream::connect(address)
                && stream.write_all(b"MONITOR\r\n").is_ok()
            {
                let lines = BufReader::new(stream).split(b'\n');
                for line in lines.map_while(Result::ok) {
                    if let Some((point, id)) = point::in_monitor(&String::from_utf8_lossy(&line)) {
                        self.on_point(point, &id, None);
                    }
                }
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}
