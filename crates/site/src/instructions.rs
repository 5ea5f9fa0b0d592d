//! The text of `GET /` for programs.

const TEXT: &str = include_str!("instructions.txt");

/// How to use the API with curl, with the commands for `host`. A host that is absent or
/// not a plain name or address is written as `HOST`.
pub fn instructions(host: Option<&str>) -> String {
    match host.filter(|host| is_host(host)) {
        Some(host) => TEXT.replace("HOST", host),
        None => TEXT.to_owned(),
    }
}

/// Whether `host` is a host name or address with an optional port.
fn is_host(host: &str) -> bool {
    host.bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_name_the_host() {
        let upload = |host| {
            let text = instructions(host);
            let line = text.lines().find(|line| line.contains("/upload"));
            line.unwrap_or_default().trim().to_owned()
        };
        for (host, shown) in [
            (Some("mp3.example.org"), "mp3.example.org"),
            (Some("[::1]:3000"), "[::1]:3000"),
            (Some("a$(b)"), "HOST"),
            (Some("<script>"), "HOST"),
            (None, "HOST"),
        ] {
            let end = format!("http://{shown}/upload");
            assert!(upload(host).ends_with(&end), "{host:?}: {}", upload(host));
        }
    }
}
