//! Paths in the checkout and of build output.

use std::path::{Path, PathBuf};

/// The root of the checkout.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ lies in the workspace")
        .into()
}

/// The app's manifest.
pub fn manifest() -> PathBuf {
    workspace().join("spin.toml")
}

/// A copy of the manifest in `folder` in which `file` is the source of a component.
pub fn manifest_with(component: &str, file: &Path, folder: &Path) -> PathBuf {
    let text = std::fs::read_to_string(manifest()).expect("the manifest can be read");
    let built = "target/wasm32-wasip2/release";
    let source = format!("{built}/{component}.wasm");
    assert!(text.contains(&source), "{text}");
    let text = text
        .replace(built, &workspace().join(built).to_string_lossy())
        .replace(
            &workspace().join(source).to_string_lossy().into_owned(),
            &file.to_string_lossy(),
        );
    let copy = folder.join(format!("with-another-{component}.toml"));
    std::fs::write(&copy, text).expect("the folder can be written to");
    copy
}

/// The file name of [`runtime_config`]'s copies.
pub const RUNTIME_CONFIG: &str = "runtime-config.toml";

/// Copies one of the project's runtime configurations to `folder`, with the default Redis
/// address replaced by `redis` (`[credentials]host:port`).
pub fn runtime_config(name: &str, redis: &str, folder: &Path) -> PathBuf {
    let file = workspace().join("runtime-config").join(name);
    let text = std::fs::read_to_string(file).expect("the project's runtime config");
    let copy = folder.join(RUNTIME_CONFIG);
    std::fs::write(&copy, text.replace("127.0.0.1:6379", redis)).expect("a file can be written");
    copy
}

/// A built component or plugin. The manifest names these files, so the folder does not
/// depend on `CARGO_TARGET_DIR`.
pub fn wasm(name: &str) -> PathBuf {
    let file = workspace().join(format!("target/wasm32-wasip2/release/{name}.wasm"));
    assert!(
        file.exists(),
        "{} is missing: build the components first (make build)",
        file.display()
    );
    file
}

/// The folder of this test's profile, such as `target/debug`, so that a test uses the host
/// that was built with it.
pub fn profile() -> PathBuf {
    let exe = std::env::current_exe().expect("the path of the test's own binary");
    exe.ancestors()
        .nth(2)
        .expect("a test lies in PROFILE/deps")
        .into()
}

/// The cache of generated media files.
pub fn media_cache() -> PathBuf {
    let folder = profile()
        .parent()
        .expect("the profile lies in the target folder")
        .join("e2e-media");
    std::fs::create_dir_all(&folder).expect("the media cache can be created");
    folder
}
