//! Deleting what has served its time: registrations that nobody confirmed, and rows that no
//! longer count. Most of these are also removed on the way of other requests.

use super::Accounts;
use crate::database::{Database, retrying, transaction};
use crate::delivery::{Publisher, letters, links};
use crate::{AccountsError, Kind, account, sessions, throttle};

/// How many registrations one request deletes at most.
const BATCH: u64 = 16;

/// What a sweep has deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// How many registrations.
    pub registrations: usize,
    /// Whether there were rows that no longer count.
    pub rows: bool,
}

impl<D: Database, P: Publisher> Accounts<'_, D, P> {
    /// Deletes what has served its time.
    ///
    /// # Errors
    /// `Database`.
    pub fn sweep(&self) -> Result<Swept, AccountsError> {
        Ok(Swept {
            registrations: self.delete_unconfirmed()?,
            rows: self.remove_old_rows()?,
        })
    }

    /// Removes wrong passwords after an hour, letters sent after a day, and links and sessions
    /// that have expired. The first two are all that a deleted account may leave: hashes of
    /// its address. Returns whether there were any.
    fn remove_old_rows(&self) -> Result<bool, AccountsError> {
        let now = self.now;
        let are_there = retrying(self.database, |database| {
            Ok(throttle::has_old(database, now)?
                || letters::has_old(database, now)?
                || links::has_expired(database, now)?
                || sessions::has_expired(database, now)?)
        })?;
        // A check of health must not take the write lock each time.
        if are_there {
            transaction(self.database, |database| {
                throttle::remove_old(database, now)?;
                letters::remove_old(database, now)?;
                links::remove_expired(database, now)?;
                sessions::remove_expired(database, now)
            })?;
        }
        Ok(are_there)
    }

    /// Deletes registrations that waited for too long, with their jobs. Returns how many.
    fn delete_unconfirmed(&self) -> Result<usize, AccountsError> {
        let before = self.now.saturating_sub(self.rules.unconfirmed_keep);
        let rows = retrying(self.database, |database| {
            Ok(database.execute(
                "SELECT id FROM registrations WHERE created_at <= ? ORDER BY created_at LIMIT ?",
                &[before.into(), BATCH.into()],
            )?)
        })?;
        if rows.is_empty() {
            return Ok(0);
        }
        transaction(self.database, |database| {
            for row in &rows {
                let stored = account::by_id(database, row.text(0)?)?;
                // It may be a user by now.
                let late = stored.filter(|stored| stored.account.kind == Kind::Registration);
                if let Some(late) = late {
                    super::delete::remove(database, &late.account, self.now)?;
                }
            }
            Ok(rows.len())
        })
    }
}
