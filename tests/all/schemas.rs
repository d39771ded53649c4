//! The contract under `schemas/`: generated from the message types, with examples that every version must still read.

use domain::PersonSecret;
use messages::{Content, Message, Topic};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn contract() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas")
}

/// The names in a folder.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The examples of a topic: file name and text.
pub fn examples(topic: Topic) -> Vec<(String, String)> {
    let folder = contract().join(topic.name()).join("examples");
    names(&folder)
        .into_iter()
        .map(|name| (format!("{topic}/examples/{name}"), fs::read_to_string(folder.join(&name)).unwrap()))
        .collect()
}

#[test]
fn the_contract_is_what_the_message_types_say() {
    for (name, generated) in rettidig::schemas::files() {
        let present = fs::read_to_string(contract().join(&name)).unwrap_or_default();
        let differing = present.lines().zip(generated.lines()).position(|(old, new)| old != new);
        assert!(
            present == generated,
            "schemas/{name} is not what the message types say (line {:?}): run `rettidig schemas` and look at the difference",
            differing.map(|line| line + 1)
        );
    }
}

#[test]
fn every_topic_has_its_folder_and_no_folder_is_left_over() {
    let folders: BTreeSet<String> =
        names(&contract()).into_iter().filter(|name| contract().join(name).is_dir()).collect();
    let topics: BTreeSet<String> = Topic::ALL.iter().map(|topic| topic.name().to_owned()).collect();
    assert_eq!(folders, topics);
    for topic in Topic::ALL {
        let present = names(&contract().join(topic.name()));
        let expected: BTreeSet<String> = ["README.md", "schema.json", "examples"].map(str::to_owned).into();
        assert_eq!(present, expected, "{topic}");
        assert!(!examples(topic).is_empty(), "{topic} has no example");
    }
}

#[test]
fn every_example_ever_published_is_valid_and_still_read() {
    for topic in Topic::ALL {
        let schema = fs::read_to_string(contract().join(topic.name()).join("schema.json")).unwrap();
        let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{topic}");
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        for (name, text) in examples(topic) {
            let example: serde_json::Value = serde_json::from_str(&text).unwrap();
            let faults: Vec<String> = validator
                .iter_errors(&example)
                .map(|error| format!("{} at {}", error.kind().keyword(), error.instance_path()))
                .collect();
            assert!(faults.is_empty(), "{name} breaks the schema: {faults:?}");
            Message::decode(topic, text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}

#[test]
fn every_kind_of_case_command_has_a_line_that_its_schema_and_intake_take() {
    let read = |name| fs::read_to_string(contract().join(name)).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&read("case-command.schema.json")).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let secret = PersonSecret::new(*b"0123456789abcdef").unwrap();
    let mut kinds = BTreeSet::new();
    for line in read("case-command.examples.jsonl").lines() {
        let mut example: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(validator.is_valid(&example), "{line}");
        let command = intake::commands::parse(&secret, domain::Day::MAX, line.as_bytes()).unwrap();
        kinds.insert(command.kind());
        example["surprise"] = true.into();
        assert!(!validator.is_valid(&example), "{line}");
    }
    assert_eq!(kinds, messages::kinds(Topic::CaseCommands).iter().copied().collect());
}

#[test]
fn a_schema_refuses_what_its_topic_does_not_carry() {
    for topic in Topic::ALL {
        let schema = serde_json::to_value(messages::schema(topic)).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let mut example: serde_json::Value = serde_json::from_str(&examples(topic)[0].1).unwrap();
        assert!(validator.is_valid(&example), "{topic}");
        example["surprise"] = true.into();
        assert!(!validator.is_valid(&example), "{topic} lets an unknown field pass");
        assert!(Message::decode(topic, example.to_string().as_bytes()).is_err(), "{topic}");
    }
}

#[test]
fn every_kind_of_message_on_every_topic_has_an_example() {
    for topic in Topic::ALL {
        let shown: BTreeSet<&str> = examples(topic)
            .iter()
            .map(|(name, text)| match Message::decode(topic, text.as_bytes()) {
                Ok(message) => message.kind(),
                Err(error) => panic!("{name}: {error}"),
            })
            .collect();
        let missing: Vec<&str> =
            messages::kinds(topic).iter().copied().filter(|kind| !shown.contains(kind)).collect();
        assert!(
            missing.is_empty(),
            "{topic} has no example of {missing:?}: `rettidig schemas --examples-from DATA` takes them from a run"
        );
    }
}

#[test]
fn the_asyncapi_document_names_every_topic() {
    let text = fs::read_to_string(contract().join("asyncapi.yaml")).unwrap();
    let document: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
    assert!(document["asyncapi"].as_str().unwrap().starts_with("3."));
    let channels: BTreeSet<&str> = document["channels"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, channel)| channel["address"].as_str().unwrap_or(name))
        .collect();
    let topics: BTreeSet<&str> = Topic::ALL.iter().map(|topic| topic.name()).collect();
    assert_eq!(channels, topics);
}
