//! The life of an account in requests.

use serde_json::{Value, json};
use tonearm_spin_runtime::reply::Reply;

use super::{App, FORM, JSON, NOW, header, wire};

const ADA: &str = "ada@example.com";
const PASSWORD: &str = "correct horse";

pub(super) fn body(reply: &Reply) -> Value {
    serde_json::from_slice(reply.body()).unwrap_or(Value::Null)
}

impl App {
    pub(super) fn confirming() -> Self {
        let mut app = Self::new();
        app.config.rules.confirm_addresses = true;
        app
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, &[JSON], &body.to_string())
    }

    /// A request with a token.
    pub(super) fn with(&self, token: &str, method: &str, path: &str, body: &Value) -> Reply {
        let bearer = format!("Bearer {token}");
        let headers = [
            JSON,
            ("authorization", bearer.as_str()),
            ("user-agent", "Firefox"),
            ("accept", "application/json"),
        ];
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        self.send(method, path, &headers, &body)
    }

    pub(super) fn token(&self, email: &str, password: &str) -> String {
        let reply = self.login(email, password, "*/*");
        assert_eq!(reply.status(), 200, "{}", wire(&reply));
        String::from_utf8(reply.into_body()).unwrap()
    }

    /// Registers and confirms ada, and returns her token.
    pub(super) fn user(&self) -> String {
        assert_eq!(self.register(ADA, PASSWORD).status(), 202);
        let link = self.redis.take_token();
        let confirmed = self.post(
            "/auth/account/confirm",
            &json!({ "token": link, "password": PASSWORD }),
        );
        assert_eq!(confirmed.status(), 200, "{}", wire(&confirmed));
        self.redis.take();
        self.token(ADA, PASSWORD)
    }
}

