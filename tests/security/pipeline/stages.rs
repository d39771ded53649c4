//! Every keyed stage as a process, and what the log shows of them.

use crate::erp::free_port;
use crate::kafka::{password, settings};
use crate::program::program;
use crate::servers::{certificate, port};
use eventlog::Log;
use eventlog::kafka::{self, KafkaConfig};
use messages::Topic;
use rettidig::stages::KEYED;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::sleep;

/// How long a step may take on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(120);
/// As many as `rights` makes.
const PARTITIONS: u32 = 2;

type Settings = Vec<(&'static str, String)>;
/// Topic, partition and offset.
type Positions = BTreeMap<(String, u32), i64>;

/// The processes.
pub struct Stages {
    running: Vec<(&'static str, u16, Child)>,
    logs: PathBuf,
    http: reqwest::Client,
    /// The log, as its owner sees it.
    pub log: Arc<dyn Log>,
}

impl Stages {
    pub async fn start(place: &Path, prefix: &str, settings_of: impl Fn(&str) -> Settings) -> Self {
        let logs = place.join("logs");
        std::fs::create_dir(&logs).unwrap();
        let log: Arc<dyn Log> = kafka::open(admin(place, prefix)).await.unwrap();
        let mut stages = Self { running: Vec::new(), logs, http: reqwest::Client::new(), log };
        for stage in KEYED {
            let port = free_port();
            let bind = format!("127.0.0.1:{port}");
            let mut serve = stages.program(stage, &settings_of(stage));
            let serve = serve.args(["serve", stage, "--health-bind", &bind]).spawn().unwrap();
            stages.running.push((stage, port, serve));
        }
        stages
    }

    fn program(&self, name: &str, settings: &Settings) -> Command {
        let log = File::options().create(true).append(true).open(self.logs.join(name)).unwrap();
        let mut command = Command::new(program());
        command.envs(settings.iter().cloned());
        command.stdout(log.try_clone().unwrap()).stderr(log);
        command
    }

    /// Runs a command to its end, and gives what it has said.
    pub fn command(&self, settings: &Settings, arguments: &[&str]) -> String {
        let mut command = self.program("commands", settings);
        let output = command.args(arguments).stdout(Stdio::piped()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", self.troubles());
        String::from_utf8(output.stdout).unwrap()
    }

    /// Waits until every stage stands at the ends of its topics, with no call open, and the ends stay.
    pub async fn settle(&mut self) {
        let begun = Instant::now();
        while let Some(why) = self.unsettled().await {
            assert!(begun.elapsed() < PATIENCE, "not settled: {why}\n{}", self.troubles());
            let ended = |(stage, _, child): &mut (_, _, Child)| child.try_wait().unwrap().map(|_| *stage);
            let ended: Option<&str> = self.running.iter_mut().find_map(ended);
            assert_eq!(ended, None, "has ended by itself\n{}", self.troubles());
            sleep(Duration::from_millis(100)).await;
        }
    }

    async fn unsettled(&self) -> Option<String> {
        let ends = self.ends().await;
        for (stage, port, _) in &self.running {
            let url = format!("http://127.0.0.1:{port}/metrics");
            let Ok(answer) = self.http.get(url).send().await else {
                return Some(format!("{stage} does not answer"));
            };
            let text = answer.text().await.unwrap();
            let wanted: Positions = ends
                .iter()
                .filter(|((topic, _), _)| reads(stage, topic))
                .map(|(place, end)| (place.clone(), *end))
                .collect();
            let positions = positions(&text);
            if positions != wanted {
                return Some(format!("{stage} stands at {positions:?}, not at {wanted:?}"));
            }
            let open = text.lines().filter(|line| line.starts_with("rettidig_calls_open{"));
            if open.filter_map(|line| line.rsplit_once(' ')).any(|(_, calls)| calls != "0") {
                return Some(format!("{stage} has calls open"));
            }
        }
        (self.ends().await != ends).then(|| "something was published meanwhile".to_owned())
    }

    async fn ends(&self) -> Positions {
        let mut ends = BTreeMap::new();
        for topic in Topic::ALL {
            for partition in 0..PARTITIONS {
                let end = self.log.end(topic, partition).await.unwrap();
                ends.insert((topic.name().to_owned(), partition), end);
            }
        }
        ends
    }

    /// Topics that nobody has written to yet.
    pub async fn empty_topics(&self) -> Vec<&'static str> {
        let ends = self.ends().await;
        let empty =
            |topic: &Topic| (0..PARTITIONS).all(|number| ends[&(topic.name().to_owned(), number)] == 0);
        Topic::ALL.into_iter().filter(empty).map(Topic::name).collect()
    }

    /// Stops everything: all that they have said.
    pub fn stop(self) -> String {
        let logs = self.read_logs();
        drop(self);
        logs
    }

    /// What went wrong, as far as they say.
    fn troubles(&self) -> String {
        let logs = self.read_logs();
        let said = logs.lines().filter(|line| !["DEBUG", "INFO"].iter().any(|level| line.contains(level)));
        said.take(50).collect::<Vec<_>>().join("\n")
    }

    fn read_logs(&self) -> String {
        let files = std::fs::read_dir(&self.logs).unwrap();
        files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }
}

impl Drop for Stages {
    fn drop(&mut self) {
        for (_, _, child) in &mut self.running {
            // One that has ended cannot be killed, and that is as good.
            drop(child.kill());
            drop(child.wait());
        }
    }
}

fn admin(place: &Path, prefix: &str) -> KafkaConfig {
    drop(settings(place, "admin", prefix));
    let mut config = KafkaConfig::new(format!("127.0.0.1:{}", port("kafka")));
    config.prefix = prefix.to_owned();
    for (name, value) in [
        ("security.protocol", "SASL_SSL".to_owned()),
        ("sasl.mechanisms", "SCRAM-SHA-512".to_owned()),
        ("sasl.username", "admin".to_owned()),
        ("sasl.password", password("admin")),
        ("ssl.ca.location", certificate("ca.pem").display().to_string()),
    ] {
        config.properties.insert(name.to_owned(), value);
    }
    config
}

fn reads(stage: &str, topic: &str) -> bool {
    Topic::from_name(topic).unwrap().description().readers.contains(&stage)
}

/// Where a stage stands, by its metrics.
fn positions(text: &str) -> Positions {
    let samples = text.lines().filter_map(|line| line.strip_prefix("rettidig_position{")?.split_once("} "));
    let place = |labels: &str| {
        let label = |name: &str| {
            let of = labels.split(',').find_map(|label| label.strip_prefix(name)?.strip_prefix('='));
            of.unwrap().trim_matches('"').to_owned()
        };
        (label("topic"), label("partition").parse().unwrap())
    };
    samples.map(|(labels, position)| (place(labels), position.parse().unwrap())).collect()
}

/// A receiver of alerts that takes everything: its address, and how often it was told something.
pub async fn receiver() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    tokio::spawn(async move {
        while let Ok((mut caller, _)) = listener.accept().await {
            let mut bytes = vec![0; 64 * 1024];
            let length = caller.read(&mut bytes).await.unwrap_or(0);
            if bytes[..length].starts_with(b"POST ") {
                count.fetch_add(1, Ordering::SeqCst);
            }
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            drop(caller.write_all(answer).await);
        }
    });
    (address, told)
}
