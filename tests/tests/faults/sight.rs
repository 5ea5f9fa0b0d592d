//! Watching the pipeline, and killing at the very moment when a point is seen.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::{Arc, Condvar, Mutex, OnceLock, Weak};
use std::thread;
use std::time::{Duration, Instant};

use crate::point::{self, Point};
use crate::who::Who;
use crate::world::World;

/// Who is to be hit when a point is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Victim {
    /// Always the same.
    Only(Who),
    /// The converter that has the job.
    ItsConverter,
    /// The notifier that has its email.
    ItsNotifier,
}

/// What is done to the victim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    Kill,
    Pause,
}

/// Sees everything that happens.
#[derive(Default)]
pub struct Sight {
    world: OnceLock<Weak<World>>,
    state: Mutex<State>,
    sprung: Condvar,
}

#[derive(Default)]
struct State {
    converters: HashMap<String, Who>,
    notifiers: HashMap<String, Who>,
    /// Jobs that are accepted: their upload is staged once more when it becomes
    /// litter, which is another thing.
    accepted: HashSet<String>,
    trap: Option<(Point, Victim, Blow)>,
    hit: Option<Who>,
}

impl Sight {
    /// What it may hit.
    pub fn watch(self: &Arc<Self>, world: &Arc<World>) {
        let _ = self.world.set(Arc::downgrade(world));
        let (sight, address) = (Arc::clone(self), world.address(Who::Redis));
        thread::spawn(move || sight.monitor(&address));
    }

    /// Hits the victim when the point is next seen, and says whom. Nobody if
    /// that takes too long.
    pub fn trap(&self, point: Point, victim: Victim, blow: Blow, limit: Duration) -> Option<Who> {
        let mut state = self.state.lock().expect("no watcher panics");
        state.hit = None;
        state.trap = Some((point, victim, blow));
        let deadline = Instant::now() + limit;
        while state.hit.is_none() {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else {
                state.trap = None;
                return None;
            };
            let waited = self.sprung.wait_timeout(state, left);
            state = waited.expect("no watcher panics").0;
        }
        state.hit
    }

    /// A process has said this.
    pub fn on_line(&self, who: Who, line: &str) {
        if let Some((point, id)) = point::in_log(who, line) {
            self.saw(point, &id, Some(who));
        }
    }

    /// This has happened to the job `id`.
    pub fn saw(&self, point: Point, id: &str, who: Option<Who>) {
        let mut state = self.state.lock().expect("no watcher panics");
        match (point, who) {
            (Point::Claimed | Point::SegmentClaimed, Some(who)) => {
                state.converters.insert(id.into(), who);
            }
            (Point::MailClaimed, Some(who)) => {
                state.notifiers.insert(id.into(), who);
            }
            (Point::Accepted, _) => {
                state.accepted.insert(id.into());
            }
            (Point::UploadStaged, _) if state.accepted.contains(id) => return,
            _ => {}
        }
        let Some((wanted, victim, blow)) = state.trap else {
            return;
        };
        let who = match victim {
            Victim::Only(who) => Some(who),
            Victim::ItsConverter => state.converters.get(id).copied(),
            Victim::ItsNotifier => state.notifiers.get(id).copied(),
        };
        // Redis may be quicker to tell than the log: then the next one will do.
        let Some(who) = who.filter(|_| wanted == point) else {
            return;
        };
        let Some(world) = self.world.get().and_then(Weak::upgrade) else {
            return;
        };
        let struck = match blow {
            Blow::Kill => world.kill(who),
            Blow::Pause => world.pause(who),
        };
        if struck {
            state.trap = None;
            state.hit = Some(who);
            self.sprung.notify_all();
        }
    }

    /// Follows what Redis is told, whenever it is there, while the world is.
    fn monitor(&self, address: &str) {
        while self.world.get().is_some_and(|w| w.strong_count() > 0) {
            if let Ok(mut stream) = TcpStream::connect(address)
                && stream.write_all(b"MONITOR\r\n").is_ok()
            {
                let lines = BufReader::new(stream).split(b'\n');
                for line in lines.map_while(Result::ok) {
                    if let Some((point, id)) = point::in_monitor(&String::from_utf8_lossy(&line)) {
                        self.saw(point, &id, None);
                    }
                }
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}
