//! The guest of the conformance suite. Each path does one thing that a runtime must allow,
//! deny or survive, and responds with the outcome.
//!
//! | Path | What it does |
//! |---|---|
//! | `/headers` | the request's headers, one a line |
//! | `/echo` | streams the body back |
//! | `/drip` | three chunks, 200 ms apart |
//! | `/env/NAME`, `/variable/NAME` | the value |
//! | `/kv/LABEL/KEY` | GET, PUT, DELETE; `/kv/LABEL` lists the keys |
//! | `/sql/LABEL` | runs the body as SQL |
//! | `/redis` | body: address, command, arguments, one a line |
//! | `/fetch` | body: URL, optionally a timeout in ms on the next line |
//! | `/file`, `/socket` | tries to use a file, a socket |
//! | `/print`, `/trap`, `/loop` | prints, traps, loops forever |
//! | `/silent` | returns without a response |
//! | `/alloc/MIB` | allocates so much memory |
//! | `/after` | responds and works on |
//! | `/healthz` | records `health` |
//!
//! A Redis message is `record X`, `work MS X`, `trap` or `fail`. `X` is pushed to the
//! list `seen` at the address in the variable `redis`.

#![expect(unsafe_code, reason = "the SDK's macros generate exports with it")]

use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use spin_sdk::http::{Fields, IncomingRequest, Method, OutgoingResponse, ResponseOutparam};
use spin_sdk::key_value::Store;
use spin_sdk::redis::{Connection, RedisParameter, RedisResult};
use spin_sdk::{http_component, redis_component, sqlite, variables};

mod fetch;

#[http_component]
async fn handle(request: IncomingRequest, out: ResponseOutparam) {
    let path = request.path_with_query().unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default().to_owned();
    let headers = request.headers().entries();
    let method = request.method();
    let mut parts = path.trim_start_matches('/').splitn(3, '/');
    let (what, first, second) = (parts.next(), parts.next(), parts.next());
    let result = match (what.unwrap_or_default(), first, second) {
        ("headers", ..) => Ok(headers
            .iter()
            .map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value)))
            .collect()),
        ("echo", ..) => return echo(request, out).await,
        ("drip", ..) => return drip(out).await,
        ("after", ..) => return after(out).await,
        ("env", Some(name), _) => std::env::var(name).map_err(|error| error.to_string()),
        ("variable", Some(name), _) => variables::get(name).map_err(|error| format!("{error:?}")),
        ("kv", Some(label), key) => {
            let body = request.into_body().await.unwrap_or_default();
            key_value(&method, label, key, &body).map_err(|error| format!("{error:?}"))
        }
        ("sql", Some(label), _) => {
            let body = request.into_body().await.unwrap_or_default();
            sql(label, &text(&body)).map_err(|error| format!("{error:?}"))
        }
        ("redis", ..) => redis(&text(&request.into_body().await.unwrap_or_default())),
        ("fetch", ..) => fetch::fetch(&text(&request.into_body().await.unwrap_or_default())).await,
        ("file", ..) => std::fs::read_dir("/")
            .map(|_| "read".into())
            .map_err(|e| e.to_string()),
        ("socket", ..) => std::net::TcpStream::connect("127.0.0.1:80")
            .map(|_| "connected".into())
            .map_err(|error| error.to_string()),
        ("print", ..) => {
            println!("this is stdout\nand more");
            eprint!("this is stderr without an end of line");
            Ok("printed".into())
        }
        ("healthz", ..) => record("health").map(|()| "OK".into()),
        ("trap", ..) => {
            let trap: Option<u8> = path.strip_prefix("no such prefix").map(|_| 1);
            Ok(trap.map_or_else(|| std::process::abort(), |n| n.to_string()))
        }
        ("loop", ..) => loop {
            std::hint::spin_loop();
        },
        ("silent", ..) => return,
        ("alloc", Some(mib), _) => {
            let bytes = vec![1_u8; mib.parse::<usize>().unwrap_or_default() << 20];
            Ok(std::hint::black_box(bytes).len().to_string())
        }
        _ => Ok(format!("{method:?} {path}")),
    };
    let (status, body) = match result {
        Ok(body) => (200, body),
        Err(error) => (500, format!("error: {error}")),
    };
    let fields = Fields::new();
    let length = body.len().to_string().into_bytes();
    _ = fields.set("content-length", &[length]);
    let response = OutgoingResponse::new(fields);
    _ = response.set_status_code(status);
    _ = out.set_with_body(response, body.into_bytes()).await;
}

