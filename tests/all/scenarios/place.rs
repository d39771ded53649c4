//! Where a scenario takes place: its files, its runs, and what is left of them.

use super::Backend;
use super::input::month;
use crate::left::{self, Left};
use crate::on_servers::OnServers;
use clap::Parser;
use domain::{Currency, Money, Period};
use erp_sandbox::{Faults, Sandbox, SandboxConfig};
use eventlog::Log;
use eventlog::embedded::EmbeddedLog;
use messages::{Content, Finding};
use rettidig::report::Report;
use rettidig::run::{Options, forward, forward_on};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Partitions of the log: more than one, so that keys of different partitions meet.
const PARTITIONS: &str = "2";

/// Records and ledger entries read at a time.
const PAGE: usize = 1_000;

/// The command line of a run.
#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    options: Options,
}

/// The files of a scenario, in a directory of its own that goes with it.
pub struct Place {
    root: tempfile::TempDir,
    /// Where log and stores are, if not among the files.
    servers: Option<OnServers>,
}

impl Place {
    /// A new one, on the embedded backends.
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("input")).unwrap();
        Self { root, servers: None }
    }

    /// A new one.
    pub async fn on(backend: Backend) -> Self {
        let mut place = Self::new();
        if backend == Backend::Servers {
            place.servers = Some(OnServers::new().await);
        }
        place
    }

    /// Where input files are written.
    pub fn input(&self) -> PathBuf {
        self.root.path().join("input")
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    /// A file beside them.
    pub fn file(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Goes through the days, under these faults of the ERP: the list of a faults file.
    pub async fn run(&self, until: &str, faults: &str) -> Report {
        self.try_run(until, faults).await.unwrap()
    }

    /// The same without faults, with more on the command line.
    pub async fn run_with(&self, until: &str, more: &[&str]) -> Report {
        let mut arguments = self.arguments(until, "");
        arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
        self.forward(arguments).await.unwrap()
    }

    async fn try_run(&self, until: &str, faults: &str) -> Result<Report, String> {
        self.forward(self.arguments(until, faults)).await
    }

    async fn forward(&self, arguments: Vec<String>) -> Result<Report, String> {
        let until = arguments[2].clone();
        let command = Line::try_parse_from(arguments).map_err(|error| error.to_string())?;
        let (options, progress) = (&command.options, &mut |_| {});
        let ran = match &self.servers {
            None => forward(options, progress).await,
            Some(servers) => {
                forward_on(options, async |config| Ok(servers.plant(config).await), progress).await
            }
        };
        let (ended, report) = ran.map_err(|error| format!("the run to {until}: {error:#}"))?;
        assert_eq!(format!("{ended:?}"), "Done");
        Ok(report)
    }

    /// The command line of `rettidig run` here, with the faults file written.
    pub fn arguments(&self, until: &str, faults: &str) -> Vec<String> {
        let path = self.file("faults.yaml");
        fs::write(&path, format!("seed: 7\nfaults: [{faults}]\n")).unwrap();
        let mut arguments: Vec<String> =
            ["run", "--until", until, "--partitions", PARTITIONS].map(str::to_owned).into();
        for (option, name) in [
            ("--input", "input"),
            ("--data", "data"),
            ("--erp-faults", "faults.yaml"),
            ("--faults-log", "faults.jsonl"),
            ("--findings", "findings.jsonl"),
            ("--report", "report.json"),
        ] {
            arguments.extend([option.to_owned(), self.file(name).display().to_string()]);
        }
        arguments
    }

    /// Every message of a topic: see [`left::messages`].
    pub async fn messages<T: Content>(&self) -> Vec<T> {
        left::messages(&*self.log().await).await
    }

    async fn log(&self) -> Arc<dyn Log> {
        if let Some(servers) = &self.servers {
            return Arc::clone(&servers.log);
        }
        let partitions = rettidig::data::partitions(&self.data()).unwrap();
        Arc::new(EmbeddedLog::open(rettidig::data::log_file(&self.data()), partitions).await.unwrap())
    }

    /// All that a run to the end has left behind.
    pub async fn left(&self) -> Left {
        let report = serde_json::from_str(&fs::read_to_string(self.file("report.json")).unwrap()).unwrap();
        let findings = json_lines(&self.file("findings.jsonl"));
        let assessed = left::assessed(&*self.log().await).await;
        let letters = left::letters(&rettidig::data::letters(&self.data()));
        Left::of(report, findings, self.faults(), self.ledger().await, assessed, letters)
    }

    /// Every finding as it stands.
    pub async fn findings(&self) -> Vec<Finding> {
        let mut latest = BTreeMap::new();
        for finding in self.messages::<Finding>().await {
            latest.insert(finding.finding.clone(), finding);
        }
        latest.into_values().collect()
    }

    /// The faults that the ERP has injected.
    pub fn faults(&self) -> Vec<Value> {
        json_lines(&self.file("faults.jsonl"))
    }

    /// Everything in the ERP's ledger.
    pub async fn ledger(&self) -> Vec<Value> {
        ledger(&rettidig::data::erp(&self.data())).await
    }

    /// What each payer of a case has been billed for each month in all; months that come to nothing are left out.
    pub async fn billed(&self) -> BTreeMap<(String, String, Period), Money> {
        let mut billed = BTreeMap::new();
        for document in live_documents(&self.ledger().await) {
            let key =
                (text(&document, "case"), text(&document, "payer_key"), month(&text(&document, "period")));
            let amount = money(&document);
            let sum = billed.entry(key).or_insert(Money::zero(amount.currency()));
            *sum = sum.plus(amount).unwrap();
        }
        billed.retain(|_, amount: &mut Money| !amount.is_zero());
        billed
    }
}

/// The lines of a file, each a JSON object.
pub fn json_lines(path: &Path) -> Vec<Value> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The documents that have not been cancelled.
pub fn live_documents(ledger: &[Value]) -> Vec<Value> {
    let cancelled: Vec<String> =
        of_kind(ledger, "cancellation").map(|entry| text(entry, "document_no")).collect();
    of_kind(ledger, "document")
        .filter(|entry| !cancelled.contains(&text(entry, "document_no")))
        .cloned()
        .collect()
}

fn of_kind<'a>(ledger: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    ledger.iter().filter(move |entry| entry["kind"] == kind)
}

