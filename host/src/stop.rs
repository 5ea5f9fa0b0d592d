//! The shutdown signal for the host's tasks and threads.

use tokio::sync::watch;

/// Whether the host is shutting down, for a task.
#[derive(Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// A signal that is not set, and the sender that sets it.
    pub(crate) fn channel() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    /// Whether the host is shutting down.
    pub(crate) fn is_set(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once the host is shutting down.
    pub(crate) async fn wait(&mut self) {
        // An error means that the sender is gone: the host has ended.
        _ = self.0.wait_for(|stop| *stop).await;
    }
}
