//! A deployment with confirmed addresses: its database, what it has published, and its
//! letters.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use tempfile::TempDir;
use tonearm_accounts::{
    Account, Accounts, AccountsError, Caller, LinkToken, Password, PublishError, Publisher,
    Recipient, Registered, Rules, login,
};
use tonearm_letters::{Event, Letter, SealingKey};
use tonearm_tokens::{Claims, Subject, Terms};

use crate::{File, NOW, credentials, fresh};

pub(crate) const HOUR: u64 = 3600;
pub(crate) const DAY: u64 = 24 * HOUR;
pub(crate) const ADA: &str = "ada@example.com";
pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const OTHER_PASSWORD: &str = "battery staple";

/// What has been published, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Published {
    Revoked(String, u64),
    Ended(String, String),
    To(String, Recipient),
    Deleted(String),
    Letter(String),
    Nothing,
}

/// Stands for Redis. Every call first asks whether it is away.
#[derive(Default)]
pub(crate) struct Redis {
    pub(crate) is_away: Cell<bool>,
    pub(crate) published: RefCell<Vec<Published>>,
    letters: RefCell<Vec<Letter>>,
}

impl Redis {
    fn publish(&self, what: Published) -> Result<(), PublishError> {
        if self.is_away.get() {
            return Err(PublishError("away".to_owned()));
        }
        self.published.borrow_mut().push(what);
        Ok(())
    }

    pub(crate) fn take(&self) -> Vec<Published> {
        self.published.take()
    }

    pub(crate) fn take_letters(&self) -> Vec<Letter> {
        self.letters.take()
    }
}

impl Publisher for Redis {
    fn revoke_tokens(&self, account: &str, version: u64, _: u64) -> Result<(), PublishError> {
        self.publish(Published::Revoked(account.to_owned(), version))
    }

    fn end_session(&self, account: &str, session: &str, _: Duration) -> Result<(), PublishError> {
        self.publish(Published::Ended(account.to_owned(), session.to_owned()))
    }

    fn set_recipient(&self, account: &str, recipient: &Recipient) -> Result<(), PublishError> {
        self.publish(Published::To(account.to_owned(), recipient.clone()))
    }

    fn delete_account(&self, account: &str, _: Duration) -> Result<(), PublishError> {
        self.publish(Published::Deleted(account.to_owned()))
    }

    fn post_letter(&self, id: &str, sealed: &str) -> Result<(), PublishError> {
        let letter = key().open(id, sealed).unwrap();
        self.publish(Published::Letter(letter.event.name().to_owned()))?;
        self.letters.borrow_mut().push(letter);
        Ok(())
    }

    fn post_nothing(&self, _: &str, _: &str) -> Result<(), PublishError> {
        self.publish(Published::Nothing)
    }
}

fn key() -> SealingKey {
    SealingKey::parse("a secret of more than 32 characters").unwrap()
}

pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) file: File,
    pub(crate) redis: Redis,
    pub(crate) rules: Rules,
}

impl World {
    pub(crate) fn new() -> Self {
        let (folder, file) = fresh();
        Self {
            folder,
            file,
            redis: Redis::default(),
            rules: Rules {
                confirm_addresses: true,
                unconfirmed_keep: 7 * DAY,
                token_lifetime: DAY,
                session_lifetime: 14 * DAY,
                session_max: 90 * DAY,
                sealing_key: Ok(key()),
            },
        }
    }

    pub(crate) fn at(&self, now: u64) -> Accounts<'_, File, Redis> {
        Accounts {
            database: &self.file,
            publisher: &self.redis,
            rules: &self.rules,
            now,
        }
    }

    /// Registers, with the letters that this causes.
    pub(crate) fn register(&self, email: &str, password: &str, now: u64) -> Vec<Letter> {
        let done = self.at(now).register(credentials(email, password)).unwrap();
        assert!(matches!(done, Registered::Requested(_)), "{done:?}");
        self.letters(now)
    }

    /// The letters that have been written and were not returned yet.
    pub(crate) fn letters(&self, now: u64) -> Vec<Letter> {
        self.at(now).deliver().unwrap();
        self.redis.take_letters()
    }

    pub(crate) fn login(
        &self,
        email: &str,
        password: &str,
        now: u64,
    ) -> Result<Account, AccountsError> {
        login(&self.file, credentials(email, password), now)
    }

    /// A user with a confirmed address.
    pub(crate) fn user(&self, email: &str, password: &str) -> Account {
        let letters = self.register(email, password, NOW);
        let user = self.at(NOW).confirm(&token(&letters), &attempt(password));
        self.at(NOW).deliver().unwrap();
        self.redis.take();
        user.unwrap()
    }

    /// The caller of a token that this account gets at `now`.
    pub(crate) fn caller(&self, account: &Account, session: Option<&str>) -> Caller {
        self.try_caller(account, session).unwrap()
    }

    pub(crate) fn try_caller(
        &self,
        account: &Account,
        session: Option<&str>,
    ) -> Result<Caller, AccountsError> {
        Caller::of(&self.file, claims(account, session), NOW)
    }
}

pub(crate) fn claims(account: &Account, session: Option<&str>) -> Claims {
    let subject = Subject {
        id: &account.id,
        email: account.email.as_str(),
        is_admin: false,
        is_confirmed: account.is_confirmed,
        version: account.version,
        session,
    };
    let terms = Terms {
        issuer: "tonearm",
        audience: "tonearm-api",
        now: NOW,
        lifetime: DAY,
    };
    Claims::new(&subject, &terms)
}

pub(crate) fn attempt(password: &str) -> Password {
    Password::attempt(password.to_owned().into()).unwrap()
}

/// The token of the link in the only letter.
pub(crate) fn token(letters: &[Letter]) -> LinkToken {
    let [letter] = letters else {
        panic!("not one letter: {letters:?}");
    };
    match &letter.event {
        Event::ConfirmAddress { token, .. }
        | Event::ResetPassword { token, .. }
        | Event::ConfirmNewAddress { token, .. } => LinkToken::parse(token).unwrap(),
        event => panic!("no link: {event:?}"),
    }
}

/// Recipient and event of each letter.
pub(crate) fn sent(letters: &[Letter]) -> Vec<(&str, &str)> {
    let sent = letters.iter();
    sent.map(|letter| (letter.to.as_str(), letter.event.name()))
        .collect()
}
