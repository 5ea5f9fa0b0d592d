//! After the faults: waiting until nothing changes any more.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::email_api::Behaviour;
use crate::process::ProcessName;
use crate::stores::{Stores, expire_garbage};
use crate::world::World;

/// Work without a change for this long is stuck. No pause between attempts gets this
/// long under these faults.
const STUCK: Duration = Duration::from_secs(200);
/// Garbage that still exists after this long is left over.
const COLLECTED: Duration = Duration::from_secs(30);
/// Between two readings of the stores.
const PAUSE: Duration = Duration::from_millis(100);

/// Ends all faults and waits until no work is queued or running, or until nothing
/// changes.
pub fn wait_until_idle(world: &World) {
    world.email.set(Behaviour::Healthy);
    world.restart_ended();
    world.wait_until_healthy();
    // No worker continues with work whose claim it has lost.
    for number in [1, 2] {
        world.restart_gently(ProcessName::Converter(number));
        world.restart_gently(ProcessName::Notifier(number));
    }
    world.wait_until_healthy();

    let look = || {
        let stores = Stores::of(world);
        (stores.are_quiet(), (stores.unfinished, stores.jobs))
    };
    while_it_changes(STUCK, look);
}

/// Runs garbage collection and returns what is left.
pub fn collect_garbage(world: &World) -> Stores {
    let look = || {
        expire_garbage(world);
        for name in [
            ProcessName::Converter(1),
            ProcessName::Converter(2),
            ProcessName::Gateway,
        ] {
            let path = name.health().expect("these have a health check");
            world.client(name).try_get(path);
        }
        let stores = Stores::of(world);
        let clean = stores.garbage.is_empty() && stores.blobs == stores.owned(world);
        (clean, (stores.garbage, stores.blobs))
    };
    while_it_changes(COLLECTED, look);
    Stores::of(world)
}

/// Reads until the result is good, or has not changed for `limit`.
fn while_it_changes<T: PartialEq>(limit: Duration, look: impl Fn() -> (bool, T)) {
    let mut last = None;
    let mut since = Instant::now();
    loop {
        let (is_good, seen) = look();
        if is_good {
            return;
        }
        if last.as_ref() != Some(&seen) {
            last = Some(seen);
            since = Instant::now();
        }
        if since.elapsed() > limit {
            return;
        }
        sleep(PAUSE);
    }
}
