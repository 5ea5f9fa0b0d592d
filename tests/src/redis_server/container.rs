//! Redis in a container, for machines with only a Docker engine.

use testcontainers::core::{IntoContainerPort, WaitFor};
use testcontainers::runners::SyncRunner;
use testcontainers::{Container as Running, GenericImage};

use super::Url;

/// A container that is removed when dropped.
pub struct Container(#[expect(dead_code, reason = "held for its Drop")] Running<GenericImage>);

impl Container {
    /// Starts a container on a free port.
    pub fn start() -> (Self, Url) {
        let container = GenericImage::new("redis", "7-alpine")
            .with_exposed_port(6379.tcp())
            .with_wait_for(WaitFor::message_on_stdout("Ready to accept connections"))
            .start()
            .expect("the Docker engine runs redis:7-alpine");
        let host = container.get_host().expect("a container has a host");
        let port = container
            .get_host_port_ipv4(6379)
            .expect("the port is published");
        let url = Url {
            credentials: String::new(),
            address: format!("{host}:{port}"),
        };
        (Self(container), url)
    }
}

impl std::fmt::Debug for Container {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Container")
    }
}
