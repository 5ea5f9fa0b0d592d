//! A child process whose output is recorded and can be waited for.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::wait;

/// How long a process may take to exit before it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// A running process, stopped when dropped.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: Arc<Log>,
}

type OnLine = Arc<dyn Fn(&str) + Send + Sync>;

/// The output so far, standard output and standard error together.
#[derive(Debug, Default)]
struct Log {
    state: Mutex<LogState>,
    grown: Condvar,
}

#[derive(Debug, Default)]
struct LogState {
    lines: Vec<String>,
    /// Number of closed streams. At two there are no more lines to come.
    ended: usize,
}

impl Process {
    /// Starts `command` and records its output.
    pub fn start(name: &str, command: &mut Command) -> Self {
        Self::start_followed(name, command, |_| {})
    }

    /// [`start`](Self::start), calling `on_line` for each line as soon as it is written.
    pub fn start_followed(
        name: &str,
        command: &mut Command,
        on_line: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        let on_line: OnLine = Arc::new(on_line);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {name} ({command:?}): {error}"));
        let log = Arc::new(Log::default());
        log.follow(child.stdout.take().expect("stdout is piped"), &on_line);
        log.follow(child.stderr.take().expect("stderr is piped"), &on_line);
        Self {
            name: name.into(),
            child,
            log,
        }
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the first line that `pick` accepts. `None` if the process exits or the
    /// deadline passes first.
    pub fn wait_for_line<T>(&self, mut pick: impl FnMut(&str) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + wait::DEADLINE;
        let mut state = self.log.state.lock().expect("no reader panics");
        let mut seen = 0;
        loop {
            if let Some(found) = state.lines[seen..].iter().find_map(|line| pick(line)) {
                return Some(found);
            }
            seen = state.lines.len();
            if state.ended == 2 {
                return None;
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            state = self
                .log
                .grown
                .wait_timeout(state, left)
                .expect("no reader panics")
                .0;
        }
    }

    /// All output so far.
    pub fn log(&self) -> String {
        self.log
            .state
            .lock()
            .expect("no reader panics")
            .lines
            .join("\n")
    }

    /// The exit status, if the process has exited.
    pub fn exited(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child can be waited for")
    }

    /// Whether the process is running.
    pub fn is_running(&mut self) -> bool {
        self.exited().is_none()
    }

    /// Terminates the process, or kills it after a grace period. Returns the whole log.
    pub fn stop(&mut self) -> String {
        if self.exited().is_none() {
            self.signal(Signal::TERM);
            let deadline = Instant::now() + GRACE;
            while self.exited().is_none() && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(5));
            }
            // For a process that ignored the signal.
            self.kill();
        }
        self.log.wait_until_complete();
        self.log()
    }

    /// Kills the process and its descendants without any cleanup, as a power failure would.
    /// Spin runs each type of trigger in a process of its own.
    pub fn kill(&mut self) {
        let children = descendants(self.child.id());
        // Fails only if the process has just exited.
        let _ = self.child.kill();
        let _ = self.child.wait();
        for child in children {
            send(child, Signal::KILL);
        }
    }

    /// Suspends the process until it is [resumed](Self::resume).
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Resumes the process.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        send(self.child.id(), signal);
    }
}

fn send(process: u32, signal: Signal) {
    if let Some(id) = Pid::from_raw(process.cast_signed()) {
        let _ = kill_process(id, signal);
    }
}

/// The children of a process and their descendants.
fn descendants(process: u32) -> Vec<u32> {
    let list = format!("/proc/{process}/task/{process}/children");
    let list = std::fs::read_to_string(list).unwrap_or_default();
    let children = list.split_whitespace().filter_map(|id| id.parse().ok());
    children
        .flat_map(|child| std::iter::once(child).chain(descendants(child)))
        .collect()
}

impl Drop for Process {
    fn drop(&mut self) {
        let log = self.stop();
        if thread::panicking() {
            eprintln!(
                "---------------- log of {} ----------------\n{log}",
                self.name
            );
        }
    }
}

impl Log {
    /// Waits for the last lines, up to a limit: a grandchild may keep a stream open.
    fn wait_until_complete(&self) {
        let state = self.state.lock().expect("no reader panics");
        drop(
            self.grown
                .wait_timeout_while(state, GRACE, |state| state.ended < 2),
        );
    }

    fn follow(self: &Arc<Self>, stream: impl Read + Send + 'static, on_line: &OnLine) {
        let (log, on_line) = (Arc::clone(self), Arc::clone(on_line));
        thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                on_line(&line);
                let mut state = log.state.lock().expect("no reader panics");
                state.lines.push(line);
                log.grown.notify_all();
            }
            log.state.lock().expect("no reader panics").ended += 1;
            log.grown.notify_all();
        });
    }
}
