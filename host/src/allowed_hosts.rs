//! `allowed_outbound_hosts`: its grammar, and whether an address is allowed.
//!
//! An entry is `scheme://host[:port]`. The scheme is a name or `*`. The host is a name, an
//! address, a network in CIDR notation, `*`, `*.suffix` or `self`. The port is a number, a
//! half-open range `a..b` or `*`, and is optional if the scheme has a default port.
//! Without entries, nothing is allowed.

use ip_network::IpNetwork;
use url::{Host, Url};

/// The domain under which components of one app call each other.
const CHAINING_SUFFIX: &str = ".spin.internal";

/// An invalid entry of `allowed_outbound_hosts`.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{entry:?} is not an allowed outbound host: {reason}; write <scheme>://<host>[:<port>]")]
pub struct AllowedHostError {
    entry: String,
    reason: &'static str,
}

/// The parsed `allowed_outbound_hosts` of one component.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct AllowedHosts(Vec<AllowedHost>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct AllowedHost {
    scheme: Option<String>,
    host: HostRule,
    port: PortRule,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum HostRule {
    Any,
    Subdomains(String),
    Own,
    Exactly(Host),
    Network(IpNetwork),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PortRule {
    Any,
    Range(std::ops::Range<u32>),
}

impl AllowedHosts {
    /// Parses entries with expanded templates. An entry that expanded to nothing is
    /// skipped, so that an endpoint can be optional.
    pub fn parse<S: AsRef<str>>(entries: &[S]) -> Result<Self, AllowedHostError> {
        entries
            .iter()
            .map(AsRef::as_ref)
            .filter(|entry| !matches!(*entry, "" | "http://" | "https://"))
            .map(|entry| {
                AllowedHost::parse(entry.trim()).map_err(|reason| AllowedHostError {
                    entry: entry.to_owned(),
                    reason,
                })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether the absolute `url` may be called. `scheme` is the default scheme.
    pub fn allows(&self, url: &str, scheme: &str) -> bool {
        let Some(target) = parse_target(url, scheme) else {
            return false;
        };
        self.0.iter().any(|allowed| allowed.allows(&target))
    }

    /// Whether the component may call its own app.
    pub fn allows_self(&self) -> bool {
        self.0.iter().any(|allowed| {
            matches!(allowed.scheme.as_deref(), None | Some("http" | "https"))
                && matches!(allowed.host, HostRule::Any | HostRule::Own)
        })
    }

    /// The components that may be called by name; `*` stands for all.
    pub fn chained_components(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|allowed| match &allowed.host {
            HostRule::Exactly(Host::Domain(domain)) => domain.strip_suffix(CHAINING_SUFFIX),
            HostRule::Subdomains(suffix) if suffix == CHAINING_SUFFIX => Some("*"),
            _ => None,
        })
    }
}

/// The component that `host` names, if it is in the domain for calls within the app.
pub fn chained_component(host: &str) -> Option<&str> {
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    host.strip_suffix(CHAINING_SUFFIX)
        .filter(|component| !component.contains('.'))
}

impl AllowedHost {
    fn parse(entry: &str) -> Result<Self, &'static str> {
        let (scheme, rest) = entry
            .split_once("://")
            .ok_or("it has no scheme such as https://")?;
        if scheme != "*" && (scheme.is_empty() || !scheme.chars().all(char::is_alphabetic)) {
            return Err("the scheme must be letters only, or *");
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        // In an IPv6 network, the last colon does not precede a port.
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if HostRule::parse(rest).is_err() => (host, port),
            _ => (rest, ""),
        };
        let port = if port.is_empty() {
            PortRule::single(
                default_port(scheme).ok_or("the scheme has no default port: give one")?,
            )
        } else {
            PortRule::parse(port)?
        };
        let scheme = (scheme != "*").then(|| scheme.to_owned());
        Ok(Self {
            scheme,
            host: HostRule::parse(host)?,
            port,
        })
    }

    fn allows(&self, target: &Target) -> bool {
        self.scheme
            .as_ref()
            .is_none_or(|scheme| *scheme == target.scheme)
            && self.host.allows(&target.host)
            && match &self.port {
                PortRule::Any => true,
                PortRule::Range(range) => target
                    .port
                    .is_some_and(|port| range.contains(&u32::from(port))),
            }
    }
}

impl HostRule {
    fn parse(host: &str) -> Result<Self, &'static str> {
        let host = host.trim();
        if host == "*" {
            return Ok(Self::Any);
        }
        if host == "self" || host == "self.alt" {
            return Ok(Self::Own);
        }
        if host.starts_with('{') {
            return Err("lists of hosts are not supported");
        }
        if let Ok(network) = IpNetwork::from_str_truncate(host) {
            return Ok(Self::Network(network));
        }
        if host.contains('/') {
            return Err("it must not have a path");
        }
        if let Some(suffix) = host.strip_prefix("*.") {
            return match Host::parse(suffix) {
                Ok(Host::Domain(domain)) if !suffix.contains('*') => {
                    Ok(Self::Subdomains(format!(".{domain}")))
                }
                _ => Err("what follows *. must be a domain name"),
            };
        }
        if host.contains('*') {
            return Err("* may stand only for the whole host or as *. before it");
        }
        Host::parse(host)
            .map(Self::Exactly)
            .map_err(|_| "the host is not a valid name or address")
    }

    fn allows(&self, host: &Host) -> bool {
        match (self, host) {
            (Self::Any, _) => true,
            (Self::Subdomains(suffix), Host::Domain(domain)) => domain.ends_with(suffix),
            (Self::Exactly(exact), host) => exact == host,
            (Self::Network(network), Host::Ipv4(address)) => network.contains(*address),
            (Self::Network(network), Host::Ipv6(address)) => network.contains(*address),
            _ => false,
        }
    }
}

impl PortRule {
    fn single(port: u16) -> Self {
        Self::Range(u32::from(port)..u32::from(port) + 1)
    }

    fn parse(port: &str) -> Result<Self, &'static str> {
        let number = |text: &str| text.parse::<u16>().map_err(|_| "the port is not a number");
        if port == "*" {
            Ok(Self::Any)
        } else if let Some((start, end)) = port.split_once("..") {
            Ok(Self::Range(
                u32::from(number(start)?)..u32::from(number(end)?),
            ))
        } else {
            number(port).map(Self::single)
        }
    }
}

