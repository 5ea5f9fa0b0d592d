//! The promises of the account state, on a real Redis.

use std::time::Duration;

use tonearm_account_state::{AccountState, DELETED_ACCOUNTS, Recipient, TokenFacts};
use tonearm_redis_client::{Redis, Value};
use tonearm_test_tools::require_redis;

const DAY: Duration = Duration::from_secs(86_400);

fn token(version: Option<u64>, issued_at: u64) -> TokenFacts<'static> {
    TokenFacts {
        account: "a",
        version,
        issued_at,
        session: None,
    }
}

#[test]
fn tokens_of_former_versions_are_revoked_and_never_come_back() {
    let server = require_redis!();
    let state = AccountState::new(server.connect());
    let revoked = |token: TokenFacts<'_>| state.is_revoked(&token).unwrap();
    assert!(!revoked(token(Some(0), 50)) && !revoked(token(None, 50)));

    state.revoke_tokens("a", 2, 100).unwrap();
    assert!(revoked(token(Some(1), 100)) && !revoked(token(Some(2), 100)));
    assert!(revoked(token(None, 100)) && !revoked(token(None, 101)));

    state.revoke_tokens("a", 1, 50).unwrap();
    assert!(revoked(token(Some(1), 100)), "a late change lowers nothing");
    let other = TokenFacts {
        account: "b",
        ..token(Some(0), 0)
    };
    assert!(!revoked(other));
}

#[test]
fn an_ended_session_ends_alone() {
    let server = require_redis!();
    let state = AccountState::new(server.connect());
    let with = |session| TokenFacts {
        session: Some(session),
        ..token(Some(0), 0)
    };
    state.end_session("a", "s1", DAY).unwrap();
    assert!(state.is_revoked(&with("s1")).unwrap());
    assert!(!state.is_revoked(&with("s2")).unwrap());
    assert!(!state.is_revoked(&token(Some(0), 0)).unwrap());
    let ttl = server
        .connect()
        .run("TTL", &["tonearm:account:a:ended:s1"])
        .unwrap();
    assert!(
        matches!(ttl.as_slice(), [Value::Int(1..=86_400)]),
        "{ttl:?}"
    );
}

#[test]
fn a_deleted_account_keeps_no_address_and_no_token() {
    let server = require_redis!();
    let redis = server.connect();
    let state = AccountState::new(&redis);
    let recipient = Recipient {
        email: "ada@example.org".to_owned(),
        is_confirmed: true,
        wants_mails: false,
    };
    state.set_recipient("a", &recipient).unwrap();
    assert_eq!(state.recipient("a").unwrap(), Some(recipient));

    state.delete("a", DAY).unwrap();
    assert_eq!(state.recipient("a").unwrap(), None);
    assert!(state.is_revoked(&token(Some(u64::MAX), u64::MAX)).unwrap());
    let waiting = redis.run("SMEMBERS", &[DELETED_ACCOUNTS]).unwrap();
    assert_eq!(waiting, [Value::Bytes(b"a".to_vec())]);
}
