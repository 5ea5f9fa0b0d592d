//! After the faults: waiting until nothing moves any more.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::email_api::Mood;
use crate::stores::{Stores, wind_the_sweep};
use crate::who::Who;
use crate::world::World;

/// Work that has not moved for so long is stuck. Longer than any pause between
/// attempts that faults like these bring about.
const STUCK: Duration = Duration::from_secs(200);
/// Litter that is still there after so long is left over.
const SWEPT: Duration = Duration::from_secs(30);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// Mends everything and waits until nothing waits and nobody works, or until
/// what there is does not move.
pub fn settle(world: &World) {
    world.email.set(Mood::Well);
    world.raise_the_fallen();
    world.wait_until_healthy();
    // Nobody is still at work on what was taken from him.
    for number in [1, 2] {
        world.restart_gently(Who::Converter(number));
        world.restart_gently(Who::Notifier(number));
    }
    world.wait_until_healthy();

    let look = || {
        let stores = Stores::of(world);
        (stores.are_quiet(), (stores.unfinished, stores.jobs))
    };
    while_it_moves(STUCK, look);
}

/// Lets the sweep have what nobody owns, and looks what is left then.
pub fn sweep(world: &World) -> Stores {
    let look = || {
        wind_the_sweep(world);
        for who in [Who::Converter(1), Who::Converter(2), Who::Gateway] {
            let path = who.health().expect("these have a health check");
            world.client(who).try_get(path);
        }
        let stores = Stores::of(world);
        let clean = stores.litter.is_empty() && stores.blobs == stores.owned(world);
        (clean, (stores.litter, stores.blobs))
    };
    while_it_moves(SWEPT, look);
    Stores::of(world)
}

/// Looks until it is well, or has been the same for so long.
fn while_it_moves<T: PartialEq>(limit: Duration, look: impl Fn() -> (bool, T)) {
    let mut last = None;
    let mut since = Instant::now();
    loop {
        let (well, seen) = look();
        if well {
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
