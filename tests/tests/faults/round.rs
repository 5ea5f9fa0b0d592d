//! One round: a world, clients, faults, and the verdict.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;
use std::time::Instant;

use tonearm_e2e::wait;

use crate::check;
use crate::fault::Fault;
use crate::history::History;
use crate::load::{CLIENTS, Quota, User};
use crate::media_kinds::{Kind, MIX, Sample};
use crate::plan::Row;
use crate::quiet;
use crate::rng::Rng;
use crate::table::Outcome;
use crate::world::World;

/// Runs it, and says what came of it and what was wrong.
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
    let mut wrong = verdict.complaints();
    wrong.extend(
        world
            .fallen
            .lock()
            .expect("nobody panics with it")
            .drain(..),
    );
    let outcome = Outcome {
        name: row.name,
        inflicted,
        email: world.email.count(),
        verdict,
    };
    (outcome, wrong)
}

/// Uploads that bring most points about. Not without end: the mailbox keeps the
/// newest thousand mails.
const FOR_A_POINT: u64 = 20;

/// Inflicts one fault after the other, spread over all uploads.
fn inflict(
    row: &Row,
    quota: Quota,
    world: &World,
    history: &History,
    rng: &mut Rng,
    inflicted: &mut BTreeMap<Fault, u64>,
) {
    // Also if this panics: the clients wait for it.
    let _over = Over(history);
    for number in 0..quota.faults {
        let due = history.wait(10 * wait::DEADLINE, |e| e.accepted >= quota.before(number));
        assert!(due, "no more uploads are accepted");
        loop {
            let fault = rng.pick(&row.faults);
            if fault.awaits_point() {
                history.note(|events| events.wanted = events.accepted + FOR_A_POINT);
            }
            let came = fault.inflict(world, rng);
            if came {
                *inflicted.entry(fault).or_default() += 1;
                break;
            }
            // Its moment did not come: more uploads may bring that of another.
            println!("{}: no moment for {fault}", row.name);
        }
        history.note(|events| events.faults += 1);
    }
}

/// Tells the clients that there are no more faults to wait for.
struct Over<'h>(&'h History);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.note(|events| events.faults_over = true);
    }
}
