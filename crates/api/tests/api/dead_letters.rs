//! `/admin/dead-letters`.

use serde_json::json;
use tonearm_jobs::Queue;

use crate::request::{call, get};
use crate::world::World;

#[test]
fn dead_letters_are_listed_per_queue_newest_first_and_by_page() {
    let world = World::new();
    let ids: Vec<_> = (0..3)
        .map(|_| world.add_dead_letter(Queue::Convert, Some(1)).to_string())
        .collect();
    let mail = world.add_dead_letter(Queue::Notify, None).to_string();
    let mut seen = Vec::new();
    let mut next = Some("/admin/dead-letters?limit=2".to_owned());
    while let Some(path) = next {
        let page = get(&path).of(&world, "admin").send(&world).json();
        let letters = page["dead_letters"].as_array().unwrap();
        seen.extend(
            letters
                .iter()
                .map(|letter| letter["id"].as_str().unwrap().to_owned()),
        );
        next = page["next"].as_str().map(str::to_owned);
    }
    let newest_first: Vec<_> = ids.into_iter().rev().collect();
    assert_eq!(seen, newest_first);
    let page = get("/admin/dead-letters?queue=mp3")
        .of(&world, "admin")
        .send(&world);
    assert_eq!(page.json()["dead_letters"][0]["id"], mail);
}

#[test]
fn a_dead_letter_is_requeued_or_discarded_once() {
    let world = World::new();
    for (method, suffix, status) in [("POST", "/requeue", 202), ("DELETE", "", 204)] {
        let id = world.add_dead_letter(Queue::Notify, None);
        let path = format!("/admin/dead-letters/{id}{suffix}?queue=mp3");
        let request = call(method, &path).of(&world, "admin");
        let reply = request.send(&world);
        assert_eq!(reply.status(), status, "{reply:?}");
        if status == 202 {
            assert_eq!(reply.json(), json!({"id": id.to_string(), "queue": "mp3"}));
        }
        assert_eq!(request.send(&world).code(), "no_such_dead_letter");
    }
}

#[test]
fn a_dead_letter_of_a_letter_names_neither_file_nor_address() {
    let world = World::new();
    let id = world.add_dead_letter(Queue::Letter, Some(1_700_000_000_000));
    for (_, letter) in &mut world.contents().dead_letters {
        (letter.name, letter.username) = (String::new(), String::new());
    }
    let page = get("/admin/dead-letters?queue=letter")
        .of(&world, "admin")
        .send(&world);
    let link = format!("/admin/dead-letters/{id}");
    let expected = json!({
        "id": id.to_string(),
        "queue": "letter",
        "attempts": 1,
        "error": { "code": "gave_up", "message": "Tried too often." },
        "died_at": "2023-11-14T22:13:20Z",
        "letter_kept_until": "2023-11-14T22:13:20Z",
        "links": {
            "self": format!("{link}?queue=letter"),
            "requeue": format!("{link}/requeue?queue=letter"),
        },
    });
    assert_eq!(page.json()["dead_letters"][0], expected);
}
