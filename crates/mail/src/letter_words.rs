//! The words of letters: emails about accounts.
//!
//! An event is a row of [`words`]. Nothing in a letter was chosen by somebody else than its
//! recipient and the operator, so that nobody can send words of their own through us.

use tonearm_letters::Event;

use crate::document::{Block, Document};
use crate::escape::shell;
use crate::notice::LetterNotice;
use crate::{MailError, units};

/// Maximum length of a token.
const MAX_TOKEN_BYTES: usize = 256;

/// The words about one event.
struct Words {
    /// The subject and the headline.
    subject: &'static str,
    /// What happened, and what that means.
    happened: &'static str,
    /// What the recipient can do.
    action: Action,
    /// What to do if it was somebody else.
    not_you: &'static str,
}

/// What the recipient can do.
enum Action {
    /// Follow the link of the letter.
    Follow {
        /// The link's path below `public_url`.
        path: &'static str,
        /// Its text.
        label: &'static str,
        /// What is to be done with it.
        introduction: &'static str,
        /// Which password its form asks for, if it does.
        password: Option<&'static str>,
    },
    /// Have a link sent that sets a new password; with the introduction of the command.
    Forgot(&'static str),
    /// Nothing.
    Nothing,
}

fn words(event: &Event) -> Words {
    match event {
        Event::ConfirmAddress { .. } => Words {
            subject: "Confirm your email address",
            happened: "Somebody, probably you, registered this email address with Tonearm.",
            action: Action::Follow {
                path: "/account/confirm",
                label: "Confirm the address",
                introduction: "To confirm that the address is yours, open this link and enter \
                               the password that you chose:",
                password: Some("the password that you chose"),
            },
            not_you: "If it was not you, ignore this email. Until the address is confirmed, no \
                      emails about files are sent to it.",
        },
        Event::AddressTaken => Words {
            subject: "You already have an account",
            happened: "Somebody, probably you, tried to use this email address for another \
                       account with Tonearm. It has an account already, so nothing was changed. Log in \
                       with your password.",
            action: Action::Forgot(
                "If you have forgotten the password, this command sends you a link to choose \
                 another:",
            ),
            not_you: "If it was not you, there is nothing to do. Nobody can use your account \
                      without your password.",
        },
        Event::ResetPassword { .. } => Words {
            subject: "Choose a new password",
            happened: "Somebody, probably you, asked for a new password for your account with \
                       Tonearm.",
            action: Action::Follow {
                path: "/account/reset",
                label: "Choose a new password",
                introduction: "To choose one, open this link. Afterwards you have to log in again \
                               on all your devices.",
                password: Some("the new password"),
            },
            not_you: "If it was not you, ignore this email. Your password stays as it is.",
        },
        Event::PasswordChanged => Words {
            subject: "Your password was changed",
            happened: "The password of your account with Tonearm was changed. All other devices \
                       were signed out.",
            action: Action::Forgot(
                "If it was not you, somebody else can use your account. This command sends you a \
                 link to choose another password, which signs everybody else out:",
            ),
            not_you: "If it was you, there is nothing to do.",
        },
        Event::ConfirmNewAddress { .. } => Words {
            subject: "Confirm your new email address",
            happened: "Somebody, probably you, asked to use this email address for an account with \
                       Tonearm that has another address so far.",
            action: Action::Follow {
                path: "/account/email/confirm",
                label: "Use this address",
                introduction: "To use it from now on, open this link. Afterwards you have to log \
                               in again on all your devices, with this address.",
                password: None,
            },
            not_you: "If it was not you, ignore this email and do not open the link. Nothing happens \
                      then: the account is somebody else's, and it keeps the address that it \
                      has.",
        },
        Event::AddressChanged => Words {
            subject: "The email address of your account was changed",
            happened: "Your account with Tonearm has another email address now. All emails go \
                       there, and nobody can log in with this address any more.",
            action: Action::Nothing,
            not_you: "If it was not you, somebody else has taken your account. Write to the people \
                      who run the service at once.",
        },
        Event::AccountDeleted => Words {
            subject: "Your account was deleted",
            happened: "Your account with Tonearm was deleted, with all its files. They cannot be \
                       brought back. This is the last email to you.",
            action: Action::Nothing,
            not_you: "If it was not you, somebody else had your password. Change it wherever else \
                      you use it.",
        },
    }
}

/// The letter's words.
pub(crate) fn document(notice: &LetterNotice<'_>, public_url: &str) -> Result<Document, MailError> {
    let Words {
        subject,
        happened,
        action,
        not_you,
    } = words(&notice.letter.event);
    let mut blocks = vec![text(happened)];
    match action {
        Action::Follow {
            path,
            label,
            introduction,
            password,
        } => {
            let (token, until) = link(notice)?;
            let url = format!("{public_url}{path}");
            blocks.push(text(introduction));
            blocks.push(Block::Link {
                label,
                url: format!("{url}?token={token}"),
            });
            blocks.push(text(format!("The link works once, until {until}.")));
            blocks.push(text(match password {
                Some(password) => format!("Or with curl, $PASSWORD being {password}:"),
                None => "Or with curl:".to_owned(),
            }));
            let mut command = post(&url, "token", token);
            if password.is_some() {
                command.push_str(" \\\n  --data-urlencode \"password=$PASSWORD\"");
            }
            blocks.push(Block::Command(command));
        }
        Action::Forgot(introduction) => {
            blocks.push(text(introduction));
            let url = format!("{public_url}/account/forgot");
            blocks.push(Block::Command(post(&url, "email", &notice.letter.to)));
        }
        Action::Nothing => {}
    }
    blocks.push(text(not_you));
    blocks.push(text(format!("Sent by Tonearm at {public_url}")));
    Ok(Document {
        subject: subject.to_owned(),
        headline: subject.to_owned(),
        blocks,
    })
}

/// The token of the letter's link, and until when the link works.
fn link<'a>(notice: &LetterNotice<'a>) -> Result<(&'a str, String), MailError> {
    let link = notice.letter.event.link().ok_or(MailError::Link)?;
    let good = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let is_token =
        (1..=MAX_TOKEN_BYTES).contains(&link.token.len()) && link.token.bytes().all(good);
    let until = units::minute(link.expires_ms(notice.written_ms));
    match until.filter(|_| is_token) {
        Some(until) => Ok((link.token, until)),
        None => Err(MailError::Link),
    }
}

fn text(words: impl Into<String>) -> Block {
    Block::Text(words.into())
}

fn post(url: &str, field: &str, value: &str) -> String {
    let (url, pair) = (shell(url), shell(&format!("{field}={value}")));
    format!("curl -X POST {url} \\\n  --data-urlencode {pair}")
}
