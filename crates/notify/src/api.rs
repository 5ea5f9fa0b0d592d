//! One request to the email API.

use tonearm_jobs::Failure;
use tonearm_mail::{Delivery, MailError, Message};
use tonearm_worker::{AttemptError, Retry};

use crate::Settings;

/// For the owner of the file, and for the operator.
pub(crate) const NOT_SENT: &str = "The email could not be sent.";

/// The email API.
pub trait EmailApi {
    /// Sends a request.
    ///
    /// # Errors
    /// Says why there is no response.
    fn send(&self, request: &http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, String>;
}

/// Sends the message. The idempotency key keeps the email API from sending an email twice
/// after a lost reply.
pub(crate) fn send(
    api: &dyn EmailApi,
    settings: &Settings,
    message: Result<Message, MailError>,
) -> Result<(), AttemptError> {
    let request = message.and_then(|message| settings.mail.request(&message));
    let delivery = match request {
        Ok(request) => match api.send(&request) {
            Ok(response) => settings.mail.classify(&response),
            // Without a response, even because of a misspelled address, nothing is known
            // about the email itself.
            Err(reason) => Delivery::Retry {
                after: None,
                reason,
            },
        },
        Err(error) => Delivery::Rejected {
            reason: error.to_string(),
        },
    };
    match delivery {
        Delivery::Sent => Ok(()),
        Delivery::Retry { after, reason } => Err(AttemptError {
            failure: Failure::new(
                "email_api_unavailable",
                "The email could not be sent yet; it will be tried again.",
            ),
            detail: reason,
            retry: Retry::NotBefore(after.unwrap_or_default()),
            tracks: Vec::new(),
        }),
        Delivery::Rejected { reason } => Err(AttemptError {
            failure: Failure::new("email_rejected", NOT_SENT),
            detail: reason,
            retry: Retry::Never,
            tracks: Vec::new(),
        }),
    }
}

/// The failure of an email that is given up.
pub(crate) fn gave_up(last: Option<&Failure>) -> Failure {
    let code = last.map_or("email_rejected", |_| "email_gave_up");
    Failure::new(code, NOT_SENT)
}