async fn echo(request: IncomingRequest, out: ResponseOutparam) {
    let response = OutgoingResponse::new(Fields::new());
    let mut body = response.take_body();
    out.set(response);
    let mut chunks = request.into_body_stream();
    while let Some(Ok(chunk)) = chunks.next().await {
        if body.send(chunk).await.is_err() {
            return;
        }
    }
}

async fn drip(out: ResponseOutparam) {
    let response = OutgoingResponse::new(Fields::new());
    let mut body = response.take_body();
    out.set(response);
    for n in 0..3 {
        if n > 0 {
            std::thread::sleep(Duration::from_millis(200));
        }
        _ = body.send(format!("drip {n}\n").into_bytes()).await;
    }
}

/// Responds at once and works on.
async fn after(out: ResponseOutparam) {
    let response = OutgoingResponse::new(Fields::new());
    let body = response.take_body();
    out.set(response);
    drop(body);
    std::thread::sleep(Duration::from_millis(300));
    _ = record("after");
}

fn key_value(
    method: &Method,
    label: &str,
    key: Option<&str>,
    body: &[u8],
) -> Result<String, spin_sdk::key_value::Error> {
    let store = Store::open(label)?;
    Ok(match (method, key) {
        (Method::Put, Some(key)) => {
            store.set(key, body)?;
            "set".into()
        }
        (Method::Delete, Some(key)) => {
            store.delete(key)?;
            "deleted".into()
        }
        (_, Some(key)) => match store.get(key)? {
            Some(value) => text(&value),
            None => format!("none; exists: {}", store.exists(key)?),
        },
        (_, None) => store.get_keys()?.join(","),
    })
}

fn sql(label: &str, statement: &str) -> Result<String, sqlite::Error> {
    let result = sqlite::Connection::open(label)?.execute(statement, &[])?;
    let rows: Vec<String> = result
        .rows
        .iter()
        .map(|row| format!("{:?}\n", row.values))
        .collect();
    Ok(format!("{}\n{}", result.columns.join(","), rows.concat()))
}

fn redis(lines: &str) -> Result<String, String> {
    let mut lines = lines.lines();
    let (address, command) = (
        lines.next().unwrap_or_default(),
        lines.next().unwrap_or_default(),
    );
    let arguments: Vec<_> = lines
        .map(|argument| RedisParameter::Binary(argument.into()))
        .collect();
    let results = Connection::open(address)
        .and_then(|connection| connection.execute(command, &arguments))
        .map_err(|error| format!("{error:?}"))?;
    let results: Vec<String> = results
        .iter()
        .map(|result| match result {
            RedisResult::Binary(bytes) => format!("{:?}", text(bytes)),
            other => format!("{other:?}"),
        })
        .collect();
    Ok(results.join(" "))
}

#[redis_component]
fn message(payload: spin_sdk::redis::Payload) -> Result<(), String> {
    let payload = text(&payload);
    let mut words = payload.splitn(3, ' ');
    match (words.next().unwrap_or_default(), words.next(), words.next()) {
        ("record", Some(what), _) => record(what),
        ("work", Some(ms), Some(what)) => {
            // Computing rather than sleeping: it must not delay others.
            let end = Instant::now() + Duration::from_millis(ms.parse().unwrap_or_default());
            while Instant::now() < end {
                std::hint::spin_loop();
            }
            record(what)
        }
        ("trap", ..) => std::process::abort(),
        _ => Err("as asked".into()),
    }
}

fn record(what: &str) -> Result<(), String> {
    let address = variables::get("redis").map_err(|error| format!("{error:?}"))?;
    let connection = Connection::open(&address).map_err(|error| format!("{error:?}"))?;
    connection
        .execute(
            "RPUSH",
            &[
                RedisParameter::Binary("seen".into()),
                RedisParameter::Binary(what.into()),
            ],
        )
        .map(drop)
        .map_err(|error| format!("{error:?}"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
