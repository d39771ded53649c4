//! An installation on Apache Kafka and PostgreSQL: the real binary, one process a stage, and the ERP sandbox beside it.

use super::PARTITIONS;
use crate::program::program;
use domain::Day;
use eventlog::Log;
use eventlog::kafka::{KafkaConfig, KafkaLog};
use messages::Topic;
use rettidig::stages::KEYED;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How long a step may take on a machine that has much else to do, with every stage killed more than once: a dead member
/// keeps its partitions for 10 s.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often it is looked whether all is done.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// The ERP, among the names of the stages.
const ERP: &str = "ERP sandbox";

/// A process that is started again when it was killed.
struct Process {
    name: &'static str,
    port: u16,
    arguments: Vec<String>,
    child: Child,
}

impl Process {
    fn kill_and_start(&mut self, settings: &[(&'static str, String)]) {
        self.child.kill().unwrap();
        let code = self.child.wait().unwrap().code();
        assert_eq!(code, None, "{} had ended by itself", self.name);
        self.child = spawn(&self.arguments, settings);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and that is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn spawn(arguments: &[String], settings: &[(&'static str, String)]) -> Child {
    Command::new(program())
        .args(arguments)
        .envs(settings.iter().cloned())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// All of them.
pub struct Processes {
    /// The stages and the ERP.
    running: Vec<Process>,
    settings: Vec<(&'static str, String)>,
    http: reqwest::Client,
    /// The log, to look at.
    pub log: Arc<dyn Log>,
    /// Stands before the schemas.
    pub postgres_prefix: String,
    /// The ERP's data directory.
    pub erp_data: PathBuf,
    /// Where the ERP writes its faults.
    pub faults_log: PathBuf,
    /// The ERP's address.
    pub erp_url: String,
}

impl Processes {
    /// Makes the topics and starts everything, with its files in this directory.
    pub async fn start(place: &Path, secret: &Path, faults: &Path) -> Self {
        let name = uuid::Uuid::new_v4().simple().to_string();
        let (kafka_prefix, postgres_prefix) = (format!("{name}."), format!("k{}_", &name[..12]));
        let erp_port = free_port();
        let erp_url = format!("http://127.0.0.1:{erp_port}");
        let settings = settings(place, secret, &erp_url, (&kafka_prefix, &postgres_prefix));
        let topics = ["topics", "apply", "--partitions", &PARTITIONS.to_string()].map(str::to_owned);
        assert!(spawn(&topics, &settings).wait().unwrap().success());

        let mut kafka = KafkaConfig::new(tests::kafka_bootstrap());
        kafka.prefix = kafka_prefix;
        let log = Arc::new(KafkaLog::open(kafka).await.unwrap());
        let (erp_data, faults_log) = (place.join("erp"), place.join("faults.jsonl"));
        let mut processes = Self {
            running: Vec::new(),
            settings,
            http: reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap(),
            log,
            postgres_prefix,
            erp_data,
            faults_log,
            erp_url,
        };
        processes.begin(ERP, erp_port, processes.erp_arguments(erp_port, faults));
        for stage in KEYED {
            let port = free_port();
            let bind = format!("127.0.0.1:{port}");
            let arguments = ["serve", stage, "--health-bind", &bind].map(str::to_owned);
            processes.begin(stage, port, arguments.into());
        }
        processes
    }

    fn erp_arguments(&self, port: u16, faults: &Path) -> Vec<String> {
        [
            "sandbox-erp",
            "--data",
            &self.erp_data.display().to_string(),
            "--bind",
            &format!("127.0.0.1:{port}"),
            "--faults",
            &faults.display().to_string(),
            "--faults-log",
            &self.faults_log.display().to_string(),
        ]
        .map(str::to_owned)
        .into()
    }

    fn begin(&mut self, name: &'static str, port: u16, arguments: Vec<String>) {
        let child = spawn(&arguments, &self.settings);
        self.running.push(Process { name, port, arguments, child });
    }

    /// How many processes run.
    pub fn count(&self) -> u32 {
        u32::try_from(self.running.len()).unwrap()
    }

    /// `kill -9` for one of them, which is started again at once.
    pub fn kill(&mut self, number: u32) {
        let process = &mut self.running[number as usize];
        println!("killed: {}", process.name);
        process.kill_and_start(&self.settings);
    }

    /// `kill -9` for the ERP.
    pub fn kill_erp(&mut self) {
        let erp = self.running.iter().position(|process| process.name == ERP).unwrap();
        self.kill(u32::try_from(erp).unwrap());
    }

    /// A command that ends by itself, begun.
    pub fn command(&self, arguments: &[String]) -> Child {
        spawn(arguments, &self.settings)
    }

    /// Sets the ERP's day, once: `false` where it gives no answer.
    pub fn open_day(&self, day: Day) -> impl Future<Output = bool> + use<> {
        let body = serde_json::json!({ "date": day });
        let request = self.http.post(format!("{}/sandbox/day", self.erp_url)).json(&body);
        async move {
            let Ok(answer) = request.send().await else { return false };
            assert!(answer.status().is_success(), "the ERP refuses {day}: {}", answer.status());
            true
        }
    }

    /// Waits until every stage has read all there is, published what came of it, and ended its calls.
    pub async fn settle(&mut self) {
        let begun = Instant::now();
        loop {
            for process in &mut self.running {
                let ended = process.child.try_wait().unwrap();
                assert_eq!(ended, None, "{} has ended by itself", process.name);
            }
            match self.unsettled().await {
                None => return,
                Some(why) => assert!(begun.elapsed() < PATIENCE, "not settled: {why}"),
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// Why there may be something left to do.
    ///
    /// A stage is asked between two looks at the log's ends. What it shows may be old, but positions only grow: one that
    /// stands at an end that did not move has been there since, and with no call open nothing more comes of it.
    async fn unsettled(&self) -> Option<String> {
        let ends = self.ends().await;
        for Process { name, port, .. } in self.running.iter().filter(|process| process.name != ERP) {
            let url = format!("http://127.0.0.1:{port}/metrics");
            let Ok(answer) = self.http.get(url).send().await else {
                return Some(format!("{name} does not answer"));
            };
            let Ok(text) = answer.text().await else { return Some(format!("{name} breaks off")) };
            let mut claimed = BTreeSet::new();
            for (labels, position) in gauges(&text, "rettidig_position") {
                let place = (labels["topic"].clone(), labels["partition"].parse::<u32>().unwrap());
                if ends[&place] != position {
                    return Some(format!("{name} stands at {position} of {place:?}: {}", ends[&place]));
                }
                claimed.insert(place.1);
            }
            if claimed.len() != PARTITIONS as usize {
                return Some(format!("{name} owns {} partitions", claimed.len()));
            }
            let calls: i64 = gauges(&text, "rettidig_calls_open").map(|(_, calls)| calls).sum();
            if calls > 0 {
                return Some(format!("{name} has {calls} calls open"));
            }
        }
        (self.ends().await != ends).then(|| "something was published meanwhile".to_owned())
    }

    async fn ends(&self) -> BTreeMap<(String, u32), i64> {
        let mut ends = BTreeMap::new();
        for topic in Topic::ALL {
            for partition in 0..PARTITIONS {
                let end = self.log.end(topic, partition).await.unwrap();
                ends.insert((topic.name().to_owned(), partition), end);
            }
        }
        ends
    }
}

/// What all processes find in their environment. Waits of the gateway are short, so that a call that was broken off is
/// soon asked about.
fn settings(
    place: &Path,
    secret: &Path,
    erp_url: &str,
    (kafka_prefix, postgres_prefix): (&str, &str),
) -> Vec<(&'static str, String)> {
    let folder = |name: &str| place.join(name).display().to_string();
    vec![
        ("KAFKA_BOOTSTRAP", tests::kafka_bootstrap()),
        ("KAFKA_PREFIX", kafka_prefix.to_owned()),
        ("POSTGRES_URL", tests::postgres_url()),
        ("POSTGRES_PREFIX", postgres_prefix.to_owned()),
        ("RETTIDIG_LETTERS_DIR", folder("letters")),
        ("RETTIDIG_EVIDENCE_DIR", folder("evidence")),
        ("RETTIDIG_PERSON_SECRET_FILE", secret.display().to_string()),
        ("RETTIDIG_MEASURE_EVERY_MS", "100".to_owned()),
        ("RETTIDIG_LOG", "error".to_owned()),
        ("ERP_URL", erp_url.to_owned()),
        ("ERP_TOKEN", "training".to_owned()),
        ("ERP_RATE_PER_SECOND", "100000".to_owned()),
        ("ERP_RATE_BURST", "100000".to_owned()),
        ("ERP_BREAKER_FAILURES", "50".to_owned()),
        ("ERP_BREAKER_OPEN_MS", "100".to_owned()),
        ("ERP_BACKOFF_FIRST_MS", "50".to_owned()),
        ("ERP_BACKOFF_MAX_MS", "1000".to_owned()),
        ("ERP_ASK_AFTER_MS", "50".to_owned()),
    ]
}

/// The samples of a metric, with their labels.
fn gauges<'t>(text: &'t str, name: &str) -> impl Iterator<Item = (BTreeMap<String, String>, i64)> + 't {
    let begin = format!("{name}{{");
    text.lines().filter_map(move |line| {
        let (labels, value) = line.strip_prefix(&begin)?.split_once("} ")?;
        let label = |label: &str| {
            let (name, value) = label.split_once('=').unwrap();
            (name.to_owned(), value.trim_matches('"').to_owned())
        };
        Some((labels.split(',').map(label).collect(), value.parse().unwrap()))
    })
}

/// A port on which nobody listens, from below the range that outgoing connections take: it is free again after a kill.
fn free_port() -> u16 {
    loop {
        let port = 10_000 + uuid::Uuid::new_v4().as_fields().1 % 10_000;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
