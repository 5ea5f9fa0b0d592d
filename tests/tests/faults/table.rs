//! The tables of `docs/reliability.md`.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::check::Verdict;
use crate::email_api::Count;
use crate::fault::Fault;

/// The outcome of one row.
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

/// Markdown.
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
    line(&mut text, "**total**", &total);

    text.push_str("\n| fault | times |\n|---|--:|\n");
    let mut each: BTreeMap<Fault, u64> = BTreeMap::new();
    for (fault, times) in outcomes.iter().flat_map(|outcome| &outcome.inflicted) {
        *each.entry(*fault).or_default() += times;
    }
    // Two targets may have the same name.
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
        "\nThe email API got {} requests and accepted {} emails; {} of these repeated an \
         idempotency key. The mailbox has {}.\n\n{} of the accepted files came in resumable \
         uploads, which were resumed {} times.\n",
        sum(|o| o.email.requests),
        sum(|o| o.email.accepted),
        sum(|o| o.email.repeated),
        sum(|o| o.verdict.mails),
        sum(|o| o.verdict.resumable),
        sum(|o| o.verdict.resumed),
    );
    text
}

fn line(text: &mut String, name: &str, numbers: &[u64]) {
    let numbers: Vec<_> = numbers.iter().map(u64::to_string).collect();
    let _ = writeln!(text, "| {name} | {} |", numbers.join(" | "));
}
