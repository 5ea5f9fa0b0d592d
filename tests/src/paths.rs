//! Where things are built.

use std::path::{Path, PathBuf};

/// The root of the checkout.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ lies in the workspace")
        .into()
}

/// The one manifest.
pub fn manifest() -> PathBuf {
    workspace().join("spin.toml")
}

/// What [`runtime_config`] calls its copies.
pub const RUNTIME_CONFIG: &str = "runtime-config.toml";

/// A copy in `folder` of one of the project's runtime configurations, with
/// `redis` (`[credentials]host:port`) in place of the Redis on this machine.
pub fn runtime_config(name: &str, redis: &str, folder: &Path) -> PathBuf {
    let file = workspace().join("runtime-config").join(name);
    let text = std::fs::read_to_string(file).expect("the project's runtime config");
    let copy = folder.join(RUNTIME_CONFIG);
    std::fs::write(&copy, text.replace("127.0.0.1:6379", redis)).expect("a file can be written");
    copy
}

/// A built component or plugin. The manifest names these very files, so the
/// folder does not follow `CARGO_TARGET_DIR`.
pub fn wasm(name: &str) -> PathBuf {
    let file = workspace().join(format!("target/wasm32-wasip2/release/{name}.wasm"));
    assert!(
        file.exists(),
        "{} is missing: build the components first (make build)",
        file.display()
    );
    file
}

/// The folder that holds this test's own profile, such as `target/debug`: what
/// was built together is used together, wherever cargo puts it.
pub fn profile() -> PathBuf {
    let exe = std::env::current_exe().expect("a test knows its own binary");
    exe.ancestors()
        .nth(2)
        .expect("a test lies in PROFILE/deps")
        .into()
}

/// Where made media stay between runs.
pub fn media_cache() -> PathBuf {
    let folder = profile()
        .parent()
        .expect("the profile lies in the target folder")
        .join("e2e-media");
    std::fs::create_dir_all(&folder).expect("the media cache can be created");
    folder
}
