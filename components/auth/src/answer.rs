//! The response of each route, and the mapping from errors to responses.

use http::Request;
use serde_json::json;
use tonearm_accounts::{
    Accounts, AccountsError, Caller, Database, DatabaseError, Publisher, SigningKeys, migrate,
    overwrite_deleted,
};
use tonearm_problem::Problem;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_tokens::KeySet;
use tonearm_web::accept::prefers_html;

use crate::config::Config;
use crate::request::{self, header};
use crate::route::Route;
use crate::{account, links, page, sign_in};

/// The `WWW-Authenticate` value where a password is missing or wrong (RFC 7617, section 2).
const BASIC: &str = r#"Basic realm="tonearm""#;
const REVOKED: &str =
    r#"Bearer realm="tonearm", error="invalid_token", error_description="revoked""#;

/// How long clients may cache the key set. A key is published before it signs,
/// and the gateway fetches the set again for an unknown key id. So this only
/// limits how long a withdrawn key remains in use.
const KEYS_CACHE: &str = "public, max-age=300";

/// One request, and all that its route needs.
pub(crate) struct Call<'a, D, P> {
    pub(crate) request: &'a Request<Vec<u8>>,
    pub(crate) config: &'a Config,
    pub(crate) accounts: Accounts<'a, D, P>,
}

/// Responds to a request at `now` (Unix seconds). `open` opens the database.
pub(crate) fn answer<D: Database, P: Publisher>(
    route: Route,
    request: &Request<Vec<u8>>,
    config: &Config,
    now: u64,
    open: impl FnOnce() -> Result<D, DatabaseError>,
    publisher: &P,
) -> Reply {
    if matches!(
        route,
        Route::ConfirmPage | Route::ResetPage | Route::NewAddressPage
    ) {
        return links::show(route, request, config);
    }
    let result = open().map_err(AccountsError::from).and_then(|database| {
        overwrite_deleted(&database);
        if migrate(&database)? {
            eprintln!("migrated the database");
        }
        let call = Call {
            request,
            config,
            accounts: Accounts {
                database: &database,
                publisher,
                rules: &config.rules,
                now,
            },
        };
        let result = call.respond(route);
        if route != Route::Keys {
            call.deliver();
        }
        if route == Route::DeleteAccount {
            call.accounts.erase();
        }
        result
    });
    result.unwrap_or_else(|error| refuse(route, request, &error))
}

