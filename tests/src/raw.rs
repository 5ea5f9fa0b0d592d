//! Requests byte by byte, for what a well-behaved client would not send.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Ends a hang; judges no speed.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A connection to the app.
#[derive(Debug)]
pub struct Raw(TcpStream);

impl Raw {
    /// Connects to `127.0.0.1:PORT`.
    pub fn connect(host: &str) -> Self {
        Self::try_connect(host).expect("the app takes connections")
    }

    /// The same, where it is no surprise that nobody is there.
    ///
    /// # Errors
    /// If nobody is.
    pub fn try_connect(host: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        Ok(Self(stream))
    }

    /// Sends the head of a POST; the body is up to the test.
    pub fn post(&mut self, path: &str, headers: &[(&str, &str)]) {
        let host = self.0.peer_addr().expect("connected");
        let mut head = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        assert!(
            self.send(head.as_bytes()),
            "the app hung up before the request was made"
        );
    }

    /// Sends bytes; tells whether the other side still takes them.
    pub fn send(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).is_ok()
    }

    /// Sends one chunk of a chunked body; an empty one is the end.
    pub fn send_chunk(&mut self, bytes: &[u8]) -> bool {
        let head = format!("{:x}\r\n", bytes.len());
        self.send(&[head.as_bytes(), bytes, b"\r\n"].concat())
    }

    /// Reads until the other side hangs up. What came before an error counts:
    /// a server that stops reading an upload may well reset the connection
    /// after its answer.
    pub fn answer(mut self) -> String {
        let mut answer = Vec::new();
        let _ = self.0.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}