#[test]
fn successful_requests_of_a_life() {
    let app = App::confirming();
    let mut replies = vec![app.register(ADA, PASSWORD)];
    let link = app.redis.take_token();
    let token = app.token(ADA, PASSWORD);
    let none = Value::Null;
    replies.extend([
        app.with(&token, "GET", "/auth/account", &none),
        app.with(&token, "POST", "/auth/account/confirm/send", &none),
        app.post(
            "/auth/account/confirm",
            &json!({ "token": link, "password": PASSWORD }),
        ),
        app.with(&token, "POST", "/auth/account/confirm/send", &none),
        app.with(&token, "PATCH", "/auth/account", &json!({ "mails": false })),
        app.post("/auth/account/forgot", &json!({ "email": ADA })),
    ]);
    let link = app.redis.take_token();
    replies.push(app.post(
        "/auth/account/reset",
        &json!({ "token": link, "password": "new horse 1" }),
    ));
    let token = app.token(ADA, "new horse 1");
    let new = json!({ "password": "new horse 1", "new_password": "new horse 2" });
    let changed = app.with(&token, "POST", "/auth/account/password", &new);
    let token = body(&changed)["token"].as_str().unwrap().to_owned();
    replies.push(changed);
    app.redis.take();
    let moved = json!({ "password": "new horse 2", "email": "ada@new.example" });
    replies.push(app.with(&token, "POST", "/auth/account/email", &moved));
    let link = app.redis.take_token();
    replies.push(app.post("/auth/account/email/confirm", &json!({ "token": link })));
    let token = app.token("ada@new.example", "new horse 2");
    replies.push(app.with(&token, "POST", "/auth/account/sign-out", &none));
    let token = app.token("ada@new.example", "new horse 2");
    replies.push(app.with(
        &token,
        "DELETE",
        "/auth/account",
        &json!({ "password": "new horse 2" }),
    ));
    insta::assert_snapshot!(replies.iter().map(wire).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_session_begins_is_renewed_listed_and_ended() {
    let app = App::confirming();
    app.user();
    let credentials = json!({ "email": ADA, "password": PASSWORD });
    let begun = app.with("x", "POST", "/auth/session", &credentials);
    assert_eq!(begun.status(), 401, "a Bearer token is no password");
    let begun = app.post("/auth/session", &credentials);
    assert_eq!(begun.status(), 201);
    let begun = body(&begun);
    assert_eq!(begun["email"], ADA);
    assert_eq!(begun["expires_in"], 14 * 86_400);
    assert_eq!(begun["expires_at"], "2026-01-15T00:00:00Z");
    let token = begun["token"].as_str().unwrap();
    let claims = app.claims(token);
    assert_eq!(
        (claims.exp, claims.confirmed),
        (NOW + 14 * 86_400, Some(true))
    );
    assert_eq!(begun["account"], claims.sub.as_str());

    let renewed = app.with(token, "POST", "/auth/session/renew", &Value::Null);
    assert_eq!(renewed.status(), 200);
    let renewed = app.claims(body(&renewed)["token"].as_str().unwrap());
    assert_eq!(renewed.session, claims.session);

    let listed = body(&app.with(token, "GET", "/auth/account/sessions", &Value::Null));
    let listed = listed["sessions"].as_array().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["current"], true);
    assert_eq!(listed[0]["id"], claims.session.as_deref().unwrap());

    // Changing the password keeps this session alone.
    let other = body(&app.post("/auth/session", &credentials));
    let new = json!({ "password": PASSWORD, "new_password": "new horse 1" });
    let changed = body(&app.with(token, "POST", "/auth/account/password", &new));
    let token = changed["token"].as_str().unwrap();
    assert_eq!(app.claims(token).session, claims.session);
    let other = other["token"].as_str().unwrap();
    for path in ["/auth/session/renew", "/auth/account/sign-out"] {
        let refused = app.with(other, "POST", path, &Value::Null);
        assert_eq!(refused.status(), 401, "{path}");
        assert_eq!(body(&refused)["code"], "token_revoked");
        assert!(header(&refused, "www-authenticate").contains("revoked"));
    }

    let ended = app.with(token, "DELETE", "/auth/session", &Value::Null);
    assert_eq!(ended.status(), 204);
    let after = app.with(token, "GET", "/auth/account", &Value::Null);
    assert_eq!(after.status(), 401);
    let again = app.with(token, "DELETE", "/auth/session", &Value::Null);
    assert_eq!(again.status(), 401);
}

#[test]
fn one_session_is_ended_by_its_id() {
    let app = App::confirming();
    let token = app.user();
    let credentials = json!({ "email": ADA, "password": PASSWORD });
    let session = body(&app.post("/auth/session", &credentials));
    let listed = body(&app.with(&token, "GET", "/auth/account/sessions", &Value::Null));
    assert_eq!(listed["sessions"][0]["current"], false);
    let id = listed["sessions"][0]["id"].as_str().unwrap();
    let path = format!("/auth/account/sessions/{id}");
    assert_eq!(
        app.with(&token, "DELETE", &path, &Value::Null).status(),
        204
    );
    let again = app.with(&token, "DELETE", &path, &Value::Null);
    assert_eq!(
        (again.status().as_u16(), body(&again)["code"].as_str()),
        (404, Some("session_not_found"))
    );
    let of_session = app.with(
        session["token"].as_str().unwrap(),
        "GET",
        "/auth/account",
        &Value::Null,
    );
    assert_eq!(of_session.status(), 401);
}

#[test]
fn routes_of_an_account_require_its_token() {
    let app = App::confirming();
    let token = app.user();
    let routes = [
        ("GET", "/auth/account"),
        ("PATCH", "/auth/account"),
        ("DELETE", "/auth/account"),
        ("POST", "/auth/account/confirm/send"),
        ("POST", "/auth/account/password"),
        ("POST", "/auth/account/email"),
        ("POST", "/auth/account/sign-out"),
        ("GET", "/auth/account/sessions"),
        ("DELETE", "/auth/account/sessions/x"),
        ("DELETE", "/auth/session"),
        ("POST", "/auth/session/renew"),
    ];
    let mut forged = token.clone();
    forged.replace_range(forged.len() - 4.., "AAAA");
    for (method, path) in routes {
        let fields = json!({ "password": PASSWORD, "new_password": "new horse 1" });
        assert_eq!(
            app.with(&forged, method, path, &fields).status(),
            401,
            "{method} {path}"
        );
        let none = app.send(method, path, &[JSON], &fields.to_string());
        assert_eq!(none.status(), 401, "{method} {path}");
        assert_eq!(body(&none)["code"], "token_missing");
        let basic = app.send(method, path, &[("authorization", "Basic YTpi")], "");
        assert_eq!(basic.status(), 401, "{method} {path}");
    }
    assert_eq!(
        app.with(&token, "GET", "/auth/account", &Value::Null)
            .status(),
        200
    );
}

#[test]
fn forms_are_accepted_wherever_json_is() {
    let app = App::confirming();
    let form = |path: &str, body: &str| app.send("POST", path, &[FORM], body);
    let registered = form(
        "/auth/register",
        "email=ada%40example.com&password=correct+horse",
    );
    assert_eq!(registered.status(), 202);
    let link = app.redis.take_token();
    let confirm = format!("token={link}&password=correct+horse");
    assert_eq!(form("/auth/account/confirm", &confirm).status(), 200);
    assert_eq!(
        form("/auth/account/forgot", "email=ada%40example.com").status(),
        202
    );
    let link = app.redis.take_token();
    let reset = format!("token={link}&password=new+horse+1");
    assert_eq!(form("/auth/account/reset", &reset).status(), 200);
    let bearer = format!("Bearer {}", app.token(ADA, "new horse 1"));
    let off = app.send(
        "PATCH",
        "/auth/account",
        &[FORM, ("authorization", &bearer)],
        "mails=false",
    );
    assert_eq!(body(&off)["mails"], false);
    let wrong = app.send(
        "PATCH",
        "/auth/account",
        &[FORM, ("authorization", &bearer)],
        "mails=no",
    );
    assert_eq!(wrong.status(), 400);
    let missing = app.send(
        "PATCH",
        "/auth/account",
        &[FORM, ("authorization", &bearer)],
        "{}",
    );
    assert_eq!(
        (missing.status().as_u16(), body(&missing)["field"].as_str()),
        (422, Some("mails"))
    );
}

#[test]
fn answers_about_free_and_taken_addresses_are_identical() {
    let app = App::confirming();
    app.user();
    app.register("eve@example.com", PASSWORD);
    let emails = [ADA, "eve@example.com", "bob@example.com"];
    let answers = emails.map(|email| {
        let registered = app.register(email, "another horse");
        let login = app.login(email, "another horse", "*/*");
        let forgot = app.post("/auth/account/forgot", &json!({ "email": email }));
        let answers = [registered, login, forgot].map(|reply| wire(&reply));
        answers.concat().replace(email, "ADDRESS")
    });
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
}

#[test]
fn a_change_is_refused_and_a_letter_kept_while_redis_is_away() {
    let app = App::confirming();
    let token = app.user();
    app.redis.is_away.set(true);
    let new = json!({ "password": PASSWORD, "new_password": "new horse 1" });
    let changed = app.with(&token, "POST", "/auth/account/password", &new);
    assert_eq!(
        (changed.status().as_u16(), body(&changed)["code"].as_str()),
        (503, Some("accounts_unavailable"))
    );
    assert_eq!(app.register("eve@example.com", PASSWORD).status(), 202);
    assert_eq!(app.login(ADA, PASSWORD, "*/*").status(), 200);
    assert_eq!(app.send("GET", "/auth/healthz", &[], "").status(), 200);

    app.redis.is_away.set(false);
    app.send("GET", "/auth/healthz", &[], "");
    let letters = app.redis.take_letters();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to, "eve@example.com");
}

