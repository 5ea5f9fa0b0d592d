//! What a scenario may ask for (`tests/browser/lib/director.mjs`).

use serde_json::{Value, json};
use tonearm_e2e::app::{PASSWORD, TestApp, email};
use tonearm_e2e::media;

/// Does what `request` asks and returns the answer.
pub fn direct(app: &mut TestApp, request: &Value) -> Value {
    match text(&request["do"]) {
        "kill" => app.kill(),
        "start" => app.restart_all(),
        "set" => app.restart_with(&variables(&request["variables"])),
        "stop redis" => app.redis.stop(),
        "start redis" => {
            app.redis.restart();
            // Spin ends with its connection, and whoever supervises it starts it again.
            if app.runtime().is_spin() {
                app.kill_and_restart();
            }
        }
        "admin" => {
            app.admin();
            return json!({ "email": email("admin"), "password": PASSWORD });
        }
        "clip" => return json!({ "path": clip(text(&request["name"])).path }),
        "ffmpeg" => {
            let args: Vec<_> = list(&request["args"]).map(text).collect();
            let make = |file: &std::path::Path| media::ffmpeg(&args, file);
            return json!({ "path": media::cached(text(&request["name"]), &args, make) });
        }
        other => panic!("a scenario asks for {other:?}"),
    }
    json!({})
}

fn clip(name: &str) -> media::Clip {
    match name {
        "mp4" => media::mp4(),
        "long_mp4" => media::long_mp4(),
        "very_long_mp4" => media::very_long_mp4(),
        "video_without_audio" => media::video_without_audio(),
        other => panic!("a scenario asks for the clip {other:?}"),
    }
}

fn variables(value: &Value) -> Vec<(&str, &str)> {
    let members = value.as_object().into_iter().flatten();
    members
        .map(|(name, value)| (name.as_str(), text(value)))
        .collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
