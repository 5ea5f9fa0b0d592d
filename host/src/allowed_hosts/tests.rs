use super::*;

#[test]
fn only_listed_hosts_are_allowed() {
    // entry, address, allowed
    let table = [
        ("https://example.com", "https://example.com/path?q", true),
        ("https://example.com", "https://example.com:443", true),
        ("https://example.com", "https://example.com:8443", false),
        ("https://example.com", "http://example.com", false),
        ("https://example.com", "https://example.com.evil.org", false),
        ("https://example.com/", "https://EXAMPLE.com", true),
        ("http://example.com:80..90", "http://example.com:89", true),
        ("http://example.com:80..90", "http://example.com:90", false),
        ("*://example.com:*", "redis://example.com:1234", true),
        ("*://*:*", "anything://anywhere:1", true),
        ("https://*.example.com", "https://a.b.example.com", true),
        ("https://*.example.com", "https://example.com", false),
        ("https://*.example.com", "https://notexample.com", false),
        ("http://10.0.0.0/8:*", "http://10.1.2.3:99", true),
        ("http://10.0.0.0/8:*", "http://11.1.2.3:99", false),
        ("http://10.0.0.0/8:*", "http://ten.example.com:99", false),
        ("http://[::1]:8080", "http://[::1]:8080/", true),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000", true),
        ("http://127.0.0.1:3000", "http://2130706433:3000", true),
        ("redis://127.0.0.1", "redis://127.0.0.1:6379/1", true),
        (
            "redis://127.0.0.1:6380",
            "redis://:p@ss#w@127.0.0.1:6380",
            false,
        ),
        (
            "redis://127.0.0.1:6380",
            "redis://user:p%40ss@127.0.0.1:6380/0",
            true,
        ),
        ("redis://127.0.0.1:6380", "rediss://127.0.0.1:6380", false),
        ("http://good.com", "http://good.com@evil.com", false),
        ("http://good.com", "http://evil.com/@good.com", false),
        ("http://good.com", "http://evil.com?@good.com", false),
        ("http://good.com", "http://evil.com\\@good.com", false),
        ("redis://good.com", "redis://good.com\\@evil.com", false),
        ("redis://good.com", "redis://good\n.com", false),
        ("http://self", "http://self", false),
    ];
    for (entry, address, expected) in table {
        let hosts = AllowedHosts::parse(&[entry]).unwrap();
        assert_eq!(
            hosts.allows(address, "https"),
            expected,
            "{entry} {address}"
        );
    }
    assert!(!AllowedHosts::default().allows("http://example.com", "http"));
}

#[test]
fn a_bare_address_gets_the_callers_scheme() {
    let hosts = AllowedHosts::parse(&["redis://localhost:6379"]).unwrap();
    assert!(hosts.allows("localhost:6379", "redis"));
    assert!(!hosts.allows("localhost:6379", "https"));
}

#[test]
fn invalid_entries_are_errors() {
    for entry in [
        "example.com",
        "*",
        "ftp://example.com",
        "http://exa*mple.com",
        "http://a.com/path",
        "http://a.com:http",
        "h2://a.com:1",
        "http://*.*.com",
        "http://{a,b}.com",
        "://a.com:1",
        "http://a.com:80/path",
        "http://a.com:99999",
    ] {
        assert!(AllowedHosts::parse(&[entry]).is_err(), "{entry}");
    }
}

#[test]
fn an_entry_that_expands_to_nothing_is_skipped() {
    assert_eq!(
        AllowedHosts::parse(&["", "http://", "https://"])
            .unwrap()
            .0
            .len(),
        0
    );
}

#[test]
fn calls_within_the_app_are_recognized() {
    let hosts =
        AllowedHosts::parse(&["http://auth.spin.internal", "http://*.spin.internal"]).unwrap();
    assert_eq!(
        hosts.chained_components().collect::<Vec<_>>(),
        ["auth", "*"]
    );
    assert!(hosts.allows("http://auth.spin.internal/login", "https"));
    assert_eq!(chained_component("auth.spin.internal:80"), Some("auth"));
    assert_eq!(chained_component("a.b.spin.internal"), None);
    assert_eq!(chained_component("auth.spin.internal.evil.org"), None);
    assert!(!hosts.allows_self());
    assert!(AllowedHosts::parse(&["http://self"]).unwrap().allows_self());
}
