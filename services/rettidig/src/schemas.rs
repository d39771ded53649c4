//! `rettidig schemas`: the contract under `schemas/`, generated from the message types, the cases of `assess`, the settings
//! and the report.

mod asyncapi;
mod readme;

use crate::{assess, report, settings};
use anyhow::{Context, Result, bail};
use clap::Args;
use domain::{Cpr, Personnummer};
use eventlog::Log;
use eventlog::embedded::EmbeddedLog;
use messages::{CaseCommand, Topic, header};
use schemars::schema_for;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The contract between the gateway and an ERP: written by hand, and held by the tests of both sides.
const ERP_CLAIMS: &str = include_str!("../../../schemas/erp-claims.openapi.yaml");

/// How many records of a topic are looked at for examples.
const EXAMPLES_FROM_RECORDS: usize = 20_000;

/// Write JSON Schemas (2020-12) of the messages, of a case command as it is sent, of the cases of `assess`, of a settings file and
/// of a report, topic descriptions, the AsyncAPI document and the OpenAPI document of the ERP.
#[derive(Debug, Args)]
pub struct Options {
    /// Where to write.
    #[arg(long, default_value = "schemas")]
    out: PathBuf,
    /// Write nothing; fail when what is there differs from what would be written.
    #[arg(long)]
    check: bool,
    /// Add one example of each kind of message that has none, from the log of a finished `run` or `demo`.
    #[arg(long, value_name = "DATA")]
    examples_from: Option<PathBuf>,
}

/// Writes or checks the contract.
pub async fn run(options: &Options) -> Result<()> {
    if let Some(data) = &options.examples_from {
        add_examples(&options.out, data).await?;
    }
    let mut differing = Vec::new();
    for (name, content) in files() {
        let path = options.out.join(&name);
        let same = fs::read_to_string(&path).is_ok_and(|present| present == content);
        if same {
            continue;
        }
        if options.check {
            differing.push(name);
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, content).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    if !differing.is_empty() {
        bail!(
            "{} are not what the message types say; run `rettidig schemas --out {}` and look at the difference",
            differing.join(", "),
            options.out.display()
        );
    }
    Ok(())
}

/// Every file: its path below `schemas/` and its content.
pub fn files() -> Vec<(String, String)> {
    let mut all = vec![("asyncapi.yaml".to_owned(), asyncapi::document())];
    for topic in Topic::ALL {
        let schema = serde_json::to_string_pretty(&messages::schema(topic)).unwrap_or_default();
        all.push((format!("{topic}/schema.json"), schema + "\n"));
        all.push((format!("{topic}/README.md"), readme::of(topic)));
    }
    all.extend(assess::schema::files());
    all.push(case_command());
    all.push(settings::schema());
    all.push(report::schema());
    all.push(("erp-claims.openapi.yaml".to_owned(), ERP_CLAIMS.to_owned()));
    all
}

/// A case command as it is sent to intake, by file or HTTP: with persons by their personal numbers.
fn case_command() -> (String, String) {
    let mut schema = schema_for!(CaseCommand<Cpr, Personnummer>).to_value();
    schema["title"] = serde_json::json!("A case command as it is sent, one a line");
    let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    ("case-command.schema.json".to_owned(), text + "\n")
}

/// An example that has been published is never changed: only kinds without one get one.
async fn add_examples(out: &Path, data: &Path) -> Result<()> {
    let log = EmbeddedLog::open(crate::data::log_file(data), crate::data::partitions(data)?).await?;
    for topic in Topic::ALL {
        let directory = out.join(topic.name()).join("examples");
        let mut kinds: BTreeSet<String> = BTreeSet::new();
        for record in log.read(topic, 0, 0, EXAMPLES_FROM_RECORDS).await? {
            let kind =
                record.header(header::TYPE).and_then(|kind| kind.split('.').rev().nth(1)).unwrap_or_default();
            let path = directory.join(format!("{kind}.json"));
            if !kinds.insert(kind.to_owned()) || path.exists() {
                continue;
            }
            fs::create_dir_all(&directory)?;
            let body: serde_json::Value = serde_json::from_slice(&record.body)?;
            fs::write(&path, serde_json::to_string_pretty(&body)? + "\n")?;
        }
    }
    Ok(())
}
