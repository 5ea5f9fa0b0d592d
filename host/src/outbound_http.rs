//! Outbound HTTP of guests: what `allowed_outbound_hosts` grants, calls to other
//! components of the app without a socket, and the guest's own timeouts.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Request, Response, Uri};
use http_body_util::BodyExt;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks, default_send_request};

use crate::allowed_hosts::chained_component;
use crate::grants::Grants;
use crate::headers;
use crate::routes::RouteMatch;

/// The client address that a called component sees, as in Spin.
const CHAINED_CLIENT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// Each timeout that the guest leaves unset, as in Spin.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

/// A name for the app itself, for SDKs that require a host.
const SELF_HOST: &str = "self.alt";

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;
type SendResult = Result<(Response<WasiBody>, Io), Error>;
type SendFuture<T> = Box<dyn Future<Output = T> + Send>;

/// The app that an instance belongs to, as the destination of its requests.
pub trait OwnApp: Send + Sync {
    /// The address of the HTTP listener, once it is bound.
    fn local_addr(&self) -> Option<SocketAddr>;

    /// Sends a request to a component of the app. `DestinationNotFound` if there is no
    /// component of that id.
    fn call(
        self: Arc<Self>,
        component: &str,
        request: Request<WasiBody>,
    ) -> SendFuture<Result<Response<WasiBody>, Error>>;
}

/// The outbound HTTP of one instance.
pub struct OutboundHttp {
    app: Arc<dyn OwnApp>,
    grants: Arc<Grants>,
}

enum Destination {
    Component(String),
    Own,
    Network,
}

impl OutboundHttp {
    /// For an instance with `grants` in `app`.
    pub fn new(app: Arc<dyn OwnApp>, grants: Arc<Grants>) -> Self {
        Self { app, grants }
    }

    /// The destination of a request, or `None` if it is not allowed.
    fn destination(&self, uri: &Uri) -> Option<Destination> {
        let host = uri.host().unwrap_or_default();
        let hosts = &self.grants.allowed_hosts;
        if host.is_empty() || host == SELF_HOST {
            return hosts.allows_self().then_some(Destination::Own);
        }
        if !hosts.allows(&uri.to_string(), "https") {
            return None;
        }
        Some(match chained_component(host) {
            Some(component) => Destination::Component(component.to_owned()),
            None => Destination::Network,
        })
    }
}

impl WasiHttpHooks for OutboundHttp {
    fn send_request(
        &mut self,
        mut request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _finished: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> SendFuture<SendResult> {
        let Some(destination) = self.destination(request.uri()) else {
            tracing::warn!(
                component = &*self.grants.component,
                host = request.uri().authority().map_or("", Authority::as_str),
                "denied an outbound request: allowed_outbound_hosts does not list its host"
            );
            return Box::new(async { Err(Error::HttpRequestDenied) });
        };
        match destination {
            Destination::Component(id) => {
                let uri = request.uri().clone();
                let found = RouteMatch::chained(&id, uri.path());
                headers::prepare(request.headers_mut(), &uri, &found, CHAINED_CLIENT);
                let response = self.app.clone().call(&id, request);
                Box::new(async move {
                    let io: Io = Box::new(async { Ok(()) });
                    Ok((Box::into_pin(response).await?, io))
                })
            }
            Destination::Own => {
                let path = request.uri().path_and_query().cloned();
                let uri = self.app.local_addr().and_then(|own| own_uri(own, path));
                let Some(uri) = uri else {
                    return Box::new(async { Err(Error::HttpRequestUriInvalid) });
                };
                if let Some(host) = uri.authority().and_then(|host| host.as_str().parse().ok()) {
                    request.headers_mut().insert(http::header::HOST, host);
                }
                *request.uri_mut() = uri;
                Box::new(send(request, options))
            }
            Destination::Network => Box::new(send(request, options)),
        }
    }
}

/// Sends over the network. wasmtime does not apply the guest's timeouts to a TLS
/// handshake, so everything up to the response's header must fit into their sum.
async fn send(request: Request<WasiBody>, options: Option<RequestOptions>) -> SendResult {
    let given = options.unwrap_or_default();
    let limit = given.connect_timeout.unwrap_or(DEFAULT_TIMEOUT)
        + given.first_byte_timeout.unwrap_or(DEFAULT_TIMEOUT);
    let (response, io) = tokio::time::timeout(limit, default_send_request(request, options))
        .await
        .unwrap_or(Err(Error::ConnectionTimeout))?;
    Ok((response.map(BodyExt::boxed_unsync), Box::new(io)))
}

fn own_uri(own: SocketAddr, path: Option<PathAndQuery>) -> Option<Uri> {
    let mut parts = http::uri::Parts::default();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(own.to_string().parse().ok()?);
    parts.path_and_query = path.or_else(|| Some(PathAndQuery::from_static("/")));
    Uri::from_parts(parts).ok()
}
