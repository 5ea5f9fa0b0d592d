//! What the page does with jobs: it follows all of them, renames them, converts them again and
//! downloads several at once.

use std::io::{BufRead, BufReader};

use serde_json::{Value, json};
use tonearm_e2e::app::Setup;
use tonearm_e2e::client::Client;
use tonearm_e2e::jobs::id;
use tonearm_e2e::mailbox::mails_about;
use tonearm_e2e::media;

use crate::replies::expect;

#[test]
fn a_job_is_followed_renamed_converted_again_and_downloaded_with_others() {
    let app = Setup::new().variable("video_keep_seconds", 3600).start();
    let ada = app.user("ada");
    let fids = [media::mp4(), media::mp4()].map(|clip| {
        let job = ada.upload_file(&clip.path);
        id(&job).to_owned()
    });
    for fid in &fids {
        ada.mailed_job(fid);
    }
    let fid = &fids[0];
    assert!(ada.job(fid)["video_kept_until"].is_string());
    let former = ada.download(fid).body;

    let path = format!("/jobs/{fid}");
    let name = json!({ "name": "Käse & <Wein>.mp4" });
    let renamed = ada.ask("PATCH", &path).json(&name).send();
    expect("renamed", &renamed, 200, "");
    assert_eq!(renamed.json()["name"], name["name"]);

    let mut events = events(&ada);
    let options = json!({ "mono": true, "quality": 5, "end": 1 });
    let again = ada.ask("POST", &format!("{path}/convert")).json(&options);
    let again = again.send();
    expect("converted again", &again, 202, "");
    assert_eq!(again.json()["options"]["quality"], 5);
    let is_done =
        |job: &Value| job["id"] == fid.as_str() && job["state"] == "done" && job["attempt"] == 2;
    let done = events.find(is_done).expect("the stream has its end");
    assert_eq!(done["mail"]["state"], "sent", "the email of the first time");
    let mp3 = ada.download(fid).body;
    assert!(mp3.len() < former.len());
    assert_eq!(mails_about(&app.client(), fid).len(), 1);

    let zip = ada.get(&format!("/download/zip?fid={}&fid={}", fids[0], fids[1]));
    expect("archive", &zip, 200, "");
    assert_eq!(zip.header("content-length"), zip.body.len().to_string());
    let holds = |bytes: &[u8]| zip.body.windows(bytes.len()).any(|found| found == bytes);
    assert!(zip.body.starts_with(b"PK\x03\x04") && holds(&mp3));
    assert!(holds("Käse & _Wein_.mp3".as_bytes()));
}

/// The jobs in the events of the stream, as they change.
fn events(client: &Client) -> impl Iterator<Item = Value> {
    let response = client.ask("GET", "/events").try_open().unwrap();
    assert_eq!(response.status(), 200);
    let stream = BufReader::new(response.into_body().into_reader());
    let lines = stream.lines().map_while(Result::ok);
    lines.filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok())
}
