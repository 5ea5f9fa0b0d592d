//! A TCP proxy that stops in the middle of a request, as networks do.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use crate::wait;

/// Forwards connections to one server. It lives until the test program ends.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    plan: Mutex<Plan>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Plan {
    /// Bytes to the server that still pass; `None` for all.
    left: Option<u64>,
    stopped: Option<Stopped>,
}

/// A connection that the proxy has stopped forwarding.
#[derive(Debug)]
struct Stopped {
    client: TcpStream,
    server: TcpStream,
    /// What the client had sent and the server did not get.
    rest: Vec<u8>,
    /// Set when the client's end is to be closed.
    is_abandoned: Arc<AtomicBool>,
}

/// How soon responses stop passing to a client that is abandoned.
const PATIENCE: Duration = Duration::from_millis(50);

/// The server's end of a connection whose client is gone.
#[derive(Debug)]
pub struct Abandoned {
    server: TcpStream,
    rest: Vec<u8>,
}

impl Proxy {
    /// Starts a proxy of the server at `HOST:PORT`.
    pub fn start(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let state = Arc::new(State::default());
        let (server, shared) = (server.to_owned(), Arc::clone(&state));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // While the server is down, clients see a closed connection.
                if let Ok(server) = TcpStream::connect(&server) {
                    shared.forward(client, server);
                }
            }
        });
        Self { address, state }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops the connection on which the server gets the last of so many bytes. Later
    /// connections are not affected.
    pub fn stop_after(&self, bytes: u64) {
        self.state.lock().left = Some(bytes);
    }

    /// Waits until a connection is stopped. Neither end has noticed.
    pub fn wait_until_stopped(&self) {
        let plan = self.state.lock();
        let waited = self
            .state
            .changed
            .wait_timeout_while(plan, wait::DEADLINE, |plan| plan.stopped.is_none());
        let (plan, _) = waited.expect("no holder panics");
        assert!(plan.stopped.is_some(), "no connection passed enough bytes");
    }

    /// Closes both ends of the stopped connection.
    pub fn cut(&self) {
        let stopped = self.stopped();
        let _ = stopped.client.shutdown(Shutdown::Both);
        let _ = stopped.server.shutdown(Shutdown::Both);
    }

    /// Closes the client's end of the stopped connection. The server goes on waiting.
    pub fn abandon(&self) -> Abandoned {
        let Stopped {
            server,
            rest,
            is_abandoned,
            ..
        } = self.stopped();
        // Both threads have dropped the client's end soon, which resets the connection.
        is_abandoned.store(true, Ordering::Relaxed);
        Abandoned { server, rest }
    }

    fn stopped(&self) -> Stopped {
        let stopped = self.state.lock().stopped.take();
        stopped.expect("a connection is stopped")
    }
}

impl Abandoned {
    /// Whether the server still waits and gets bytes that were delayed.
    pub fn deliver_late(&mut self) -> bool {
        self.server.write_all(&self.rest).is_ok()
    }
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().expect("no holder panics")
    }

    fn forward(self: &Arc<Self>, client: TcpStream, server: TcpStream) {
        let (Ok(back_to), Ok(back_from)) = (client.try_clone(), server.try_clone()) else {
            return;
        };
        let is_abandoned = Arc::new(AtomicBool::new(false));
        let (state, shared) = (Arc::clone(self), Arc::clone(&is_abandoned));
        thread::spawn(move || to_client(&back_from, &back_to, &is_abandoned));
        thread::spawn(move || state.to_server(client, server, shared));
    }

    fn to_server(&self, client: TcpStream, server: TcpStream, is_abandoned: Arc<AtomicBool>) {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let count = match (&client).read(&mut buffer) {
                Ok(count @ 1..) => count,
                _ => {
                    let _ = server.shutdown(Shutdown::Write);
                    return;
                }
            };
            let mut plan = self.lock();
            let pass = plan.left.map_or(count, |left| {
                usize::try_from(left).map_or(count, |left| left.min(count))
            });
            plan.left = plan.left.map(|left| left - pass as u64);
            let is_last = plan.left == Some(0);
            drop(plan);
            if (&server).write_all(&buffer[..pass]).is_err() {
                let _ = client.shutdown(Shutdown::Both);
                return;
            }
            if is_last {
                let mut plan = self.lock();
                plan.left = None;
                plan.stopped = Some(Stopped {
                    client,
                    server,
                    rest: buffer[pass..count].to_vec(),
                    is_abandoned,
                });
                self.changed.notify_all();
                return;
            }
        }
    }
}

fn to_client(mut server: &TcpStream, mut client: &TcpStream, is_abandoned: &AtomicBool) {
    let _ = server.set_read_timeout(Some(PATIENCE));
    let mut buffer = vec![0; 64 << 10];
    while !is_abandoned.load(Ordering::Relaxed) {
        match server.read(&mut buffer) {
            Ok(count @ 1..) => {
                if client.write_all(&buffer[..count]).is_err() {
                    return;
                }
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            _ => {
                let _ = client.shutdown(Shutdown::Write);
                return;
            }
        }
    }
}
