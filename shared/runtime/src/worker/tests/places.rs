//! Every place in the source where the process may die is one where a test lets it die.

use super::world::World;
use crate::{Error, failpoint};
use ::messages::Phase;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const ORDERS: [(&str, &str); 6] = [
    ("a", "one"),
    ("b", "wake t 2026-01-02"),
    ("a", "call 1 0"),
    ("b", "call 1 0"),
    ("a", "two"),
    ("c", "poison"),
];

/// The names that stand in the source, each once.
fn places() -> BTreeSet<String> {
    let mut places = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for call in ["failpoint::hit(", "failpoint::torn("] {
                    for after in text.split(call).skip(1) {
                        let name = after.split('"').nth(1).unwrap().to_owned();
                        assert!(places.insert(name.clone()), "two places have the name {name:?}");
                    }
                }
            }
        }
    }
    places
}

async fn prepared() -> World {
    let world = World::new(1).await;
    for (key, title) in ORDERS {
        world.say(key, title).await;
    }
    world
}

/// To the end of the next day. A call whose outcome comes after the day has come ends on that day: so the orders come to
/// rest first, as they do before a day is announced.
async fn finish(world: &World) {
    world.run().await;
    world.announce(2, Phase::Closing).await;
    world.run().await;
}

/// What the tape has written down and the listener has heard, sorted. Whether the end of a call was known is left out:
/// the places after its beginning are those that leave it unknown.
async fn seen(world: &World) -> [BTreeMap<String, Vec<String>>; 2] {
    [world.tracks().await, world.heard().await].map(|of_keys| {
        let sorted = |(key, tracks): (String, Vec<String>)| {
            let plain = |track: String| track.replace("interrupted 1 1?", "outcome 1 1?!");
            let mut tracks: Vec<String> = tracks.into_iter().map(plain).collect();
            tracks.sort();
            (key, tracks)
        };
        of_keys.into_iter().map(sorted).collect()
    })
}

#[tokio::test]
async fn killed_at_every_place_that_has_a_name_it_ends_as_if_undisturbed() {
    let undisturbed = prepared().await;
    finish(&undisturbed).await;
    let expected = seen(&undisturbed).await;
    assert!(
        expected[0]["a"].contains(&"outcome 1 1?!".to_owned()) && expected[0]["b"].len() == 4,
        "{expected:?}"
    );

    let places = places();
    assert!(places.len() >= 9, "{places:?}");
    for place in places {
        let world = prepared().await;
        failpoint::arm_at(&place);
        let died = world.try_run().await;
        assert!(
            matches!(died, Err(Error::Failpoint(at)) if at == place),
            "nothing comes to {place:?}: {died:?}"
        );
        failpoint::disarm();
        finish(&world).await;
        assert_eq!(seen(&world).await, expected, "killed at {place:?}");
        assert!(world.phone.made.lock().unwrap().values().all(|times| *times == 1), "killed at {place:?}");
    }
}
