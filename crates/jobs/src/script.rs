//! Running the Lua scripts.

use crate::{Jobs, JobsError, Redis, Value};

/// A script and its name for error texts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Script {
    pub(crate) name: &'static str,
    source: &'static str,
}

/// What every script may use; prepended to each.
const PRELUDE: &str = include_str!("scripts/prelude.lua");

macro_rules! scripts {
    ($($constant:ident = $file:literal),* $(,)?) => {$(
        pub(crate) const $constant: Script = Script {
            name: $file,
            source: include_str!(concat!("scripts/", $file, ".lua")),
        };
    )*};
}

scripts! {
    ACCEPT = "accept",
    CLAIM = "claim",
    CLAIM_SEGMENT = "claim_segment",
    CONVERTED = "converted",
    DEAD_LETTERS = "dead_letters",
    DELETE = "delete",
    DISCARD_DEAD = "discard_dead",
    FAILED = "failed",
    LIST = "list",
    MAILED = "mailed",
    METRICS = "metrics",
    RENEW = "renew",
    RENEW_SEGMENT = "renew_segment",
    REQUEUE = "requeue",
    REQUEUE_MAIL = "requeue_mail",
    RETRY_LATER = "retry_later",
    RETRY_SEGMENT = "retry_segment",
    NOTIFY_IF_DUE = "notify_if_due",
    SEGMENT_DONE = "segment_done",
    SEGMENT_PARTS = "segment_parts",
    SPLIT = "split",
    STAGE = "stage",
    EXPIRED_BLOBS = "expired_blobs",
}

impl<R: Redis> Jobs<R> {
    /// Runs `script`. Sent whole each time: a script is a few thousand bytes,
    /// and a worker opens a connection per invocation, so a cached one would
    /// cost a round trip to save two packets.
    pub(crate) fn eval(
        &self,
        script: Script,
        keys: &[&str],
        arguments: &[&str],
    ) -> Result<Vec<Value>, JobsError> {
        let source = format!("{PRELUDE}\n{}", script.source);
        let count = keys.len().to_string();
        let mut all = Vec::with_capacity(2 + keys.len() + arguments.len());
        all.extend([source.as_str(), count.as_str()]);
        all.extend_from_slice(keys);
        all.extend_from_slice(arguments);
        Ok(self.redis.run("EVAL", &all)?)
    }

    /// Runs a script that answers one integer.
    pub(crate) fn eval_int(
        &self,
        script: Script,
        keys: &[&str],
        arguments: &[&str],
    ) -> Result<i64, JobsError> {
        let answer = self.eval(script, keys, arguments)?;
        match answer.as_slice() {
            [one] => one.int(),
            _ => None,
        }
        .ok_or(JobsError::Answer {
            script: script.name,
            answer,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::PRELUDE;
    use crate::keys;

    #[test]
    fn the_prelude_spells_keys_as_this_crate_does() {
        assert!(PRELUDE.contains(&format!("'{}'", keys::METRICS)));
        assert!(PRELUDE.contains(&format!("'{}'", keys::SWEEP)));
        assert!(PRELUDE.contains(&format!("'{}'", keys::SEGMENTS)));
        assert!(PRELUDE.contains(&format!("'{}'", keys::SEGMENT_LEASES)));
        for key in [keys::attempts(""), keys::segments("")] {
            let suffix = &key[keys::JOB_PREFIX.len()..];
            assert!(PRELUDE.contains(&format!("job .. '{suffix}'")));
        }
    }
}
