//! The page of a topic.

use messages::Topic;

/// Purpose, key, writers, readers, retention, compatibility.
pub fn of(topic: Topic) -> String {
    let about = topic.description();
    let readers = if about.readers.is_empty() { "nobody yet".to_owned() } else { about.readers.join(", ") };
    format!(
        "# {topic}\n\n{purpose}\n\n\
         | | |\n|---|---|\n\
         | key | {key} |\n\
         | written by | {writers} |\n\
         | read by | {readers} |\n\
         | retention in production | {retention} |\n\
         | body | `schema.json` (JSON Schema 2020-12); headers: CloudEvents 1.0, Kafka binary mode |\n\n\
         **Compatibility.** Every example under `examples/` was published once and is read for ever: a change that cannot\n\
         read one of them is a new `ce_type` version, not a change of this one. Writers add fields only; readers of this\n\
         project refuse fields they do not know, so readers are deployed before writers.\n",
        purpose = about.purpose,
        key = about.key,
        writers = about.writers.join(", "),
        retention = about.retention,
    )
}
