//! Stands for Redis: it records commands and answers each as if it had worked.

use std::cell::{Cell, RefCell};

use crate::publish::NOTHING;
use tonearm_letters::{Event, Letter, SealingKey};
use tonearm_redis_client::{Redis, RedisError, Value};

#[derive(Default)]
pub(super) struct FakeRedis {
    pub(super) is_away: Cell<bool>,
    commands: RefCell<Vec<Vec<String>>>,
}

impl Redis for FakeRedis {
    fn run(&self, command: &str, arguments: &[&str]) -> Result<Vec<Value>, RedisError> {
        if self.is_away.get() {
            return Err(RedisError("away".to_owned()));
        }
        let words = std::iter::once(&command).chain(arguments);
        let words = words.map(|word| (*word).to_owned()).collect();
        self.commands.borrow_mut().push(words);
        Ok(vec![Value::Int(1)])
    }
}

impl FakeRedis {
    /// The commands since the last call.
    pub(super) fn take(&self) -> Vec<Vec<String>> {
        self.commands.take()
    }

    /// The letters on the queue since the last call.
    pub(super) fn take_letters(&self) -> Vec<Letter> {
        let key = SealingKey::parse("a secret of more than 32 characters").unwrap();
        let commands = self.take();
        let scripts = commands.iter().filter(|words| words[1] != NOTHING);
        let pairs = scripts.flat_map(|words| words.windows(2));
        pairs
            .filter_map(|pair| key.open(&pair[0], &pair[1]).ok())
            .collect()
    }

    /// The token of the link in the only letter since the last call.
    pub(super) fn take_token(&self) -> String {
        let letters = self.take_letters();
        match letters
            .iter()
            .map(|letter| &letter.event)
            .collect::<Vec<_>>()[..]
        {
            [
                Event::ConfirmAddress { token, .. }
                | Event::ResetPassword { token, .. }
                | Event::ConfirmNewAddress { token, .. },
            ] => token.clone(),
            _ => panic!("not one link: {letters:?}"),
        }
    }
}
