//! One round: a world, clients, faults and the verdict.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;
use std::time::Instant;

use tonearm_e2e::wait;

use crate::check;
use crate::fault::Fault;
use crate::history::{Answer, History};
use crate::load::{CLIENTS, Quota, User};
use crate::media_kinds::{Kind, MIX, Sample};
use crate::plan::Row;
use crate::point::{self, Point};
use crate::quiet;
use crate::rng::Rng;
use crate::table::Outcome;
use crate::world::{Files, World};

/// Runs a round. Returns its outcome and everything that is wrong.
pub fn run(row: &Row, quota: Quota, seed: u64, logs: &Path) -> (Outcome, Vec<String>) {
    let begun = Instant::now();
    let samples: BTreeMap<Kind, Sample> = MIX.iter().map(|k| (*k, k.sample())).collect();
    let mut rng = Rng::new(seed);
    let world = World::start(row.files, logs);
    let history = History::default();
    let users: Vec<_> = (0..CLIENTS)
        .map(|number| User::new(number, &world, &history, &samples, rng.fork()))
        .collect();
    let mut inflicted = BTreeMap::new();
    let users: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = users
            .into_iter()
            .map(|user| scope.spawn(move || user.run(quota)))
            .collect();
        inflict(row, quota, &world, &history, &mut rng, &mut inflicted);
        let ended = running.into_iter().map(|user| user.join());
        ended
            .map(|user| user.expect("no client gives up"))
            .collect()
    });
    let under_fire = begun.elapsed();
    quiet::wait_until_idle(&world);
    let verdict = check::check(&world, &history.events(), &users, &samples);
    println!(
        "{}: {} faults, {} files accepted, {:.0} s under fire, {:.0} s in all",
        row.name,
        inflicted.values().sum::<u64>(),
        verdict.accepted,
        under_fire.as_secs_f64(),
        begun.elapsed().as_secs_f64(),
    );
    let mut wrong = verdict.problems();
    wrong.extend(unseen(row, &world, &history));
    wrong.extend(world.fallen.lock().expect("no holder panics").drain(..));
    let outcome = Outcome {
        name: row.name,
        inflicted,
        email: world.email.count(),
        verdict,
    };
    (outcome, wrong)
}

/// Points that the round must have passed and that were not seen: their log line or
/// their command has changed, and faults at them would never come.
fn unseen(row: &Row, world: &World, history: &History) -> Vec<String> {
    let mut expected = point::OF_EVERY_JOB.to_vec();
    if row.files == Files::Redis {
        expected.extend(point::OF_FILES_IN_REDIS);
    }
    let events = history.events();
    let is_deleted = |id: &String| events.deletions.iter().any(|deletion| deletion.id == *id);
    let is_split = events.uploads.iter().any(|upload| match &upload.answer {
        Answer::Accepted(ids) => {
            let mut files = upload.files.iter().zip(ids);
            files.any(|((_, kind), id)| *kind == Kind::Split && !is_deleted(id))
        }
        _ => false,
    });
    if is_split {
        expected.extend(point::OF_SEGMENTS);
    }
    if events.resumable > 0 {
        expected.extend(point::OF_RESUMABLE_UPLOADS);
    }
    let seen = world.monitor.seen();
    expected.retain(|point| !seen.contains(point));
    let names = expected.into_iter().map(Point::name);
    names
        .map(|name| format!("the point {name:?} was never seen"))
        .collect()
}

/// Uploads that reach most points. Limited, since the mailbox keeps the newest
/// thousand emails.
const FOR_A_POINT: u64 = 20;

/// Inflicts the faults one after the other, spread over all uploads.
fn inflict(
    row: &Row,
    quota: Quota,
    world: &World,
    history: &History,
    rng: &mut Rng,
    inflicted: &mut BTreeMap<Fault, u64>,
) {
    // Also after a panic, since the clients wait for it.
    let _over = Over(history);
    for number in 0..quota.faults {
        let due = history.wait(10 * wait::DEADLINE, |e| e.accepted >= quota.before(number));
        assert!(due, "no more uploads are accepted");
        loop {
            let fault = rng.pick(&row.faults);
            if fault.awaits_point() {
                history.note(|events| events.wanted = events.accepted + FOR_A_POINT);
            }
            if fault.inflict(world, rng) {
                *inflicted.entry(fault).or_default() += 1;
                break;
            }
            // More uploads may reach the point of another fault.
            println!("{}: point not reached for {fault}", row.name);
        }
        history.note(|events| events.faults += 1);
    }
}

/// Marks the end of the faults, for which the clients wait.
struct Over<'h>(&'h History);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.note(|events| events.faults_over = true);
    }
}