#[test]
fn a_weak_letter_key_is_a_503_that_names_no_variable() {
    let mut app = App::confirming();
    app.config.rules.sealing_key = tonearm_letters::SealingKey::parse("weak");
    for reply in [
        app.send("GET", "/auth/healthz", &[], ""),
        app.register(ADA, PASSWORD),
        app.post("/auth/account/forgot", &json!({ "email": ADA })),
    ] {
        assert_eq!(reply.status(), 503);
        assert!(
            !String::from_utf8_lossy(reply.body()).contains("key"),
            "{reply:?}"
        );
    }
    app.config.rules.confirm_addresses = false;
    assert_eq!(app.send("GET", "/auth/healthz", &[], "").status(), 200);
    assert_eq!(app.register(ADA, PASSWORD).status(), 201);
    assert_eq!(
        app.post("/auth/account/forgot", &json!({ "email": ADA }))
            .status(),
        503
    );
}

#[test]
fn a_registration_is_no_administrator() {
    let mut app = App::confirming();
    app.register(ADA, PASSWORD);
    let id = app.claims(&app.token(ADA, PASSWORD)).sub;
    app.config.admins = vec![id];
    assert!(!app.claims(&app.token(ADA, PASSWORD)).admin);
    let link = app.redis.take_token();
    app.post(
        "/auth/account/confirm",
        &json!({ "token": link, "password": PASSWORD }),
    );
    assert!(app.claims(&app.token(ADA, PASSWORD)).admin);
}

#[test]
fn a_gateway_that_asks_for_the_keys_has_auth_delete_what_has_served_its_time() {
    let mut app = App::confirming();
    app.register(ADA, PASSWORD);
    assert_eq!(app.login(ADA, PASSWORD, "*/*").status(), 200);
    app.config.rules.unconfirmed_keep = 0;
    let keys = app.send("GET", "/auth/.well-known/jwks.json", &[], "");
    assert_eq!(keys.status(), 200);
    assert_eq!(app.login(ADA, PASSWORD, "*/*").status(), 401);
}

#[test]
fn a_token_of_a_login_ends_no_session() {
    let app = App::confirming();
    let token = app.user();
    let ended = app.with(&token, "DELETE", "/auth/session", &json!({}));
    assert_eq!(ended.status(), 404);
    assert_eq!(body(&ended)["code"], "session_not_found");
    let detail = body(&ended)["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("/account/sign-out"), "{detail}");
}
