//! The runtime of the API: Spin.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use http::{Request, Response};
use tonearm_account_state::{AccountState, TokenFacts};
use tonearm_api::{Error, Platform};
use tonearm_jobs::Jobs;
use tonearm_spin_runtime::files::Files;
use tonearm_spin_runtime::redis::{self, Connected, OpenError};
use tonearm_spin_runtime::{ConfigError, fetch, variables};

/// Spin's interfaces, for one request.
pub struct SpinPlatform {
    files: OnceCell<Files>,
    /// Opening a connection costs more than most commands, so a request opens one.
    redis: RefCell<Option<Rc<Connected>>>,
    started: Instant,
}

impl Default for SpinPlatform {
    fn default() -> Self {
        Self {
            files: OnceCell::new(),
            redis: RefCell::new(None),
            started: Instant::now(),
        }
    }
}

impl SpinPlatform {
    fn redis(&self) -> Result<Rc<Connected>, Error> {
        let open = self.redis.borrow().clone();
        match open {
            Some(connection) => Ok(connection),
            None => self.connect(),
        }
    }

    fn connect(&self) -> Result<Rc<Connected>, Error> {
        let connection = redis::connect().map_err(|error| match error {
            OpenError::Config(error) => config(error),
            OpenError::Redis(error) => Error::QueueUnavailable(error),
        })?;
        let connection = Rc::new(connection);
        *self.redis.borrow_mut() = Some(Rc::clone(&connection));
        Ok(connection)
    }
}

impl Platform for SpinPlatform {
    type Queue = Jobs<Rc<Connected>>;
    type Files = Files;

    fn queue(&self) -> Result<Self::Queue, Error> {
        self.redis().map(Jobs::new)
    }

    fn reconnect(&self) -> Result<Self::Queue, Error> {
        self.connect().map(Jobs::new)
    }

    fn is_revoked(&self, token: &TokenFacts<'_>) -> Result<bool, Error> {
        Ok(AccountState::new(self.redis()?).is_revoked(token)?)
    }

    fn files(&self) -> Result<&Files, Error> {
        if let Some(files) = self.files.get() {
            return Ok(files);
        }
        let files = Files::open()?;
        Ok(self.files.get_or_init(|| files))
    }

    fn fetch(
        &self,
        request: &Request<Vec<u8>>,
        timeout: Duration,
    ) -> Result<Response<Vec<u8>>, Error> {
        fetch::fetch(request, timeout).map_err(|error| Error::AuthUnavailable(error.to_string()))
    }

    fn variable(&self, name: &str) -> Result<String, Error> {
        variables::text(name).map_err(config)
    }

    fn unix_time(&self) -> Duration {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
    }

    fn monotonic_time(&self) -> Duration {
        self.started.elapsed()
    }

    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

fn config(error: ConfigError) -> Error {
    Error::Config {
        name: error.name,
        reason: error.reason,
    }
}
