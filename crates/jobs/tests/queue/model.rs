//! The queue and a model of it: after any steps in any order both agree, and at the end
//! nothing is left over. Letters are not among the steps: what is not on the queue of
//! conversions is an email about a job.

mod check;
mod mail;
mod segments;
mod users;
mod worker;
mod world;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tonearm_jobs::Queue;

use crate::redis::RedisServer;
use tonearm_test_tools::require_tool;
use world::World;

/// The steps. Numbers choose among the claims and jobs that exist by then.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    Accept { owner: usize, files: usize },
    Claim { queue: Queue, lease: bool },
    ConvertNext,
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
    ConvertAgain { job: usize },
    Mails { owner: usize, wanted: bool },
    DeleteAccount { owner: usize },
    LeasesExpire,
    FilesExpire,
    CollectGarbage,
    RestartRedis,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    use Step::*;
    let queue = prop_oneof![Just(Queue::Convert), Just(Queue::Notify)].boxed();
    // Small numbers choose the same few claims and jobs repeatedly.
    let few = 0..8usize;
    let step = prop_oneof![
        4 => (0..2usize, 1..4usize).prop_map(|(owner, files)| Accept { owner, files }),
        8 => (queue.clone(), any::<bool>()).prop_map(|(queue, lease)| Claim { queue, lease }),
        6 => Just(ConvertNext),
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
        2 => few.clone().prop_map(|job| Delete { job }),
        3 => (queue.clone(), few.clone()).prop_map(|(queue, job)| Requeue { queue, job }),
        3 => few.clone().prop_map(|job| ConvertAgain { job }),
        1 => (queue, few).prop_map(|(queue, job)| Discard { queue, job }),
        1 => (0..2usize, any::<bool>()).prop_map(|(owner, wanted)| Mails { owner, wanted }),
        1 => (0..40usize).prop_map(|owner| DeleteAccount { owner }),
        2 => Just(LeasesExpire),
        1 => Just(FilesExpire),
        1 => Just(CollectGarbage),
        1 => Just(RestartRedis),
    ];
    prop::collection::vec(step, 1..100)
}

#[test]
fn the_queue_agrees_with_its_model_after_any_steps() {
    let mut server = RedisServer::durable(require_tool!("redis-server"));
    let config = Config {
        cases: 48,
        ..Config::with_source_file(file!())
    };
    // The runner requires a closure without side effects, and the server is shared.
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
