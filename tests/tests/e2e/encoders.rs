//! Another encoder is one changed line of `spin.toml`.

use tonearm_e2e::app::Setup;
use tonearm_e2e::audio_assert::assert_same;
use tonearm_e2e::jobs::id;
use tonearm_e2e::media;
use tonearm_e2e::mp3::Decoded;

#[test]
fn the_plugin_in_rust_replaces_lame_by_one_line() {
    let app = Setup::new().encoder("mp3_rust").start();
    let health = app.client().get("/converter/healthz");
    assert!(health.text().contains("rusty_mp3"), "{}", health.text());

    let ada = app.user("ada");
    let clip = media::mp4();
    let job = id(&ada.upload_file(&clip.path)).to_owned();
    let ended = ada.ended_job(&job);
    assert_eq!(ended["state"], "done", "{ended:#}");
    let mp3 = ada.download(&job).body;
    assert_same(&Decoded::of(&mp3), &clip);
}
