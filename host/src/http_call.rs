//! One HTTP request, handled by a new instance of a component.

use std::net::SocketAddr;
use std::sync::Arc;

use http::{Request, Response};
use tokio::sync::oneshot;
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Scheme};
use wasmtime_wasi_http::{Error, WasiBody, WasiHttpView};

use crate::app::{App, Component};
use crate::outbound_http::OwnApp;

/// Why there is no response.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("component {0:?} does not handle HTTP")]
    NotHttp(String),
    #[error("the request cannot be passed to the component: {0}")]
    Request(wasmtime::Error),
    #[error("component {0:?} did not answer")]
    NoResponse(String),
    #[error("component {component:?} answered with {code:?}")]
    Refused { component: String, code: ErrorCode },
}

/// Calls `component`. The instance may run on after the response is complete; a clone
/// of the app's `busy` keeps the host alive until it ends.
pub async fn call(
    app: &Arc<App>,
    component: &Arc<Component>,
    request: Request<WasiBody>,
) -> Result<Response<WasiBody>, CallError> {
    let id = || component.grants.component.to_string();
    let pre = component
        .http
        .clone()
        .ok_or_else(|| CallError::NotHttp(id()))?;
    let mut store = app.store(component);
    let (sender, receiver) = oneshot::channel();
    let mut http = store.data_mut().http();
    let request = http
        .new_incoming_request(Scheme::Http, request)
        .map_err(CallError::Request)?;
    let outparam = http
        .new_response_outparam(sender)
        .map_err(CallError::Request)?;
    let busy = app.busy.clone();
    let task_component = component.clone();
    tokio::spawn(async move {
        let result = async {
            let proxy = pre.instantiate_async(&mut store).await?;
            proxy
                .wasi_http_incoming_handler()
                .call_handle(&mut store, request, outparam)
                .await
        }
        .await;
        task_component.log_end(result, store.data());
        drop(busy);
    });
    match receiver.await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(code)) => Err(CallError::Refused {
            component: id(),
            code,
        }),
        Err(_) => Err(CallError::NoResponse(id())),
    }
}

impl OwnApp for App {
    fn local_addr(&self) -> Option<SocketAddr> {
        self.local_addr.get().copied()
    }

    fn call(
        self: Arc<Self>,
        component: &str,
        request: Request<WasiBody>,
    ) -> Box<dyn Future<Output = Result<Response<WasiBody>, Error>> + Send> {
        let found = self.components.get(component).cloned();
        Box::new(async move {
            let component = found.ok_or(Error::DestinationNotFound)?;
            call(&self, &component, request)
                .await
                .map_err(|error| Error::InternalError(Some(error.to_string())))
        })
    }
}
