//! What is no message, of every topic: refused without a panic, and without a word of what stands in it.

use crate::schemas::examples;
use domain::Day;
use messages::{Message, Topic};
use serde_json::Value;

/// A fictive number (day of birth + 60) that stands in every poisoned body.
const PERSONAL: &str = "6101204321";

/// How deep the deepest of them is nested.
const DEPTH: usize = 200_000;

/// How long the longest of them is, in bytes.
const BYTES: usize = 10 * 1024 * 1024;

fn poisons(example: &str) -> Vec<(String, Vec<u8>)> {
    let named = |name: &str, body: Vec<u8>| (name.to_owned(), body);
    let causes = "\"causes\":";
    let value: Value = serde_json::from_str(example).unwrap();
    let text = value.to_string();
    assert!(text.contains(causes), "every body has its causes");
    let mut all = vec![
        named("nothing", Vec::new()),
        named("null", b"null".to_vec()),
        named("a list", format!("[{text}]").into_bytes()),
        named("half of it", text.as_bytes()[..text.len() / 2].to_vec()),
        named("more behind it", format!("{text}{PERSONAL}").into_bytes()),
        named("an unknown key", text.replacen('{', &format!("{{\"{PERSONAL}\":1,"), 1).into_bytes()),
        named("a key twice", text.replacen(causes, &format!("{causes}[],{causes}"), 1).into_bytes()),
        named("no text", [b"{\"causes\":[\"".as_slice(), &[0xff, 0xfe, 0x00], b"\"]}"].concat()),
        named("too deep", "[".repeat(DEPTH).into_bytes()),
        named("too deep where a list belongs", format!("{{{causes}{}", "[".repeat(DEPTH)).into_bytes()),
        named("too long", format!("{{\"{PERSONAL}\":\"{}\"}}", "x".repeat(BYTES)).into_bytes()),
    ];
    for pointer in pointers(&value) {
        let Some(old) = value.pointer(&pointer) else { continue };
        for (name, new) in in_place_of(&pointer, old) {
            let mut poisoned = value.clone();
            *poisoned.pointer_mut(&pointer).unwrap() = new;
            all.push((format!("{name} at {pointer}"), poisoned.to_string().into_bytes()));
        }
    }
    all
}

/// What does not belong where this stands: money as a number, a day that is none, an object or a list.
fn in_place_of(pointer: &str, old: &Value) -> Vec<(&'static str, Value)> {
    let mut new = vec![("a list", serde_json::json!([[PERSONAL]]))];
    if let Value::String(text) = old {
        new.push(("an object", serde_json::json!({ PERSONAL: PERSONAL })));
        if pointer.ends_with("amount") {
            new.push(("money as a number", serde_json::json!(1290.5)));
            new.push(("money beyond all measure", "9".repeat(60).into()));
        }
        if text.parse::<Day>().is_ok() {
            new.push(("a day that is none", "2023-02-30".into()));
            new.push(("a year that is none", "99999-01-01".into()));
        }
    }
    new
}

/// Where each value stands that is neither an object nor a list.
fn pointers(value: &Value) -> Vec<String> {
    let below = |key: String, value: &Value| -> Vec<String> {
        pointers(value).into_iter().map(|pointer| format!("/{key}{pointer}")).collect()
    };
    match value {
        // A trace is told as its scheme wrote it; nobody reads it as a message.
        Value::Object(map) => {
            let read = map.iter().filter(|(key, _)| *key != "trace");
            read.flat_map(|(key, value)| below(key.clone(), value)).collect()
        }
        Value::Array(list) => {
            list.iter().enumerate().flat_map(|(n, value)| below(n.to_string(), value)).collect()
        }
        _ => vec![String::new()],
    }
}

#[test]
fn whatever_is_no_message_is_refused_without_a_word_of_it() {
    let mut tried = 0;
    for topic in Topic::ALL {
        for (name, example) in examples(topic) {
            for (poison, body) in poisons(&example) {
                let error = match Message::decode(topic, &body) {
                    Err(error) => error.to_string(),
                    Ok(_) => panic!("{name}: {poison} is read"),
                };
                assert!(!error.contains(PERSONAL), "{name}: {poison}: {error}");
                assert!(error.contains(topic.name()) && error.len() < 200, "{name}: {poison}: {error}");
                tried += 1;
            }
        }
    }
    assert!(tried > 1_000, "{tried} poisons");
}
