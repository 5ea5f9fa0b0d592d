//! The queue's promises, on a real Redis.

mod accepting;
mod claiming;
mod deleting;
mod ending;
mod redis;
mod ringing;
mod sweeping;
mod views;