/// A field; empty where it is absent.
pub fn text(entry: &Value, field: &str) -> String {
    entry[field].as_str().unwrap_or_default().to_owned()
}

/// The amount of a document.
pub fn money(document: &Value) -> Money {
    serde_json::from_value(document["amount"].clone()).unwrap()
}

/// The sum, in their currency; of nothing, none in kroner.
pub fn sum(amounts: impl IntoIterator<Item = Money>) -> Money {
    let sum = amounts.into_iter().reduce(|a, b| a.plus(b).unwrap());
    sum.unwrap_or(Money::zero(Currency::DKK))
}

/// Reads the ledger of a training ERP from its data directory.
pub async fn ledger(data_dir: &Path) -> Vec<Value> {
    let bind = ([127, 0, 0, 1], 0).into();
    let config = SandboxConfig {
        data_dir: data_dir.to_owned(),
        bind,
        token: None,
        faults: Faults::default(),
        faults_log: None,
    };
    let sandbox = Sandbox::start(config).await.unwrap();
    let http = reqwest::Client::new();
    let (mut entries, mut after) = (Vec::new(), 0);
    loop {
        let url = format!("{}/ledger?after={after}&limit={PAGE}", sandbox.base_url());
        let page: Value = http.get(url).send().await.unwrap().json().await.unwrap();
        entries.extend(page["entries"].as_array().unwrap().iter().cloned());
        after = page["next"].as_i64().unwrap();
        if page["more"] == false {
            break;
        }
    }
    sandbox.shutdown().await.unwrap();
    entries
}
