//! Deleting registrations that nobody confirmed.

use super::Accounts;
use crate::account;
use crate::database::{Database, retrying, transaction};
use crate::delivery::Publisher;
use crate::{AccountsError, Kind};

/// How many registrations one request deletes at most.
const BATCH: u64 = 16;

impl<D: Database, P: Publisher> Accounts<'_, D, P> {
    /// Deletes registrations that waited for too long, with their jobs. Returns how many.
    ///
    /// # Errors
    /// `Database`.
    pub fn sweep(&self) -> Result<usize, AccountsError> {
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
