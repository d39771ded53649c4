//! An installation on Apache Kafka and PostgreSQL: the real binary, one process a stage, and the ERP sandbox beside it.

use super::given::{Given, Servers, left};
use super::network::Namespace;
use super::process::{Process, free_port, run};
use super::replayed::forget_positions;
use super::{config, days};
use crate::left::Left;
use crate::on_servers::stores;
use domain::Day;
use eventlog::Log;
use eventlog::kafka::{self, KafkaConfig};
use messages::Topic;
use rettidig::pipeline::Plant;
use rettidig::stages::KEYED;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Child;
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

/// All of them.
pub struct Processes {
    /// The stages and the ERP.
    running: Vec<Process>,
    settings: Vec<(&'static str, String)>,
    http: reqwest::Client,
    place: PathBuf,
    partitions: u32,
    postgres: String,
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
    /// Makes the topics and starts everything, with its files in this directory: one process a stage.
    pub async fn start(place: &Path, given: &Given, servers: &Servers) -> Self {
        let name = uuid::Uuid::new_v4().simple().to_string();
        let (kafka_prefix, postgres_prefix) = (format!("{name}."), format!("k{}_", &name[..12]));
        let erp_port = free_port();
        let erp_url = format!("http://127.0.0.1:{erp_port}");
        let settings = settings(place, given, &erp_url, servers, (&kafka_prefix, &postgres_prefix));
        let topics = ["topics", "apply", "--partitions", &given.partitions.to_string()].map(str::to_owned);
        assert!(run(&topics, &settings).wait().unwrap().success());

        let mut kafka = KafkaConfig::new(servers.kafka.as_str());
        kafka.prefix = kafka_prefix;
        let log = kafka::open(kafka).await.unwrap();
        let (erp_data, faults_log) = (place.join("erp"), place.join("faults.jsonl"));
        let mut processes = Self {
            running: Vec::new(),
            settings,
            http: reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap(),
            place: place.to_owned(),
            partitions: given.partitions,
            postgres: servers.postgres.clone(),
            log,
            postgres_prefix,
            erp_data,
            faults_log,
            erp_url,
        };
        let arguments = processes.erp_arguments(erp_port, &given.faults);
        processes.begin(Process::new(ERP, erp_port, arguments, &processes.place));
        for stage in KEYED {
            processes.add(stage);
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

    fn begin(&mut self, mut process: Process) -> u32 {
        process.start(&self.settings);
        self.running.push(process);
        self.count() - 1
    }

    /// One more process of a stage; gives its number.
    pub fn add(&mut self, stage: &'static str) -> u32 {
        self.begin(Process::serve(stage, None, &self.place))
    }

    /// One more process of a stage, in a network of its own.
    pub fn add_in(&mut self, stage: &'static str, network: &Namespace) -> u32 {
        self.begin(Process::serve(stage, Some(network), &self.place))
    }

    /// How many processes run.
    pub fn count(&self) -> u32 {
        u32::try_from(self.running.len()).unwrap()
    }

    /// The numbers of the stages' processes.
    pub fn stages(&self) -> Vec<u32> {
        (0..self.count()).filter(|number| self.process(*number).name != ERP).collect()
    }

    /// The numbers of a stage's processes.
    pub fn of(&self, stage: &str) -> Vec<u32> {
        (0..self.count()).filter(|number| self.process(*number).name == stage).collect()
    }

    /// One of them.
    pub fn process(&self, number: u32) -> &Process {
        &self.running[number as usize]
    }

    /// One of them, to do something to it.
    pub fn process_mut(&mut self, number: u32) -> &mut Process {
        &mut self.running[number as usize]
    }

    /// `kill -9` for one of them, which is started again at once.
    pub fn kill(&mut self, number: u32) {
        let process = &mut self.running[number as usize];
        println!("killed: {}", process.name);
        process.kill();
        process.start(&self.settings);
    }

    /// Lets one of them stop in good order, and starts it again.
    pub fn restart(&mut self, number: u32) {
        let process = &mut self.running[number as usize];
        process.stop();
        process.start(&self.settings);
    }

    /// Stops every stage, lets it lose its positions, and starts it again: it reads every topic from the start.
    pub async fn replay(&mut self) {
        let stages = self.stages();
        stages.iter().for_each(|number| self.process_mut(*number).stop());
        let mut forgotten = 0;
        for store in stores(&self.postgres, &self.postgres_prefix).await {
            if KEYED.contains(&store.stage()) {
                forgotten += forget_positions(&*store, self.partitions).await;
            }
        }
        assert!(forgotten > KEYED.len(), "there is something to read again");
        for number in stages {
            self.running[number as usize].start(&self.settings);
        }
    }

    /// Lets one of them stop in good order.
    pub fn leave(&mut self, number: u32) {
        self.running.remove(number as usize).stop();
    }

    /// `kill -9` for the ERP.
    pub fn kill_erp(&mut self) {
        self.kill(self.of(ERP)[0]);
    }

    /// A command that ends by itself, begun.
    pub fn command(&self, arguments: &[String]) -> Child {
        run(arguments, &self.settings)
    }

    /// What a path of a process's health port answers; `None`: nothing.
    pub async fn ask(&self, number: u32, path: &str) -> Option<(u16, String)> {
        let answer = self.http.get(format!("{}{path}", self.process(number).url)).send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    /// Stops everything and gives what is left.
    pub async fn end(self, place: &Path, given: &Given) -> Left {
        let mut config = config(place, &self.erp_url);
        config.person_secret_file = Some(given.secret.clone());
        config.partitions = given.partitions;
        let stores = stores(&self.postgres, &self.postgres_prefix).await;
        let log = Arc::clone(&self.log);
        let plant = Plant::assemble(Arc::clone(&log), stores, config).await.unwrap();
        let reported = plant.report(days(given.months).last().unwrap()).await.unwrap();
        let (erp, faults) = (self.erp_data.clone(), self.faults_log.clone());
        drop(self);
        left(place, &*log, reported, (&faults, &erp)).await
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
        self.wait(true).await;
    }

    /// Waits until those that are not away have done what they can, though they own a part only.
    pub async fn settle_those_here(&mut self) {
        self.wait(false).await;
    }

    async fn wait(&mut self, own_all: bool) {
        let begun = Instant::now();
        loop {
            self.running.iter_mut().for_each(Process::assert_runs);
            match self.unsettled(own_all).await {
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
    async fn unsettled(&self, own_all: bool) -> Option<String> {
        let ends = self.ends().await;
        let mut claimed: BTreeMap<&str, BTreeSet<(String, u32)>> = BTreeMap::new();
        for number in self.stages() {
            let process = self.process(number);
            if process.is_away {
                continue;
            }
            let name = process.name;
            let Some((_, text)) = self.ask(number, "/metrics").await else {
                return Some(format!("{name} does not answer"));
            };
            let claimed = claimed.entry(name).or_default();
            for (labels, position) in gauges(&text, "rettidig_position") {
                let place = (labels["topic"].clone(), labels["partition"].parse::<u32>().unwrap());
                if ends[&place] != position {
                    return Some(format!("{name} stands at {position} of {place:?}: {}", ends[&place]));
                }
                claimed.insert(place);
            }
            let calls: i64 = gauges(&text, "rettidig_calls_open").map(|(_, calls)| calls).sum();
            if calls > 0 {
                return Some(format!("{name} has {calls} calls open"));
            }
        }
        for (name, claimed) in claimed {
            // Whoever has just taken a partition over may not show all of its topics yet.
            let topics = claimed.iter().map(|(topic, _)| topic).collect::<BTreeSet<_>>().len();
            if own_all && (topics == 0 || claimed.len() != topics * self.partitions as usize) {
                return Some(format!("{name} owns {} of {topics} topics", claimed.len()));
            }
        }
        (self.ends().await != ends).then(|| "something was published meanwhile".to_owned())
    }

    async fn ends(&self) -> BTreeMap<(String, u32), i64> {
        let mut ends = BTreeMap::new();
        for topic in Topic::ALL {
            for partition in 0..self.partitions {
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
    given: &Given,
    erp_url: &str,
    servers: &Servers,
    (kafka_prefix, postgres_prefix): (&str, &str),
) -> Vec<(&'static str, String)> {
    let folder = |name: &str| place.join(name).display().to_string();
    vec![
        ("KAFKA_BOOTSTRAP", servers.kafka.clone()),
        ("KAFKA_PREFIX", kafka_prefix.to_owned()),
        ("POSTGRES_URL", servers.postgres.clone()),
        ("POSTGRES_PREFIX", postgres_prefix.to_owned()),
        ("RETTIDIG_LETTERS_DIR", folder("letters")),
        ("RETTIDIG_EVIDENCE_DIR", folder("evidence")),
        ("RETTIDIG_PERSON_SECRET_FILE", given.secret.display().to_string()),
        ("RETTIDIG_MEASURE_EVERY_MS", "100".to_owned()),
        ("RETTIDIG_LOG", "info".to_owned()),
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
