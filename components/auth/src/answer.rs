//! The response of each route, and the mapping from errors to responses.

use http::Request;
use serde_json::json;
use tonearm_accounts::{
    AccountsError, Credentials, Database, DatabaseError, SigningKeys, login, migrate, register,
};
use tonearm_problem::Problem;
use tonearm_spin_runtime::reply::{self, Reply};
use tonearm_tokens::{Claims, KeySet, Subject, Terms};

use crate::accept::prefers_json;
use crate::config::Config;
use crate::route::Route;

/// The `WWW-Authenticate` value of a 401 (RFC 7617, section 2).
const CHALLENGE: &str = r#"Basic realm="tonearm""#;

/// How long clients may cache the key set. A key is published before it signs,
/// and the gateway fetches the set again for an unknown key id. So this only
/// limits how long a withdrawn key remains in use.
const KEYS_CACHE: &str = "public, max-age=300";

/// Responds to a request at `now` (Unix seconds). `open` opens the database.
pub(crate) fn answer<D: Database>(
    route: Route,
    request: &Request<Vec<u8>>,
    config: &Config,
    now: u64,
    open: impl FnOnce() -> Result<D, DatabaseError>,
) -> Reply {
    let result = open().map_err(AccountsError::from).and_then(|database| {
        if migrate(&database)? {
            eprintln!("migrated the database");
        }
        match route {
            Route::Register => register_user(&database, request, now),
            Route::Login => log_in(&database, request, config, now),
            Route::Keys => publish(&database, config, now),
            Route::Health => {
                sign_with(&database, config, now)?;
                Ok(reply::json(200, &json!({ "status": "ok" })))
            }
        }
    });
    result.unwrap_or_else(|error| refuse(route, &error))
}

fn register_user(
    database: &impl Database,
    request: &Request<Vec<u8>>,
    now: u64,
) -> Result<Reply, AccountsError> {
    let user = register(database, credentials(request)?, now)?;
    eprintln!("registered user={}", user.id);
    Ok(reply::json(
        201,
        &json!({ "id": user.id, "email": user.email.as_str() }),
    ))
}

fn log_in(
    database: &impl Database,
    request: &Request<Vec<u8>>,
    config: &Config,
    now: u64,
) -> Result<Reply, AccountsError> {
    let user = login(database, credentials(request)?, now)?;
    let keys = sign_with(database, config, now)?;
    let terms = Terms {
        issuer: &config.issuer,
        audience: &config.audience,
        now,
        lifetime: config.lifetime,
    };
    let is_admin = user.is_admin || config.admins.contains(&user.id);
    let subject = Subject {
        id: &user.id,
        email: user.email.as_str(),
        is_admin,
        is_confirmed: true,
        version: 0,
        session: None,
    };
    let claims = Claims::new(&subject, &terms);
    let token = keys.signer.sign(&claims)?;
    eprintln!("logged in user={} token={}", user.id, claims.jti);
    if prefers_json(header(request, "accept")) {
        let body = json!({ "token": token, "token_type": "Bearer", "expires_in": config.lifetime });
        return Ok(reply::json(200, &body));
    }
    // No trailing newline: not every client strips it, as $(…) does.
    Ok(reply::with(
        reply::text(200, token),
        "cache-control",
        "no-store",
    ))
}

fn publish(database: &impl Database, config: &Config, now: u64) -> Result<Reply, AccountsError> {
    let keys = sign_with(database, config, now)?;
    let reply = reply::bytes(200, KeySet::MEDIA_TYPE, keys.published.to_json());
    Ok(reply::with(reply, "cache-control", KEYS_CACHE))
}

fn sign_with(
    database: &impl Database,
    config: &Config,
    now: u64,
) -> Result<SigningKeys, AccountsError> {
    let keys = SigningKeys::load(database, &config.signing_key, config.lifetime, now)?;
    if keys.generated {
        eprintln!("generated a signing key kid={}", keys.signer.kid());
    }
    Ok(keys)
}

fn credentials(request: &Request<Vec<u8>>) -> Result<Credentials, AccountsError> {
    Credentials::from_request(
        header(request, "authorization"),
        header(request, "content-type"),
        request.body(),
    )
}

fn header<'r>(request: &'r Request<Vec<u8>>, name: &str) -> Option<&'r str> {
    request.headers().get(name)?.to_str().ok()
}

fn refuse(route: Route, error: &AccountsError) -> Reply {
    match error {
        AccountsError::Key(error) => eprintln!("error: variable token_signing_key: {error}"),
        error if error.is_internal() => eprintln!("error: {route:?}: {error}"),
        error => eprintln!("refused {route:?}: {error}"),
    }
    let problem = Problem::from(error);
    let reply = reply::problem(&problem);
    if problem.status == 401 {
        reply::with(reply, "www-authenticate", CHALLENGE)
    } else {
        reply
    }
}
