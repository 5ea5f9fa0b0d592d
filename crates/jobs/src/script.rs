//! Running the Lua scripts.

use std::sync::OnceLock;

use sha1::{Digest, Sha1};

use crate::{Jobs, JobsError, Redis, RedisError, Value};

/// A script and its name for error messages.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) name: &'static str,
    body: &'static str,
    source: OnceLock<Source>,
}

#[derive(Debug)]
struct Source {
    text: String,
    /// SHA-1 of the text in hexadecimal, by which Redis caches scripts.
    digest: String,
}

/// Shared by all scripts and prepended to each.
const PRELUDE: &str = concat!(
    include_str!("scripts/prelude.lua"),
    "\n",
    include_str!("scripts/prelude_again.lua"),
    "\n",
    include_str!("scripts/prelude_batch.lua"),
    "\n",
    include_str!("scripts/prelude_mail.lua"),
    "\n",
    include_str!("scripts/prelude_letters.lua"),
    "\n",
    include_str!("scripts/prelude_uploads.lua")
);

macro_rules! scripts {
    ($($name:ident = $file:literal),* $(,)?) => {$(
        pub(crate) static $name: Script = Script {
            name: $file,
            body: include_str!(concat!("scripts/", $file, ".lua")),
            source: OnceLock::new(),
        };
    )*};
}

scripts! {
    ACCEPT = "accept",
    ACTIVE = "active",
    CHANGES = "changes",
    CHECKPOINT_UPLOAD = "checkpoint_upload",
    CLAIM = "claim",
    CLAIM_LETTER = "claim_letter",
    CLAIM_MAIL = "claim_mail",
    CLAIM_SEGMENT = "claim_segment",
    CLAIM_UPLOAD = "claim_upload",
    CONCATENATE = "concatenate",
    CONVERT_AGAIN = "convert_again",
    CONVERTED = "converted",
    CREATE_UPLOAD = "create_upload",
    DEAD_LETTERS = "dead_letters",
    DEAD_LETTERS_OF_ACCOUNTS = "dead_letters_of_accounts",
    DELETE = "delete",
    DELETE_OF_DELETED_ACCOUNTS = "delete_of_deleted_accounts",
    DELETE_UPLOAD = "delete_upload",
    DISCARD_DEAD = "discard_dead",
    DISCARD_LETTER = "discard_letter",
    END_LETTER = "end_letter",
    EXPIRED_BLOBS = "expired_blobs",
    FAILED = "failed",
    FINISH_UPLOAD = "finish_upload",
    GET = "get",
    LIST = "list",
    LIST_UPLOADS = "list_uploads",
    MAILED = "mailed",
    METRICS = "metrics",
    NOTIFY_IF_DUE = "notify_if_due",
    PLACE = "place",
    POST_LETTER = "post_letter",
    RENAME = "rename",
    RENEW = "renew",
    RENEW_SEGMENT = "renew_segment",
    RENEW_UPLOAD = "renew_upload",
    REQUEUE = "requeue",
    REQUEUE_LETTER = "requeue_letter",
    RETRY_LATER = "retry_later",
    RETRY_LETTER = "retry_letter",
    RETRY_SEGMENT = "retry_segment",
    SEGMENT_DONE = "segment_done",
    SEGMENT_PARTS = "segment_parts",
    SPLIT = "split",
    STAGE = "stage",
}

impl Script {
    fn source(&self) -> &Source {
        self.source.get_or_init(|| {
            let text = format!("{PRELUDE}\n{}", self.body);
            let digest = Sha1::digest(&text);
            let digest = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            Source { text, digest }
        })
    }

    /// The error for a reply that the script never sends.
    pub(crate) fn unexpected(&self, reply: Vec<Value>) -> JobsError {
        JobsError::Reply {
            script: self.name,
            reply,
        }
    }
}

impl<R: Redis> Jobs<R> {
    /// Runs a script by its digest, and sends the source only if Redis does not have
    /// it: a worker renews its lease every second, and a source has about 9 KB.
    pub(crate) fn eval(
        &self,
        script: &Script,
        arguments: &[&str],
    ) -> Result<Vec<Value>, JobsError> {
        let source = script.source();
        match self.run_script("EVALSHA", &source.digest, arguments) {
            Err(error) if is_unknown_script(&error) => {
                Ok(self.run_script("EVAL", &source.text, arguments)?)
            }
            reply => Ok(reply?),
        }
    }

    fn run_script(
        &self,
        command: &str,
        script: &str,
        arguments: &[&str],
    ) -> Result<Vec<Value>, RedisError> {
        // No keys: the scripts build them.
        let mut all = vec![script, "0"];
        all.extend_from_slice(arguments);
        self.redis.run(command, &all)
    }

    /// Runs a script that returns one integer.
    pub(crate) fn eval_int(&self, script: &Script, arguments: &[&str]) -> Result<i64, JobsError> {
        let reply = self.eval(script, arguments)?;
        match reply.as_slice() {
            [one] => one.int(),
            _ => None,
        }
        .ok_or_else(|| script.unexpected(reply))
    }
}

/// Redis replies `NOSCRIPT`; clients spell the name of the error in their own way.
fn is_unknown_script(error: &RedisError) -> bool {
    let text = error.0.to_ascii_lowercase();
    text.contains("noscript") || text.contains("no matching script")
}

#[cfg(test)]
mod tests {
    use tonearm_account_state::DELETED_ACCOUNTS;

    use super::PRELUDE;
    use crate::{Queue, keys};

    #[test]
    fn prelude_and_crate_use_the_same_names() {
        for name in [keys::GARBAGE, DELETED_ACCOUNTS] {
            assert!(PRELUDE.contains(&format!("'{name}'")), "{name}");
        }
        for queue in Queue::ALL {
            let row = format!("{} = queue_of('{}')", queue.kind(), queue.name());
            assert!(PRELUDE.contains(&row), "{row}");
        }
    }
}
