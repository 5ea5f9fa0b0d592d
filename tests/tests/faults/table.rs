//! What `docs/reliability.md` shows.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::check::Verdict;
use crate::email_api::Count;
use crate::fault::Fault;

/// What came of one row.
pub struct Outcome {
    pub name: &'static str,
    pub inflicted: BTreeMap<Fault, u64>,
    pub verdict: Verdict,
    pub email: Count,
}

impl Outcome {
    /// SIGKILLs.
    pub fn kills(&self) -> u64 {
        let kills = self.inflicted.iter().filter(|(fault, _)| fault.is_kill());
        kills.map(|(_, times)| times).sum()
    }

    fn numbers(&self) -> [u64; 13] {
        let v = &self.verdict;
        [
            self.inflicted.values().sum(),
            self.kills(),
            v.accepted,
            v.done,
            v.failed,
            v.deleted,
            v.refused,
            v.unanswered,
            v.kept,
            v.lost.len() as u64,
            v.duplicated.len() as u64,
            v.stuck.len() as u64,
            v.left_over.len() as u64,
        ]
    }
}

/// As Markdown.
pub fn markdown(outcomes: &[Outcome]) -> String {
    let mut text = String::from(
        "| faults | times | of them kills | accepted | done | failed | deleted | refused \
         | unanswered | of them kept | lost | duplicated | stuck | left over |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    let mut total = [0; 13];
    for outcome in outcomes {
        let numbers = outcome.numbers();
        line(&mut text, outcome.name, &numbers);
        for (sum, number) in total.iter_mut().zip(numbers) {
            *sum += number;
        }
    }
    line(&mut text, "**together**", &total);

    text.push_str("\n| fault | times |\n|---|--:|\n");
    let mut each: BTreeMap<Fault, u64> = BTreeMap::new();
    for (fault, times) in outcomes.iter().flat_map(|outcome| &outcome.inflicted) {
        *each.entry(*fault).or_default() += times;
    }
    // Two roles may have one name at different points of the plan.
    let mut names: BTreeMap<String, u64> = BTreeMap::new();
    for (fault, times) in each {
        *names.entry(fault.to_string()).or_default() += times;
    }
    for (name, times) in names {
        line(&mut text, &name, &[times]);
    }

    let sum = |of: fn(&Outcome) -> u64| outcomes.iter().map(of).sum::<u64>();
    let _ = write!(
        text,
        "\nThe email API was asked {} times and took {} mails; {} of these it had already, \
         which the idempotency key told it. The mailbox holds {}.\n",
        sum(|o| o.email.asked),
        sum(|o| o.email.taken),
        sum(|o| o.email.repeated),
        sum(|o| o.verdict.mails),
    );
    text
}

fn line(text: &mut String, name: &str, numbers: &[u64]) {
    let numbers: Vec<_> = numbers.iter().map(u64::to_string).collect();
    let _ = writeln!(text, "| {name} | {} |", numbers.join(" | "));
}
