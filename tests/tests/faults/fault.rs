//! What goes wrong, and for how long.

use std::time::Duration;

use crate::email_api::Mood;
use crate::point::Point;
use crate::rng::Rng;
use crate::sight::{Blow, Victim};
use crate::who::Who;
use crate::world::World;

/// One kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// SIGKILL at any moment.
    Kill(Role),
    /// SIGKILL the moment that a point is seen.
    KillAt(Point, Victim),
    /// SIGSTOP at any moment, SIGCONT after a while.
    Pause(Role),
    /// SIGSTOP the moment that a point is seen, SIGCONT after the lease.
    PauseAt(Point, Victim),
    /// The email API has a bad time.
    Email(Mood),
}

/// Who is hit where there may be two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Redis,
    Gateway,
    Converter,
    Notifier,
    Mailbox,
}

/// A point that is not seen within this is not coming: another fault is picked.
const POINT: Duration = Duration::from_secs(20);

impl Role {
    fn one(self, rng: &mut Rng) -> Who {
        let number = 1 + u8::from(rng.percent(50));
        match self {
            Self::Redis => Who::Redis,
            Self::Gateway => Who::Gateway,
            Self::Converter => Who::Converter(number),
            Self::Notifier => Who::Notifier(number),
            Self::Mailbox => Who::Mailbox,
        }
    }

    fn name(self) -> &'static str {
        self.one(&mut Rng::new(0)).component()
    }
}

impl Fault {
    /// Whether a process dies of it.
    pub fn is_kill(self) -> bool {
        matches!(self, Self::Kill(_) | Self::KillAt(..))
    }

    /// Whether it comes only when something is seen.
    pub fn awaits_point(self) -> bool {
        matches!(self, Self::KillAt(..) | Self::PauseAt(..))
    }

    /// Inflicts it, and mends it after a while. False if its moment did not come.
    pub fn inflict(self, world: &World, rng: &mut Rng) -> bool {
        match self {
            Self::Kill(role) => {
                // Some moment between what the uploads bring about.
                pause(rng, 0, 400);
                let who = role.one(rng);
                let killed = world.kill(who);
                pause_sometimes(rng);
                world.restart(who);
                killed
            }
            Self::KillAt(point, victim) => {
                let Some(who) = world.sight.trap(point, victim, Blow::Kill, POINT) else {
                    return false;
                };
                pause_sometimes(rng);
                world.restart(who);
                true
            }
            Self::Pause(role) => {
                let who = role.one(rng);
                let paused = world.pause(who);
                match role {
                    Role::Converter | Role::Notifier => pause(rng, 500, 6000),
                    _ => pause(rng, 200, 3000),
                }
                world.resume(who);
                paused
            }
            Self::PauseAt(point, victim) => {
                let Some(who) = world.sight.trap(point, victim, Blow::Pause, POINT) else {
                    return false;
                };
                pause(rng, 3500, 6000);
                world.resume(who);
                true
            }
            Self::Email(mood) => {
                world.email.set(mood);
                pause(rng, 1000, 4000);
                world.email.set(Mood::Well);
                true
            }
        }
    }
}

/// How long a fault lasts: part of the fault, waited for by nobody.
fn pause(rng: &mut Rng, from: u64, to: u64) {
    std::thread::sleep(Duration::from_millis(rng.between(from, to)));
}

/// A supervisor is quick, or not.
fn pause_sometimes(rng: &mut Rng) {
    if rng.percent(50) {
        pause(rng, 100, 1500);
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Kill(role) => write!(f, "SIGKILL {}", role.name()),
            Self::Pause(role) => write!(f, "SIGSTOP {}", role.name()),
            Self::KillAt(point, victim) => write!(f, "SIGKILL {victim} at *{}*", point.name()),
            Self::PauseAt(point, victim) => write!(f, "SIGSTOP {victim} at *{}*", point.name()),
            Self::Email(mood) => f.write_str(match mood {
                Mood::Well => "email API well",
                Mood::Slow => "email API slower than the lease",
                Mood::Down => "email API answers 503",
                Mood::Busy => "email API answers 429",
                Mood::DeafBefore => "email API hangs up at once",
                Mood::DumbAfter => "email API takes the mail and hangs up",
            }),
        }
    }
}

impl std::fmt::Display for Victim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Only(who) => who.component(),
            Self::ItsConverter => "converter",
            Self::ItsNotifier => "notifier",
        })
    }
}
