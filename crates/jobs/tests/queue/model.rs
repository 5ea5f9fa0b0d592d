//! The queue against a model of it: whatever happens in whichever order, both
//! agree after every step, and nothing is left over in the end.

mod check;
mod people;
mod segments;
mod worker;
mod world;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tonearm_jobs::Queue;

use crate::redis::RedisServer;
use tonearm_test_tools::require_tool;
use world::World;

/// What may happen. Numbers pick among what there is by then.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    Accept { owner: usize },
    Claim { queue: Queue, lease: bool },
    Renew { claim: usize },
    RetryLater { claim: usize },
    Convert { claim: usize, expires: bool },
    Fail { claim: usize, keep_video: bool },
    Mail { claim: usize, sent: bool },
    Split { claim: usize },
    ClaimSegment { lease: bool },
    RenewSegment { claim: usize },
    RetrySegment { claim: usize },
    PartDone { claim: usize },
    FailSegment { claim: usize, keep_video: bool },
    Join { claim: usize, expires: bool },
    Delete { job: usize },
    Requeue { queue: Queue, job: usize },
    Discard { queue: Queue, job: usize },
    LeasesRunOut,
    FilesExpire,
    Sweep,
    RestartRedis,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    use Step::*;
    let queue = prop_oneof![Just(Queue::Convert), Just(Queue::Notify)].boxed();
    // Small numbers meet the same few claims and jobs again and again.
    let few = 0..8usize;
    let step = prop_oneof![
        4 => (0..2usize).prop_map(|owner| Accept { owner }),
        8 => (queue.clone(), any::<bool>()).prop_map(|(queue, lease)| Claim { queue, lease }),
        2 => few.clone().prop_map(|claim| Renew { claim }),
        2 => few.clone().prop_map(|claim| RetryLater { claim }),
        4 => (few.clone(), any::<bool>()).prop_map(|(claim, expires)| Convert { claim, expires }),
        3 => (few.clone(), any::<bool>()).prop_map(|(claim, keep_video)| Fail { claim, keep_video }),
        4 => (few.clone(), any::<bool>()).prop_map(|(claim, sent)| Mail { claim, sent }),
        4 => few.clone().prop_map(|claim| Split { claim }),
        6 => any::<bool>().prop_map(|lease| ClaimSegment { lease }),
        1 => few.clone().prop_map(|claim| RenewSegment { claim }),
        1 => few.clone().prop_map(|claim| RetrySegment { claim }),
        6 => few.clone().prop_map(|claim| PartDone { claim }),
        1 => (few.clone(), any::<bool>()).prop_map(|(claim, keep_video)| FailSegment { claim, keep_video }),
        3 => (few.clone(), any::<bool>()).prop_map(|(claim, expires)| Join { claim, expires }),
        1 => few.clone().prop_map(|job| Delete { job }),
        3 => (queue.clone(), few.clone()).prop_map(|(queue, job)| Requeue { queue, job }),
        1 => (queue, few).prop_map(|(queue, job)| Discard { queue, job }),
        2 => Just(LeasesRunOut),
        1 => Just(FilesExpire),
        1 => Just(Sweep),
        1 => Just(RestartRedis),
    ];
    prop::collection::vec(step, 1..100)
}

#[test]
fn whatever_happens_the_queue_does_as_its_model() {
    let mut server = RedisServer::durable(require_tool!("redis-server"));
    let config = Config {
        cases: 48,
        ..Config::with_source_file(file!())
    };
    // The server is shared, the runner wants a closure that changes nothing.
    let server = std::cell::RefCell::new(&mut server);
    let result = TestRunner::new(config).run(&steps(), |steps| {
        let server = &mut **server.borrow_mut();
        let mut world = World::new(server);
        for step in steps {
            world.take(server, step);
            check::agrees(&world);
        }
        world.drain();
        check::agrees(&world);
        check::all_ended(&world);
        world.leave_nothing();
        check::nothing_left(&world);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
