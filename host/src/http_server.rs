//! The HTTP trigger: accepts connections and passes requests to components.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use wasmtime_wasi_http::WasiBody;

use crate::app::App;
use crate::routes::WELL_KNOWN_PREFIX;
use crate::stop::Stop;
use crate::{headers, http_call};

/// How long a client may keep sending after it was sent an early response.
const LINGER: Duration = Duration::from_secs(2);

/// Serves until `stop` is set; connections then end after their current request.
pub async fn serve(listener: TcpListener, app: Arc<App>, mut stop: Stop) {
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, client)) => {
                    tokio::spawn(serve_connection(stream, client, app.clone(), stop.clone()));
                }
                Err(error) => {
                    // Probably out of file descriptors: give others time to close some.
                    tracing::warn!("cannot accept a connection: {error}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            () = stop.wait() => return,
        }
    }
}

async fn serve_connection(stream: TcpStream, client: SocketAddr, app: Arc<App>, mut stop: Stop) {
    let busy = app.busy.clone();
    // Otherwise the second write of a response waits for the client's delayed ACK.
    _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let app = app.clone();
        Box::pin(async move { Ok::<_, Infallible>(logged_answer(&app, request, client).await) })
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let result = tokio::select! {
        result = poll_fn(|cx| connection.poll_without_shutdown(cx)) => result,
        () = stop.wait() => {
            Pin::new(&mut connection).graceful_shutdown();
            poll_fn(|cx| connection.poll_without_shutdown(cx)).await
        }
    };
    if let Err(error) = result {
        tracing::debug!("connection of {client}: {error}");
    }
    drop(busy);
    linger(connection.into_parts().io.into_inner()).await;
}

/// Closes a connection so that a client that is still sending can read the response.
/// Closing a socket with unread bytes resets the connection, which loses the response
/// (RFC 9112, section 9.6).
async fn linger(mut stream: TcpStream) {
    let rest = async {
        stream.shutdown().await?;
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
    };
    // A client that keeps sending, or vanished, is cut off.
    _ = tokio::time::timeout(LINGER, rest).await;
}

async fn logged_answer(
    app: &Arc<App>,
    request: Request<Incoming>,
    client: SocketAddr,
) -> Response<WasiBody> {
    let start = Instant::now();
    let method = request.method().clone();
    // The query string may contain secrets.
    let path = request.uri().path().to_owned();
    let request = request.map(|body| body.map_err(Into::into).boxed_unsync());
    let (component, response) = answer(app, request, client).await;
    tracing::info!(
        target: "http",
        component,
        "{method} {path} {status} {ms} ms",
        status = response.status().as_u16(),
        ms = start.elapsed().as_millis(),
    );
    response
}

/// Answers one request. Returns the component that did, or an empty string for the host's
/// own answers.
pub async fn answer(
    app: &Arc<App>,
    mut request: Request<WasiBody>,
    client: SocketAddr,
) -> (String, Response<WasiBody>) {
    let no_component = String::new;
    let path = request.uri().path();
    if let Some(own) = path.strip_prefix(WELL_KNOWN_PREFIX) {
        let response = match own {
            "health" => text(StatusCode::OK, "OK"),
            "info" => info(app),
            _ => text(StatusCode::NOT_FOUND, ""),
        };
        return (no_component(), response);
    }
    let Some(found) = app.router.route(path) else {
        return (no_component(), text(StatusCode::NOT_FOUND, ""));
    };
    let Some(uri) = headers::absolute_uri(request.uri(), request.headers()) else {
        return (
            found.component,
            text(StatusCode::BAD_REQUEST, "no valid Host header\n"),
        );
    };
    headers::prepare(request.headers_mut(), &uri, &found, client);
    *request.uri_mut() = uri;
    let Some(component) = app.components.get(&found.component) else {
        return (found.component, text(StatusCode::NOT_FOUND, ""));
    };
    match http_call::call(app, component, request).await {
        Ok(response) => (found.component, response),
        Err(error) => {
            tracing::error!(component = found.component, "{error}");
            (found.component, text(StatusCode::INTERNAL_SERVER_ERROR, ""))
        }
    }
}

fn info(app: &App) -> Response<WasiBody> {
    let mut info = serde_json::Map::new();
    info.insert("name".to_owned(), app.name.as_str().into());
    if !app.version.is_empty() {
        info.insert("version".to_owned(), app.version.as_str().into());
    }
    let mut response = text(
        StatusCode::OK,
        format!("{:#}", serde_json::Value::Object(info)),
    );
    let json = http::HeaderValue::from_static("application/json");
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, json);
    response
}

fn text(status: StatusCode, body: impl Into<Bytes>) -> Response<WasiBody> {
    let mut response = Response::new(
        Full::new(body.into())
            .map_err(|never| match never {})
            .boxed_unsync(),
    );
    *response.status_mut() = status;
    response
}