struct Target {
    scheme: String,
    host: Host,
    port: Option<u16>,
}

/// Reads scheme, host and port from an address that may carry credentials.
fn parse_target(address: &str, scheme: &str) -> Option<Target> {
    // Clients disagree on these characters: some end the host name there, some keep or
    // drop them.
    if address.contains(|c: char| c == '\\' || c.is_control()) {
        return None;
    }
    let (scheme, rest) = address.split_once("://").unwrap_or((scheme, address));
    // Credentials may contain characters that are invalid in URLs: strip them. Clients
    // split at the last @ before the path.
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority = authority
        .rsplit_once('@')
        .map_or(authority, |(_, authority)| authority);
    // The URL parser normalizes hosts only for the web's schemes, such as http.
    let url = Url::parse(&format!("http://{authority}{path}")).ok()?;
    let explicit = authority
        .rsplit_once(':')
        .and_then(|(_, port)| port.parse().ok());
    let scheme = scheme.to_ascii_lowercase();
    let port = url.port().or(explicit).or_else(|| default_port(&scheme));
    let host = match url.host()? {
        Host::Domain(domain) => Host::Domain(domain.to_owned()),
        Host::Ipv4(address) => Host::Ipv4(address),
        Host::Ipv6(address) => Host::Ipv6(address),
    };
    Some(Target { scheme, host, port })
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        "redis" => Some(6379),
        "postgres" => Some(5432),
        "mysql" => Some(3306),
        "mqtt" => Some(1883),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
