//! `GET` of the links in letters. Programs that scan mail follow links, so this changes
//! nothing and asks nothing; the form, or the command, then sends the token.

use http::Request;
use tonearm_accounts::LinkToken;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_web::accept::prefers_html;

use crate::config::Config;
use crate::page::{self, Form, PasswordField};
use crate::request::{header, query};
use crate::route::Route;

/// What the link of a letter does.
struct Action {
    title: &'static str,
    text: &'static str,
    form: Form<'static>,
}

const OWN_PASSWORD: PasswordField = PasswordField {
    label: "Password",
    autocomplete: "current-password",
};
const NEW_PASSWORD: PasswordField = PasswordField {
    label: "New password",
    autocomplete: "new-password",
};

fn action(route: Route) -> Option<Action> {
    let form = |action, password, button| Form {
        action,
        token: "",
        password,
        button,
    };
    Some(match route {
        Route::ConfirmPage | Route::Confirm => Action {
            title: "Confirm your address",
            text: "Enter the password that you registered with.",
            form: form("/account/confirm", Some(OWN_PASSWORD), "Confirm"),
        },
        Route::ResetPage | Route::Reset => Action {
            title: "Set a new password",
            text: "All devices are signed out, and the new password is valid at once.",
            form: form("/account/reset", Some(NEW_PASSWORD), "Set password"),
        },
        Route::NewAddressPage | Route::ConfirmNewAddress => Action {
            title: "Confirm your new address",
            text: "This becomes the address of your account, and all devices are signed out.",
            form: form("/account/email/confirm", None, "Confirm"),
        },
        _ => return None,
    })
}

/// The page of a link, or, for programs that do not ask for HTML, its command.
pub(crate) fn show(route: Route, request: &Request<Vec<u8>>, config: &Config) -> Reply {
    let token = query(request, "token").and_then(|text| LinkToken::parse(&text).ok());
    let (Some(action), Some(token)) = (action(route), token) else {
        return incomplete(request);
    };
    if prefers_html(header(request, "accept")) {
        let form = Form {
            token: token.as_str(),
            ..action.form
        };
        return page::page(200, action.title, action.text, Some(form));
    }
    let password = match action.form.password {
        Some(_) => " \\\n    --data-urlencode 'password=YOUR PASSWORD'",
        None => "",
    };
    let text = format!(
        "{}\n\n{}\n\n  curl -d token={}{password} \\\n    {}{}\n",
        action.title,
        action.text,
        token.as_str(),
        config.public_url,
        action.form.action,
    );
    page::guarded(reply::text(200, text))
}

fn incomplete(request: &Request<Vec<u8>>) -> Reply {
    let (title, text) = (
        "The link is incomplete",
        "Open the whole link of the email, or copy it into the address bar.",
    );
    match prefers_html(header(request, "accept")) {
        true => page::page(410, title, text, None),
        false => page::guarded(reply::text(410, format!("{title}\n\n{text}\n"))),
    }
}

/// The form to try again with, for a request to `route` that was refused.
pub(crate) fn form_again(route: Route, token: &LinkToken) -> Option<Form<'_>> {
    let form = action(route)?.form;
    Some(Form {
        token: token.as_str(),
        ..form
    })
}