impl<D: Database, P: Publisher> Call<'_, D, P> {
    fn respond(&self, route: Route) -> Result<Reply, AccountsError> {
        match route {
            Route::Register => sign_in::register(self),
            Route::Login => sign_in::log_in(self),
            Route::Keys => self.publish_keys(),
            Route::Health => self.check(),
            Route::BeginSession => sign_in::begin_session(self),
            Route::RenewSession => sign_in::renew_session(self),
            Route::EndSession => account::end_session(self),
            Route::ShowAccount => account::show(self),
            Route::ChangeAccount => account::change(self),
            Route::DeleteAccount => account::delete(self),
            Route::Confirm => account::confirm(self),
            Route::SendConfirmation => account::send_confirmation(self),
            Route::Forgot => account::forgot(self),
            Route::Reset => account::reset(self),
            Route::ChangePassword => account::change_password(self),
            Route::ChangeAddress => account::change_address(self),
            Route::ConfirmNewAddress => account::confirm_new_address(self),
            Route::SignOut => account::sign_out(self),
            Route::ListSessions => account::list_sessions(self),
            Route::EndOneSession => account::end_one_session(self),
            Route::ConfirmPage | Route::ResetPage | Route::NewAddressPage => {
                Ok(links::show(route, self.request, self.config))
            }
        }
    }

    /// Gateways ask for the keys every few minutes while tokens are used, so this also
    /// sweeps: not every deployment calls the check of health.
    fn publish_keys(&self) -> Result<Reply, AccountsError> {
        if let Err(error) = self.sweep() {
            eprintln!("error: nothing was swept: {error}");
        }
        let reply = reply::bytes(200, KeySet::MEDIA_TYPE, self.keys()?.published.to_json());
        Ok(reply::with(reply, "cache-control", KEYS_CACHE))
    }

    fn check(&self) -> Result<Reply, AccountsError> {
        self.keys()?;
        if self.config.rules.confirm_addresses {
            self.config.rules.sealing_key()?;
        }
        self.sweep()?;
        Ok(reply::json(200, &json!({ "status": "ok" })))
    }

    /// Deletes what has served its time.
    fn sweep(&self) -> Result<(), AccountsError> {
        let swept = self.accounts.sweep()?;
        if swept.registrations > 0 {
            eprintln!("deleted unconfirmed registrations={}", swept.registrations);
        }
        if swept.registrations > 0 || swept.rows {
            self.accounts.erase();
        }
        Ok(())
    }

    /// Publishes what changes have caused. What fails is repeated by a later request.
    fn deliver(&self) {
        if let Err(error) = self.accounts.deliver() {
            eprintln!("error: the outbox was not delivered: {error}");
        }
    }

    /// The keys that sign and verify tokens.
    pub(crate) fn keys(&self) -> Result<SigningKeys, AccountsError> {
        let keys = SigningKeys::load(
            self.accounts.database,
            &self.config.signing_key,
            self.config.rules.longest_lifetime(),
            self.accounts.now,
        )?;
        if keys.generated {
            eprintln!("generated a signing key kid={}", keys.signer.kid());
        }
        Ok(keys)
    }

    /// The account of the request's token.
    pub(crate) fn caller(&self) -> Result<Caller, AccountsError> {
        let (database, now) = (self.accounts.database, self.accounts.now);
        request::caller(database, self.request, &self.keys()?, self.config, now)
    }

    /// Whether the answer is to be a page.
    pub(crate) fn wants_page(&self) -> bool {
        prefers_html(header(self.request, "accept"))
    }

    /// A document, or a page with this text.
    pub(crate) fn document(
        &self,
        status: u16,
        document: &serde_json::Value,
        title: &str,
        text: &str,
    ) -> Reply {
        match self.wants_page() {
            true => page::page(status, title, text, None),
            false => reply::json(status, document),
        }
    }
}

fn refuse(route: Route, request: &Request<Vec<u8>>, error: &AccountsError) -> Reply {
    match error {
        AccountsError::Key(error) => eprintln!("error: variable token_signing_key: {error}"),
        AccountsError::Letter(error) => eprintln!("error: variable letter_key: {error}"),
        error if error.is_internal() => eprintln!("error: {route:?}: {error}"),
        error => eprintln!("refused {route:?}: {error}"),
    }
    let problem = Problem::from(error);
    let reply = match prefers_html(header(request, "accept")) {
        true => as_page(route, request, error, &problem),
        false => reply::problem(&problem),
    };
    match error {
        AccountsError::Token(error) => reply::with(reply, "www-authenticate", error.challenge()),
        AccountsError::TokenRevoked => reply::with(reply, "www-authenticate", REVOKED),
        _ if problem.status == 401 => reply::with(reply, "www-authenticate", BASIC),
        _ => reply,
    }
}

/// The problem as a page. While the link works, it has the form again.
fn as_page(
    route: Route,
    request: &Request<Vec<u8>>,
    error: &AccountsError,
    problem: &Problem,
) -> Reply {
    let token = request::fields(request)
        .and_then(|mut fields| fields.token())
        .ok()
        .filter(|_| *error != AccountsError::LinkInvalid);
    let form = token
        .as_ref()
        .and_then(|token| links::form_again(route, token));
    let reply = page::page(problem.status, &problem.title, &problem.to_string(), form);
    match problem.retry_after {
        Some(seconds) => reply::with(reply, "retry-after", &seconds.to_string()),
        None => reply,
    }
}
