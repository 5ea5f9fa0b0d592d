//! Each service as a process of its own: the data it keeps and the routes it serves.

use tonearm_e2e::app::Setup;
use tonearm_e2e::jobs::id;
use tonearm_e2e::mailbox::mail_about;
use tonearm_e2e::media;

use crate::replies::expect;

#[test]
fn only_auth_keeps_data_and_each_process_serves_its_own_routes_only() {
    let app = Setup::new().split().start();
    let ada = app.user("ada");
    let fid = id(&ada.upload_file(&media::mp4().path)).to_owned();
    assert_eq!(ada.ended_job(&fid)["state"], "done");
    mail_about(&app.client(), &fid);
    assert_eq!(app.databases(), ["auth/sqlite_db.db"]);
    let in_redis = app.stored().blobs_of(&fid);
    assert!(!in_redis.is_empty(), "files are in Redis");

    for (path, owner) in [
        ("/auth/healthz", "auth"),
        ("/healthz", "gateway"),
        ("/converter/healthz", "converter"),
        ("/notifier/healthz", "notifier"),
        ("/mailbox/emails", "mailbox"),
        ("/site/plain.css", "website"),
    ] {
        expect(path, &app.client().get(path), 200, "");
        for other in [
            "auth",
            "gateway",
            "converter",
            "notifier",
            "mailbox",
            "website",
        ] {
            if other != owner {
                let reply = app.client_of(other).get(path);
                assert_eq!(reply.status, 404, "{path} at {other}: {reply}");
            }
        }
    }
}
