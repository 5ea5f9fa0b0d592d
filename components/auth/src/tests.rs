//! Requests and their responses. The database is SQLite in memory; everything
//! else is the real service.

mod administrators;
mod life;
mod pages;
mod redis;

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{Method, Request};
use rusqlite::types::{Value as Stored, ValueRef};
use rusqlite::{Connection, params_from_iter};
use tonearm_accounts::{Database, DatabaseError, Row, Rules, Value};
use tonearm_letters::SealingKey;
use tonearm_spin_runtime::reply::Reply;
use tonearm_tokens::{Claims, Expectation, KeySet, verify};

use self::redis::FakeRedis;
use crate::answer::answer;
use crate::config::Config;
use crate::publish::Published;
use crate::route::Route;

/// 2026-01-01T00:00:00Z.
const NOW: u64 = 1_767_225_600;

#[derive(Clone)]
struct Memory(Rc<Connection>);

impl Database for Memory {
    fn execute(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        let error = |error: rusqlite::Error| DatabaseError::from_message(&error.to_string());
        let mut statement = self.0.prepare(sql).map_err(error)?;
        let columns = statement.column_count();
        let parameters = parameters.iter().map(|value| match value {
            Value::Null => Stored::Null,
            Value::Integer(number) => Stored::Integer(*number),
            Value::Text(text) => Stored::Text(text.clone()),
        });
        let mut rows = statement
            .query(params_from_iter(parameters))
            .map_err(error)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(error)? {
            all.push(Row((0..columns)
                .map(|index| match row.get_ref(index).unwrap() {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(number) => Value::Integer(number),
                    other => Value::Text(other.as_str().unwrap().to_owned()),
                })
                .collect()));
        }
        Ok(all)
    }
}

/// The service with its own database.
struct App {
    database: Memory,
    config: Config,
    redis: FakeRedis,
}

impl App {
    fn new() -> Self {
        Self {
            database: Memory(Rc::new(Connection::open_in_memory().unwrap())),
            config: Config {
                signing_key: STANDARD.encode(b"tonearm test seed, 32 bytes long"),
                issuer: "tonearm".to_owned(),
                audience: "tonearm-api".to_owned(),
                public_url: "http://127.0.0.1:3000".to_owned(),
                admins: Vec::new(),
                rules: Rules {
                    confirm_addresses: false,
                    unconfirmed_keep: 7 * 86_400,
                    token_lifetime: 3600,
                    session_lifetime: 14 * 86_400,
                    session_max: 90 * 86_400,
                    sealing_key: SealingKey::parse("a secret of more than 32 characters"),
                },
            },
            redis: FakeRedis::default(),
        }
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.as_bytes().to_vec()).unwrap();
        match Route::of(request.method(), request.uri().path()) {
            Ok(route) => {
                let open = || Ok(self.database.clone());
                let publisher = Published(&self.redis);
                answer(route, &request, &self.config, NOW, open, &publisher)
            }
            Err(reply) => *reply,
        }
    }

    fn register(&self, email: &str, password: &str) -> Reply {
        let body = format!(r#"{{"email":"{email}","password":"{password}"}}"#);
        self.send("POST", "/auth/register", &[JSON], &body)
    }

    /// The claims of a token that the published keys verify.
    fn claims(&self, token: &str) -> Claims {
        let keys = self.send("GET", "/auth/.well-known/jwks.json", &[], "");
        let expectation = Expectation {
            issuer: "tonearm",
            audience: "tonearm-api",
            now: NOW,
            leeway: 0,
        };
        verify(token, &KeySet::parse(keys.body()).unwrap(), &expectation).unwrap()
    }

    fn login(&self, email: &str, password: &str, accept: &str) -> Reply {
        let basic = format!("Basic {}", STANDARD.encode(format!("{email}:{password}")));
        self.send(
            "POST",
            "/auth/login",
            &[("authorization", &basic), ("accept", accept)],
            "",
        )
    }
}

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn header<'r>(reply: &'r Reply, name: &str) -> &'r str {
    reply
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

/// Status, headers and body as on the wire. Dots replace values that differ from
/// run to run.
fn wire(reply: &Reply) -> String {
    let mut lines = vec![reply.status().to_string()];
    lines.extend(
        reply
            .headers()
            .iter()
            .map(|(n, v)| format!("{n}: {}", v.to_str().unwrap())),
    );
    let body = String::from_utf8_lossy(reply.body());
    let dotted: Vec<String> = body
        .lines()
        .map(|line| match line.trim_start() {
            l if l.starts_with("\"id\"") => "  \"id\": …".to_owned(),
            l if l.starts_with("\"token\"") => "  \"token\": …".to_owned(),
            l if l.starts_with("eyJ") => "eyJ…".to_owned(),
            _ => line.to_owned(),
        })
        .collect();
    format!("{}\n\n{}\n", lines.join("\n"), dotted.join("\n"))
}

