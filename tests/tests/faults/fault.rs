//! Faults and how long they last.

use std::time::Duration;

use crate::email_api::Behaviour;
use crate::monitor::{Strike, Target};
use crate::point::Point;
use crate::process::ProcessName;
use crate::rng::Rng;
use crate::world::World;

/// One kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// SIGKILL at any moment.
    Kill(Role),
    /// SIGKILL the moment a point is seen.
    KillAt(Point, Target),
    /// SIGSTOP at any moment, SIGCONT after a while.
    Pause(Role),
    /// SIGSTOP the moment a point is seen, SIGCONT after the lease.
    PauseAt(Point, Target),
    /// The email API misbehaves.
    Email(Behaviour),
}

/// A kind of process, of which there may be two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Redis,
    Gateway,
    Converter,
    Notifier,
    Mailbox,
}

/// After this long without the point, another fault is picked.
const POINT: Duration = Duration::from_secs(20);

impl Role {
    fn one(self, rng: &mut Rng) -> ProcessName {
        let number = 1 + u8::from(rng.percent(50));
        match self {
            Self::Redis => ProcessName::Redis,
            Self::Gateway => ProcessName::Gateway,
            Self::Converter => ProcessName::Converter(number),
            Self::Notifier => ProcessName::Notifier(number),
            Self::Mailbox => ProcessName::Mailbox,
        }
    }

    fn name(self) -> &'static str {
        self.one(&mut Rng::new(0)).component()
    }
}

impl Fault {
    /// Whether it kills a process.
    pub fn is_kill(self) -> bool {
        matches!(self, Self::Kill(_) | Self::KillAt(..))
    }

    /// Whether it waits for a point.
    pub fn awaits_point(self) -> bool {
        matches!(self, Self::KillAt(..) | Self::PauseAt(..))
    }

    /// Inflicts the fault and ends it after a while. False if its point was not seen.
    pub fn inflict(self, world: &World, rng: &mut Rng) -> bool {
        match self {
            Self::Kill(role) => {
                // A random moment between the steps of the uploads.
                pause(rng, 0, 400);
                let name = role.one(rng);
                let killed = world.kill(name);
                pause_sometimes(rng);
                world.restart(name);
                killed
            }
            Self::KillAt(point, target) => {
                let Some(name) = world.monitor.trap(point, target, Strike::Kill, POINT) else {
                    return false;
                };
                pause_sometimes(rng);
                world.restart(name);
                true
            }
            Self::Pause(role) => {
                let name = role.one(rng);
                let paused = world.pause(name);
                match role {
                    Role::Converter | Role::Notifier => pause(rng, 500, 6000),
                    _ => pause(rng, 200, 3000),
                }
                world.resume(name);
                paused
            }
            Self::PauseAt(point, target) => {
                let Some(name) = world.monitor.trap(point, target, Strike::Pause, POINT) else {
                    return false;
                };
                pause(rng, 3500, 6000);
                world.resume(name);
                true
            }
            Self::Email(behaviour) => {
                world.email.set(behaviour);
                pause(rng, 1000, 4000);
                world.email.set(Behaviour::Healthy);
                true
            }
        }
    }
}

/// Lets a fault last; nothing else waits for it.
fn pause(rng: &mut Rng, from: u64, to: u64) {
    std::thread::sleep(Duration::from_millis(rng.between(from, to)));
}

/// A supervisor restarts at once, or after a while.
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
            Self::KillAt(point, target) => write!(f, "SIGKILL {target} at *{}*", point.name()),
            Self::PauseAt(point, target) => write!(f, "SIGSTOP {target} at *{}*", point.name()),
            Self::Email(behaviour) => f.write_str(match behaviour {
                Behaviour::Healthy => "email API healthy",
                Behaviour::Slow => "email API slower than the lease",
                Behaviour::Down => "email API answers 503",
                Behaviour::Busy => "email API answers 429",
                Behaviour::DropsRequest => "email API hangs up at once",
                Behaviour::DropsResponse => "email API takes the mail and hangs up",
            }),
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Only(name) => name.component(),
            Self::ItsConverter => "converter",
            Self::ItsNotifier => "notifier",
        })
    }
}
