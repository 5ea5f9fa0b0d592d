//! The three curl commands of the original projects, run literally by the real curl.

use tempfile::TempDir;
use tonearm_e2e::app::{PASSWORD, TestApp, email};
use tonearm_e2e::audio_assert::assert_same;
use tonearm_e2e::curl;
use tonearm_e2e::media;
use tonearm_e2e::mp3::Decoded;

#[test]
fn the_curl_commands_of_the_original_api_work_unchanged() {
    let app = TestApp::start();
    let host = app.host();
    let ada = app.user("ada");
    let video = media::mp4();
    let folder = TempDir::new().unwrap();
    std::fs::copy(&video.path, folder.path().join("video.mp4")).unwrap();
    let curl = |line: &str| curl::run(folder.path(), line);

    let (user, password) = (email("ada"), PASSWORD);
    let token = curl(&format!(
        "curl -X POST http://{host}/login -u '{user}:{password}'"
    ));
    assert_eq!(
        token.split('.').count(),
        3,
        "a JWT and nothing else: {token:?}"
    );

    let answer = curl(&format!(
        "curl -X POST -F 'file=@./video.mp4' -H 'Authorization: Bearer {token}' http://{host}/upload"
    ));
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let fid = answer["jobs"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(ada.ended_job(&fid)["state"], "done");

    curl(&format!(
        "curl --output x.mp3 -X GET -H 'Authorization: Bearer {token}' \
         \"http://{host}/download?fid={fid}\""
    ));
    let mp3 = std::fs::read(folder.path().join("x.mp3")).unwrap();
    assert_same(&Decoded::of(&mp3), &video);
}
