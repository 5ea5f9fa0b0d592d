//! Sending what is due.

use std::rc::Rc;

use tonearm_spin_runtime::redis;
use tonearm_worker::{QueueClient, SystemClock, worker_name};

use crate::api::Http;
use crate::settings;

/// Sends every letter and every email that is due. With invalid settings none is claimed,
/// so their attempts are not used up before the operator has corrected them.
pub fn drain() -> anyhow::Result<()> {
    let settings = settings::load()?;
    let client = QueueClient::open(redis::reconnect, Rc::new(SystemClock::default()))?;
    tonearm_notify::drain(&client, &Http, &settings, worker_name("notifier"))?;
    Ok(())
}
