//! What strangers can and cannot learn.

use std::cell::RefCell;

use tonearm_accounts::{
    Accounts, AccountsError, Database, DatabaseError, Row, Value, hashes_computed, login,
};

use crate::world::{ADA, DAY, OTHER_PASSWORD, PASSWORD, Published, World, attempt, sent};
use crate::{File, NOW, credentials};

/// Records the statements.
struct Recorded<'a>(&'a File, RefCell<Vec<String>>);

impl Database for Recorded<'_> {
    fn execute(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        self.1.borrow_mut().push(sql.to_owned());
        self.0.execute(sql, parameters)
    }
}

/// All that an observer could measure of a request.
#[derive(Debug, PartialEq, Eq)]
struct Observed {
    answer: String,
    statements: Vec<String>,
    hashes: u64,
    commands_to_redis: usize,
}

type Request = fn(&Accounts<'_, Recorded<'_>, crate::world::Redis>, &str) -> String;

fn observe(world: &World, now: u64, email: &str, request: Request) -> Observed {
    let database = Recorded(&world.file, RefCell::default());
    world.redis.take();
    let before = hashes_computed();
    let accounts = Accounts {
        database: &database,
        publisher: &world.redis,
        rules: &world.rules,
        now,
    };
    let answer = request(&accounts, email).replace(email, "ADDRESS");
    accounts.deliver().unwrap();
    Observed {
        answer,
        statements: database.1.take(),
        hashes: hashes_computed() - before,
        commands_to_redis: world.redis.take().len(),
    }
}

/// An address that nobody has registered, one that waits, and one that has a user.
fn world() -> (World, [&'static str; 3]) {
    let world = World::new();
    world.user("taken@example.com", PASSWORD);
    world.register("waits@example.com", PASSWORD, NOW);
    (
        world,
        ["free@example.com", "waits@example.com", "taken@example.com"],
    )
}

#[test]
fn nobody_learns_who_has_an_account() {
    let requests: [(&str, Request); 4] = [
        ("register", |accounts, email| {
            format!(
                "{:?}",
                accounts.register(credentials(email, OTHER_PASSWORD))
            )
        }),
        ("log in with a wrong password", |accounts, email| {
            let wrong = credentials(email, "wrong horse");
            format!("{:?}", login(accounts.database, wrong, accounts.now))
        }),
        ("forget the password", |accounts, email| {
            format!("{:?}", accounts.forgot(email))
        }),
        ("register in another form", |accounts, email| {
            format!(
                "{:?}",
                accounts.register(credentials(email, "pa\u{308}sswo\u{308}rter"))
            )
        }),
    ];
    for (name, request) in requests {
        let (world, emails) = world();
        // Two hours later, so that what the set-up counted as failures is forgotten; and a
        // second time, when limits apply.
        for now in [NOW + 7200, NOW + 7201, NOW + 2 * DAY] {
            let [free, waits, taken] = emails.map(|email| observe(&world, now, email, request));
            assert_eq!(free, waits, "{name} at {now}");
            assert_eq!(free, taken, "{name} at {now}");
        }
    }
}

#[test]
fn one_hash_is_computed_whatever_exists() {
    let (world, emails) = world();
    for email in emails {
        let register = observe(&world, NOW + 7200, email, |accounts, email| {
            format!(
                "{:?}",
                accounts.register(credentials(email, OTHER_PASSWORD))
            )
        });
        let login = observe(&world, NOW + 7200, email, |accounts, email| {
            let right = credentials(email, OTHER_PASSWORD);
            format!(
                "{:?}",
                login(accounts.database, right, accounts.now).is_ok()
            )
        });
        assert_eq!((register.hashes, login.hashes), (1, 1), "{email}");
        assert_eq!(
            login.answer, "true",
            "a login works after each registration"
        );
    }
}

#[test]
fn an_account_at_a_taken_address_behaves_like_any_other() {
    let (world, [free, _, taken]) = world();
    let seen = [free, taken].map(|email| {
        world.register(email, OTHER_PASSWORD, NOW + 7200);
        let account = world.login(email, OTHER_PASSWORD, NOW + 7200).unwrap();
        let caller = world.caller(&account, None);
        let at = world.at(NOW + 7200);
        world.redis.take();
        let changed = at.set_mails(&account, false).unwrap();
        let done = (
            (
                changed.kind,
                changed.is_confirmed,
                changed.wants_mails,
                changed.version,
            ),
            at.send_confirmation(&account),
            at.change_password(
                &caller,
                &attempt(OTHER_PASSWORD),
                "new password 1".to_owned().into(),
            )
            .map(|_| ()),
            at.change_address(&caller, &attempt(OTHER_PASSWORD), "other@example.com")
                .map(|_| ()),
            at.sign_out_everywhere(&account),
            at.deliver().unwrap(),
        );
        (done, world.redis.take().len())
    });
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn the_owner_learns_once_a_day_that_the_address_was_registered() {
    let world = World::new();
    world.user(ADA, PASSWORD);
    let letters = world.register("ADA@example.com", OTHER_PASSWORD, NOW + 60);
    assert_eq!(sent(&letters), [(ADA, "address_taken")]);
    assert_eq!(world.register(ADA, OTHER_PASSWORD, NOW + 7200), []);
    assert_eq!(world.register(ADA, OTHER_PASSWORD, NOW + 60 + DAY).len(), 1);
}

#[test]
fn registering_does_not_evade_the_throttling_of_guesses() {
    let world = World::new();
    world.user(ADA, PASSWORD);
    let now = NOW + 7200;
    let guess = |number| {
        let password = format!("guess number {number}");
        world
            .at(now)
            .register(credentials(ADA, &password))
            .map(|_| ())?;
        // Each reaches the account that was registered just before, which is no success.
        world.login(ADA, &password, now).map(|_| ())
    };
    for number in 0..4 {
        assert_eq!(guess(number), Ok(()));
    }
    assert_eq!(guess(4), Err(AccountsError::Throttled(1)));
    // Nor does an account of one's own at the address.
    let own = login(&world.file, credentials(ADA, "guess number 0"), now + 1).unwrap();
    let caller = world.caller(&own, None);
    let new = "guess number 5".to_owned().into();
    let changed = world
        .at(now + 10)
        .change_password(&caller, &attempt("guess number 0"), new);
    assert_eq!(changed.map(|_| ()), Err(AccountsError::AddressUnconfirmed));
}

#[test]
fn a_decoy_publishes_nothing() {
    let world = World::new();
    world.at(NOW).forgot("nobody@example.com").unwrap();
    world.at(NOW).deliver().unwrap();
    assert_eq!(world.redis.take(), [Published::Nothing]);
    assert_eq!(world.file.count("outbox"), 0);
    // Its link does not work, and goes with the next one.
    world.at(NOW + 1).forgot("nobody@example.com").unwrap();
    assert_eq!(world.file.count("links"), 1);
}
