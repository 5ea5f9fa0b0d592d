//! The keys in Redis.

/// Deleted accounts whose jobs are still to be deleted: a set of ids.
pub const DELETED_ACCOUNTS: &str = "tonearm:deleted_accounts";

pub(crate) fn account(id: &str) -> String {
    format!("tonearm:account:{id}")
}

pub(crate) fn ended_session(id: &str, session: &str) -> String {
    format!("tonearm:account:{id}:ended:{session}")
}