#[test]
fn successful_requests() {
    let app = App::new();
    let replies = [
        app.register("ada@example.com", "correct horse"),
        app.login("ada@example.com", "correct horse", "*/*"),
        app.login("ada@example.com", "correct horse", "application/json"),
        app.send("GET", "/auth/.well-known/jwks.json", &[], ""),
        app.send("GET", "/auth/healthz", &[], ""),
    ];
    insta::assert_snapshot!(replies.iter().map(wire).collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_refusal() {
    let app = App::new();
    app.register("ada@example.com", "correct horse");
    let replies = [
        app.send("GET", "/auth/login", &[], ""),
        app.send("POST", "/auth/healthz", &[], ""),
        app.send("GET", "/auth/nothing", &[], ""),
        app.send("POST", "/auth/login", &[], ""),
        app.send("POST", "/auth/login", &[("authorization", "Basic !")], ""),
        app.login("ada@example.com", "wrong horse", "*/*"),
        app.send(
            "POST",
            "/auth/register",
            &[("content-type", "text/plain")],
            "x",
        ),
        app.send("POST", "/auth/register", &[JSON], "{"),
        app.send(
            "POST",
            "/auth/register",
            &[FORM],
            r#"{"email":"eve@example.com"}"#,
        ),
        app.register("eve", "correct horse"),
        app.register("eve@example.com", "short"),
        app.register("ADA@example.com", "another one"),
    ];
    insta::assert_snapshot!(replies.iter().map(wire).collect::<Vec<_>>().join("\n"));
}

#[test]
fn unknown_addresses_and_wrong_passwords_get_identical_responses() {
    let app = App::new();
    app.register("ada@example.com", "correct horse");
    for _ in 0..7 {
        let known = wire(&app.login("ada@example.com", "wrong horse", "*/*"));
        assert_eq!(
            known,
            wire(&app.login("eve@example.com", "wrong horse", "*/*"))
        );
    }
    let throttled = app.login("ada@example.com", "correct horse", "*/*");
    assert_eq!(throttled.status(), 429);
    assert_eq!(header(&throttled, "retry-after"), "1");
}

#[test]
fn credentials_are_accepted_in_three_forms() {
    let app = App::new();
    let form = "email=ada%40example.com&password=correct+horse";
    assert_eq!(
        app.send("POST", "/register", &[FORM], form).status(),
        201,
        "without the prefix"
    );
    let json = r#"{"email":"ada@example.com","password":"correct horse"}"#;
    for (headers, body) in [([FORM], form), ([JSON], json)] {
        assert_eq!(
            app.send("POST", "/auth/login", &headers, body).status(),
            200,
            "{body}"
        );
    }
    assert_eq!(
        app.login("ada@example.com", "correct horse", "*/*")
            .status(),
        200
    );
    let basic = format!("Basic {}", STANDARD.encode("eve@example.com:pass:word"));
    let made = app.send("POST", "/auth/register", &[("authorization", &basic)], "");
    assert_eq!(made.status(), 201);
    assert_eq!(
        app.login("eve@example.com", "pass:word", "*/*").status(),
        200
    );
}

#[test]
fn the_published_keys_verify_the_token() {
    let mut app = App::new();
    app.config.signing_key = String::new();
    app.register("ada@example.com", "correct horse");
    let token = app
        .login("ada@example.com", "correct horse", "")
        .into_body();
    let keys = app
        .send("GET", "/auth/.well-known/jwks.json", &[], "")
        .into_body();
    let expectation = Expectation {
        issuer: "tonearm",
        audience: "tonearm-api",
        now: NOW,
        leeway: 0,
    };
    let claims = verify(
        std::str::from_utf8(&token).unwrap(),
        &KeySet::parse(&keys).unwrap(),
        &expectation,
    )
    .unwrap();
    assert_eq!(
        (claims.username.as_str(), claims.admin),
        ("ada@example.com", false)
    );
    assert_eq!(claims.exp, NOW + 3600);
}

#[test]
fn a_bad_key_or_database_is_a_503_without_details() {
    let mut app = App::new();
    app.register("ada@example.com", "correct horse");
    app.config.signing_key = "too short a secret".to_owned();
    for reply in [
        app.send("GET", "/auth/healthz", &[], ""),
        app.send("GET", "/auth/.well-known/jwks.json", &[], ""),
        app.login("ada@example.com", "correct horse", "*/*"),
    ] {
        assert_eq!(reply.status(), 503);
        assert_eq!(header(&reply, "retry-after"), "5");
        assert!(
            !String::from_utf8_lossy(reply.body()).contains("key"),
            "{reply:?}"
        );
    }
    let request = Request::new(Vec::new());
    let closed = || Err::<Memory, _>(DatabaseError::Other("unable to open /secret".to_owned()));
    let publisher = Published(&app.redis);
    let reply = answer(
        Route::Health,
        &request,
        &app.config,
        NOW,
        closed,
        &publisher,
    );
    assert_eq!(reply.status(), 503);
    assert!(!String::from_utf8_lossy(reply.body()).contains("secret"));
}

#[test]
fn the_prefix_is_a_complete_path_segment() {
    for (path, good) in [
        ("/auth/login", true),
        ("/login", true),
        ("/authlogin", false),
        ("/auth", false),
        ("/auth/", false),
        ("/auth/auth/login", false),
        ("/auth/login/", false),
        ("/", false),
    ] {
        assert_eq!(Route::of(&Method::POST, path).is_ok(), good, "{path}");
    }
    assert_eq!(
        Route::of(&Method::HEAD, "/auth/healthz").ok(),
        Some(Route::Health)
    );
}
