//! Outbound HTTP of guests: what `allowed_outbound_hosts` grants, calls to other
//! components of the app without a socket, and the guest's own time limits.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Request, Response, Uri};
use http_body_util::BodyExt;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks, default_send_request};

use crate::allowed_hosts::chained_component;
use crate::app::{App, Component};
use crate::routes::RouteMatch;
use crate::{headers, http_call};

/// What a called component sees as its client, as in Spin.
const CHAINED_CLIENT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// What each of a guest's time limits is where it sets none, as in Spin.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

/// A name for the app itself, for SDKs that want one.
const SELF_HOST: &str = "self.alt";

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Answer = Result<(Response<WasiBody>, Io), Error>;

/// The outbound HTTP of one instance.
pub struct OutboundHttp {
    app: Arc<App>,
    component: Arc<Component>,
}

enum Destination {
    Component(String),
    Own,
    Network,
}

impl OutboundHttp {
    /// For an instance of `component`.
    pub fn new(app: &Arc<App>, component: &Arc<Component>) -> Self {
        Self {
            app: app.clone(),
            component: component.clone(),
        }
    }

    /// Where a request may go, if it may.
    fn destination(&self, uri: &Uri) -> Option<Destination> {
        let host = uri.host().unwrap_or_default();
        let hosts = &self.component.allowed_hosts;
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
    ) -> Box<dyn Future<Output = Answer> + Send> {
        let Some(destination) = self.destination(request.uri()) else {
            tracing::warn!(
                component = &*self.component.id,
                host = request.uri().authority().map_or("", Authority::as_str),
                "denied an outbound request: allowed_outbound_hosts does not list its host"
            );
            return Box::new(async { Err(Error::HttpRequestDenied) });
        };
        match destination {
            Destination::Component(id) => {
                let app = self.app.clone();
                Box::new(async move { call_component(&app, &id, request).await })
            }
            Destination::Own => {
                let path = request.uri().path_and_query().cloned();
                let Some(uri) = self
                    .app
                    .local_addr
                    .get()
                    .and_then(|own| own_uri(*own, path))
                else {
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

/// Sends over the network. The guest's time limits do not reach into a TLS handshake
/// by themselves, so all until the response's head has to fit into their sum.
async fn send(request: Request<WasiBody>, options: Option<RequestOptions>) -> Answer {
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

async fn call_component(app: &Arc<App>, id: &str, mut request: Request<WasiBody>) -> Answer {
    let Some(component) = app.components.get(id) else {
        return Err(Error::DestinationNotFound);
    };
    let uri = request.uri().clone();
    let found = RouteMatch::chained(id, uri.path());
    headers::prepare(request.headers_mut(), &uri, &found, CHAINED_CLIENT);
    let response = http_call::call(app, component, request)
        .await
        .map_err(|error| Error::InternalError(Some(error.to_string())))?;
    Ok((response, Box::new(async { Ok(()) })))
}
