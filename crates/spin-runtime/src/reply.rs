//! Responses through Spin.

use http::{Response, header};
use spin_sdk::http::{Fields, OutgoingResponse, ResponseOutparam};
pub use tonearm_web::reply::*;

/// Sends `reply`.
pub async fn send(reply: Reply, out: ResponseOutparam) {
    let (head, body) = reply.into_parts();
    let response = start(&Response::from_parts(head, ()), Some(body.len() as u64));
    if let Err(error) = out.set_with_body(response, body).await {
        eprintln!("a response was not sent: {error}");
    }
}

/// The runtime's response with the status and headers of `head`, and with
/// `Content-Length` if `length` is known.
pub fn start(head: &Response<()>, length: Option<u64>) -> OutgoingResponse {
    let mut entries: Vec<(String, Vec<u8>)> = head
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    // A 204 and a 304 must not carry a length (RFC 9110, section 8.6); the response
    // to a HEAD has its own.
    let none = matches!(head.status().as_u16(), 204 | 304)
        || head.headers().contains_key(header::CONTENT_LENGTH);
    if let (Some(length), false) = (length, none) {
        entries.push(("content-length".to_owned(), length.to_string().into_bytes()));
    }
    let fields = Fields::from_list(&entries).unwrap_or_else(|error| {
        eprintln!("the headers of a response were refused: {error}");
        Fields::new()
    });
    let response = OutgoingResponse::new(fields);
    if response.set_status_code(head.status().as_u16()).is_err() {
        eprintln!("the status of a response was refused: {}", head.status());
    }
    response
}
