use super::*;

fn router(routes: &[(&str, &str)]) -> Result<Router, RouteError> {
    let triggers: Vec<HttpTrigger> = routes
        .iter()
        .map(|(route, component)| {
            toml::from_str(&format!("route = {route:?}\ncomponent = {component:?}")).unwrap()
        })
        .collect();
    Router::new(&triggers)
}

#[test]
fn the_longest_route_wins_and_exact_beats_wildcard() {
    let router = router(&[
        ("/...", "root"),
        ("/api/...", "api"),
        ("/api/v1/...", "v1"),
        ("/api/health", "health"),
        ("/users/:id/files/...", "files"),
        ("/users/:id", "user"),
    ])
    .unwrap();
    for (path, component, rest) in [
        ("/", "root", "/"),
        ("/x", "root", "/x"),
        ("/api", "api", ""),
        ("/api/", "api", "/"),
        ("/api/x/y", "api", "/x/y"),
        ("/api/x/", "api", "/x/"),
        ("/api/v1/z", "v1", "/z"),
        ("/api/health", "health", ""),
        ("/apis", "root", "/apis"),
        ("/users/7", "user", ""),
        ("/users/7/files/a/b", "files", "/a/b"),
    ] {
        let found = router.route(path).unwrap();
        assert_eq!(
            (found.component.as_str(), found.rest.as_str()),
            (component, rest),
            "{path}"
        );
    }
    let found = router.route("/users/7/files/a").unwrap();
    assert_eq!(found.named["id"], "7");
    assert_eq!(found.route_prefix(), "/users/:id/files");
}

#[test]
fn an_unknown_path_has_no_route() {
    assert!(router(&[("/a", "a")]).unwrap().route("/b").is_none());
    assert!(router(&[]).unwrap().route("/").is_none());
}

#[test]
fn private_routes_are_not_reachable() {
    let trigger: HttpTrigger =
        toml::from_str("route = { private = true }\ncomponent = \"a\"").unwrap();
    assert_eq!(Router::new(&[trigger]).unwrap().iter().count(), 0);
}

#[test]
fn bad_routes_are_errors() {
    assert!(matches!(
        router(&[("/a", "a"), ("/a", "b")]),
        Err(RouteError::Duplicate { .. })
    ));
    assert!(router(&[("/.well-known/spin/x", "a")]).is_err());
}
