//! Building requests and reading responses.

use std::time::Duration;

use http::{Request, Response};
use serde_json::Value;
use tonearm_api::{Answer, BodyReader, Error, Progress, answer, respond};

use crate::world::World;

/// A request to the API.
#[derive(Debug, Clone)]
pub struct Call {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    is_interrupted: bool,
}

/// A request with this method and path.
pub fn call(method: &str, path: &str) -> Call {
    Call {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        is_interrupted: false,
    }
}

pub fn get(path: &str) -> Call {
    call("GET", path)
}

/// An upload of a form.
pub fn upload(form: &Form) -> Call {
    call("POST", "/upload").form(form)
}

impl Call {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a token of the user `name`.
    pub fn of(self, world: &World, name: &str) -> Self {
        let token = world.token(name);
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With a token of the user `name` that lives as long as a session.
    pub fn of_session(self, world: &World, name: &str) -> Self {
        let token = world.token_of_session(name, Some("s1"));
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub fn form(self, form: &Form) -> Self {
        self.header("content-type", Form::MEDIA_TYPE)
            .body(form.body())
    }

    /// The connection breaks after the body.
    pub fn interrupted(mut self) -> Self {
        self.is_interrupted = true;
        self
    }

    /// The request without its body.
    pub fn head(&self) -> Request<()> {
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(()).unwrap()
    }

    /// Sends the request; the body arrives in pieces. Events are read to the end.
    pub fn send(&self, world: &World) -> Reply {
        let head = self.head();
        let mut body = Vec::new();
        let deadline = world.elapsed.get() + Duration::from_secs(7200);
        world.deadline.set(deadline);
        let response = match answer(world, &head) {
            Answer::Complete(reply) => return Reply(reply),
            Answer::ReadBody(reader) => return Reply(respond(&head, self.feed(reader))),
            Answer::Download(mut download) => {
                let length = download.remaining();
                while let Some(piece) = download.next_piece() {
                    body.extend(piece);
                }
                assert_eq!(body.len() as u64, length, "the announced length");
                download.head().clone()
            }
            Answer::Events(mut events) => {
                let head = events.head().clone();
                while let Some(piece) = events.next_piece() {
                    body.extend(piece);
                }
                head
            }
        };
        Reply(response.map(|()| body))
    }

    fn feed(&self, mut reader: Box<dyn BodyReader + '_>) -> Result<Response<Vec<u8>>, Error> {
        for piece in self.body.chunks(777) {
            if reader.push(piece.to_vec())? == Progress::Complete {
                return reader.finish();
            }
        }
        if self.is_interrupted {
            return Err(reader.interrupt("connection reset".to_owned()));
        }
        assert_eq!(reader.end()?, Progress::Complete);
        reader.finish()
    }
}

/// A response.
#[derive(Debug, Clone)]
pub struct Reply(pub Response<Vec<u8>>);

impl Reply {
    pub fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    /// The value of a header; empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        let value = self.0.headers().get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    pub fn body(&self) -> &[u8] {
        self.0.body()
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.body().clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(self.body()).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The code of a problem document; empty for another media type.
    pub fn code(&self) -> String {
        match self.header("content-type") {
            "application/problem+json" => self.json()["code"].as_str().unwrap().to_owned(),
            _ => String::new(),
        }
    }

    /// The only job in the response to an upload.
    #[track_caller]
    pub fn only_job(&self) -> Value {
        assert_eq!(self.status(), 202, "{self:?}");
        let jobs = self.json()["jobs"].as_array().cloned().unwrap();
        assert_eq!(jobs.len(), 1, "{jobs:?}");
        jobs[0].clone()
    }
}

/// A form, `multipart/form-data`.
#[derive(Debug, Clone, Default)]
pub struct Form(Vec<u8>);

impl Form {
    pub const MEDIA_TYPE: &str = "multipart/form-data; boundary=xyz";

    pub fn new() -> Self {
        Self::default()
    }

    pub fn file(name: &str, bytes: &[u8]) -> Self {
        Self::new().and_file("file", name, bytes)
    }

    pub fn and_file(self, field: &str, name: &str, bytes: &[u8]) -> Self {
        let name = name.replace('"', "\\\"");
        let disposition = format!("form-data; name=\"{field}\"; filename=\"{name}\"");
        self.and_part(&disposition, bytes)
    }

    pub fn and_field(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.and_part(&format!("form-data; name=\"{name}\""), value.as_ref())
    }

    pub fn and_part(mut self, disposition: &str, bytes: &[u8]) -> Self {
        let head = format!("--xyz\r\nContent-Disposition: {disposition}\r\n\r\n");
        self.0.extend_from_slice(head.as_bytes());
        self.0.extend_from_slice(bytes);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    /// The form without its closing boundary.
    pub fn unfinished(&self) -> Vec<u8> {
        self.0.clone()
    }

    pub fn body(&self) -> Vec<u8> {
        [&self.0, &b"--xyz--\r\n"[..]].concat()
    }
}
