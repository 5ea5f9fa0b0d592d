//! A small blocking HTTP client for the app's API.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use ureq::http::{HeaderMap, Method, Request, Response};
use ureq::{Agent, Body};

use crate::multipart::Form;

/// Ends a hang; does not measure speed.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A client of one app, with or without a token.
#[derive(Clone, Debug)]
pub struct Client {
    agent: Agent,
    base: String,
    /// Path prefixes that another origin serves, with that origin.
    routes: Vec<(String, String)>,
    token: Option<String>,
}

/// A complete response.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The header fields.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Vec<u8>,
}

/// A request under construction.
#[derive(Debug)]
pub struct Ask<'a> {
    client: &'a Client,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Client {
    /// A client for `http://HOST:PORT` without a token.
    pub fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(TIMEOUT))
            .build();
        Self {
            agent: config.into(),
            base: base.into(),
            routes: Vec::new(),
            token: None,
        }
    }

    /// The same client, but `origin` serves paths under `prefix` (such as `/mailbox/`) and
    /// the prefix without its trailing slash.
    pub fn routed(mut self, prefix: &str, origin: &str) -> Self {
        self.routes.push((prefix.into(), origin.into()));
        self
    }

    fn origin_of(&self, path: &str) -> &str {
        let whole = format!("{path}/");
        let mut routes = self.routes.iter();
        let found = routes.find(|(prefix, _)| whole.starts_with(prefix));
        found.map_or(&self.base, |(_, origin)| origin)
    }

    /// The same client with a token.
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.into()),
            ..self.clone()
        }
    }

    /// The same client for an app at another `http://HOST:PORT`.
    pub fn at(&self, base: &str) -> Self {
        Self {
            base: base.into(),
            ..self.clone()
        }
    }

    /// The token. Panics if there is none.
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("this client is logged in")
    }

    /// Starts a request.
    pub fn ask(&self, method: &str, path: &str) -> Ask<'_> {
        let method = method.parse().expect("a method");
        let mut headers = Vec::new();
        if let Some(token) = &self.token {
            headers.push(("authorization".into(), format!("Bearer {token}")));
        }
        Ask {
            client: self,
            method,
            path: path.into(),
            headers,
            body: None,
        }
    }

    /// Sends a GET.
    pub fn get(&self, path: &str) -> Reply {
        self.ask("GET", path).send()
    }

    /// Sends a GET; `None` if nobody answers.
    pub fn try_get(&self, path: &str) -> Option<Reply> {
        self.ask("GET", path).try_send().ok()
    }

    /// Sends a DELETE.
    pub fn delete(&self, path: &str) -> Reply {
        self.ask("DELETE", path).send()
    }

    /// Uploads a form.
    pub fn upload(&self, form: &Form) -> Reply {
        self.ask("POST", "/upload").form(form).send()
    }

    /// Registers an account and logs it in.
    pub fn signed_up(&self, email: &str, password: &str) -> Self {
        let account = serde_json::json!({"email": email, "password": password});
        let reply = self.ask("POST", "/register").json(&account).send();
        assert_eq!(reply.status, 201, "register: {reply}");
        let reply = self.ask("POST", "/login").basic(email, password).send();
        assert_eq!(reply.status, 200, "login: {reply}");
        self.with_token(reply.text().trim())
    }
}

impl Ask<'_> {
    /// Adds a header field. `authorization` replaces the client's.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers
            .retain(|(known, _)| known != name || name != "authorization");
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Adds HTTP Basic credentials.
    pub fn basic(self, user: &str, password: &str) -> Self {
        let credentials = BASE64_STANDARD.encode(format!("{user}:{password}"));
        self.header("authorization", &format!("Basic {credentials}"))
    }

    /// Sets the body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sets a JSON body.
    pub fn json(self, value: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(value.to_string())
    }

    /// Sets a multipart form as the body.
    pub fn form(self, form: &Form) -> Self {
        self.header("content-type", &form.content_type())
            .body(form.body())
    }

    /// Sends the request and reads the whole response.
    pub fn send(self) -> Reply {
        let what = format!("{} {}", self.method, self.path);
        self.try_send()
            .unwrap_or_else(|error| panic!("{what}: no answer: {error}"))
    }

    /// [`Ask::send`] for a server that may be down.
    ///
    /// # Errors
    /// If there is no complete response.
    pub fn try_send(self) -> Result<Reply, ureq::Error> {
        let (head, body) = self.try_open()?.into_parts();
        let body = body.into_with_config().limit(u64::MAX).read_to_vec()?;
        Ok(Reply {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
        })
    }

    /// Sends the request and returns the response with a streaming body.
    ///
    /// # Errors
    /// If there is no response.
    pub fn try_open(self) -> Result<Response<Body>, ureq::Error> {
        let mut request = Request::builder().method(self.method).uri(format!(
            "{}{}",
            self.client.origin_of(&self.path),
            self.path
        ));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let agent = &self.client.agent;
        match self.body {
            Some(body) => agent.run(request.body(body)?),
            None => agent.run(request.body(())?),
        }
    }
}

impl Reply {
    /// A header field, or an empty string.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a readable field"))
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).expect("the body is UTF-8")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in: {self}"))
    }

    /// The stable code of a problem document. Panics on any other body.
    pub fn problem(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{self}"
        );
        let code = &self.json()["code"];
        code.as_str()
            .unwrap_or_else(|| panic!("a problem without a code: {self}"))
            .into()
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        let start = &self.body[..self.body.len().min(2000)];
        write!(f, "\n{}", String::from_utf8_lossy(start))
    }
}
