//! The email API of the notifiers. It forwards every email to the mailbox, but it can be
//! slow, unavailable, or drop the connection before or after the mailbox has stored the
//! email. It counts how often each email was accepted.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tonearm_e2e::client::Client;

use crate::monitor::Monitor;
use crate::point::Point;

/// How it responds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Behaviour {
    Healthy,
    /// Slower than the lease, so that the other notifier sends the email as well.
    Slow,
    /// 503.
    Down,
    /// 429 with Retry-After.
    Busy,
    /// Closes the connection before it forwards the email.
    DropsRequest,
    /// Closes it afterwards: the email is accepted, the response lost.
    DropsResponse,
}

/// Longer than the lease.
const SLOW: Duration = Duration::from_secs(4);

/// The figures for the table.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    /// Requests received.
    pub requests: u64,
    /// Requests that the mailbox accepted.
    pub accepted: u64,
    /// Accepted requests whose email it had already, by idempotency key.
    pub repeated: u64,
}

/// A server on a port of its own, for as long as the test process runs.
pub struct EmailApi {
    address: String,
    mailbox: Client,
    monitor: Arc<Monitor>,
    state: Mutex<State>,
}

struct State {
    behaviour: Behaviour,
    requests: u64,
    /// Times accepted, by idempotency key.
    accepted: BTreeMap<String, u64>,
}

impl EmailApi {
    /// Starts it in front of the mailbox on `port`.
    pub fn start(port: u16, monitor: Arc<Monitor>) -> Arc<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let api = Arc::new(Self {
            address: listener.local_addr().expect("bound").to_string(),
            mailbox: Client::new(&format!("http://127.0.0.1:{port}")),
            monitor,
            state: Mutex::new(State {
                behaviour: Behaviour::Healthy,
                requests: 0,
                accepted: BTreeMap::new(),
            }),
        });
        let serving = Arc::clone(&api);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let api = Arc::clone(&serving);
                // The notifier handles a broken connection.
                thread::spawn(move || api.serve(stream).ok());
            }
        });
        api
    }

    /// Its origin.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Changes its behaviour.
    pub fn set(&self, behaviour: Behaviour) {
        self.state().behaviour = behaviour;
    }

    /// The figures so far.
    pub fn count(&self) -> Count {
        let state = self.state();
        let accepted = state.accepted.values().sum();
        Count {
            requests: state.requests,
            accepted,
            repeated: accepted - state.accepted.len() as u64,
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no holder panics")
    }

    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let (head, body) = read_request(&mut reader)?;
        let behaviour = {
            let mut state = self.state();
            state.requests += 1;
            state.behaviour
        };
        match behaviour {
            Behaviour::Slow => thread::sleep(SLOW),
            Behaviour::Down => return respond(stream, "503 Service Unavailable", "", b"{}"),
            Behaviour::Busy => {
                return respond(stream, "429 Too Many Requests", "Retry-After: 1\r\n", b"{}");
            }
            Behaviour::DropsRequest => return Ok(()),
            Behaviour::Healthy | Behaviour::DropsResponse => {}
        }
        let key = field(&head, "idempotency-key").unwrap_or_default();
        let ask = self.mailbox.ask("POST", "/mailbox/emails");
        let ask = ask.header("content-type", "application/json");
        let ask = ask.header("idempotency-key", &key).body(body.clone());
        let Ok(reply) = ask.try_send() else {
            return respond(stream, "502 Bad Gateway", "", b"{}");
        };
        if reply.status == 202 {
            *self.state().accepted.entry(key).or_default() += 1;
            let mail: Value = serde_json::from_slice(&body).unwrap_or_default();
            let id = mail["job_id"].as_str().unwrap_or_default();
            self.monitor.on_point(Point::MailAccepted, id, None);
        }
        if behaviour == Behaviour::DropsResponse {
            return Ok(());
        }
        respond(stream, &format!("{} -", reply.status), "", &reply.body)
    }
}

fn respond(mut to: TcpStream, status: &str, fields: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{fields}Content-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    to.write_all(&[head.as_bytes(), body].concat())
}

/// Header lines and body; the body has a length or is chunked.
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
