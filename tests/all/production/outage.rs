//! Kafka and PostgreSQL killed with `kill -9` in the midst of the work, each by itself and both at once, standing still, and
//! ended by a full disk, and there again after a while: the stages say so, wait, go on by themselves, and end like a pipeline
//! that nobody has disturbed. Servers of its own, because it kills them.

use super::PARTITIONS;
use super::given::{Given, Servers, undisturbed};
use super::processes::Processes;
use super::steps::{Step, steps};
use crate::own_server::OwnServer;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How long after a command has begun the servers die: the stages work on what it has published by then.
const INTO_THE_WORK: Duration = Duration::from_millis(250);
/// Within this time every stage says that a server is away, or is back.
const SAID_WITHIN: Duration = Duration::from_secs(45);
/// How long servers are away after every stage has said so: several attempts of each of them fail.
const AWAY: Duration = Duration::from_secs(4);
/// The disk of each server.
const DISK_KIB: u32 = 512 * 1024;
/// Lines that a process may log from a server's death until it is back, however long that lasts.
const LINES_MAX: usize = 12;
/// How a server goes away.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Dies {
    /// `kill -9`.
    AtOnce,
    /// It is there, and does not answer.
    Seemingly,
    /// Its disk is full; it gets room, and is started.
    Full,
}

/// Which servers go away at which step (takes and the phases of days), by their names in `/ready`.
const OUTAGES: [(usize, Dies, &[&str]); 6] = [
    (1, Dies::AtOnce, &["log"]),
    (6, Dies::Full, &["store"]),
    (7, Dies::AtOnce, &["store"]),
    (11, Dies::Full, &["log"]),
    (12, Dies::AtOnce, &["log", "store"]),
    (17, Dies::Seemingly, &["store"]),
];

/// An installation and the servers that die.
struct Place {
    processes: Processes,
    kafka: OwnServer,
    postgres: OwnServer,
}

impl Place {
    fn server(&self, name: &str) -> &OwnServer {
        if name == "log" { &self.kafka } else { &self.postgres }
    }

    async fn go(&mut self, step: &Step) {
        match step {
            Step::Day(day) => assert!(self.processes.open_day(*day).await),
            Step::Commands(commands) => self.run(commands),
        }
        self.processes.settle().await;
    }

    fn run(&self, commands: &[Vec<String>]) {
        for command in commands {
            assert!(self.processes.command(command).wait().unwrap().success(), "{command:?}");
        }
    }

    /// The servers die while a command and what follows from it are under way.
    async fn endure(&mut self, step: &Step, dies: Dies, away: &[&str]) {
        let Step::Commands(commands) = step else { panic!("the ERP's day asks no server") };
        let (last, first) = commands.split_last().unwrap();
        self.run(first);
        let before = self.lines();
        let mut command = self.processes.command(last);
        sleep(INTO_THE_WORK).await;
        for name in away {
            match dies {
                Dies::AtOnce => self.server(name).kill(),
                Dies::Seemingly => self.server(name).pause(true),
                Dies::Full => self.server(name).fill(),
            }
        }
        self.all_say(503, away).await;
        sleep(AWAY).await;
        for number in self.processes.stages() {
            self.assert_told(number, away, before[number as usize]).await;
        }
        for name in away {
            match dies {
                Dies::AtOnce => drop(self.server(name).start()),
                Dies::Seemingly => self.server(name).pause(false),
                Dies::Full => {
                    self.server(name).free();
                    drop(self.server(name).start());
                }
            }
        }
        self.all_say(200, &[]).await;
        for number in self.processes.stages() {
            let logged = self.logged(number, before[number as usize]);
            for name in away {
                let again = format!("the {name} answers again");
                assert!(logged.contains(&again), "{again}:\n{logged}");
            }
        }
        // Whoever gave the command sees how it ended, and gives it again; so do we.
        command.wait().unwrap();
        self.run(std::slice::from_ref(last));
        self.processes.settle().await;
    }

    /// Waits until every stage answers so, and names these servers.
    async fn all_say(&self, status: u16, silent: &[&str]) {
        let begun = Instant::now();
        let named = format!("\"silent\":{}", serde_json::to_string(silent).unwrap());
        for number in self.processes.stages() {
            loop {
                let said = self.processes.ask(number, "/ready").await;
                if said.as_ref().is_some_and(|(code, text)| *code == status && text.contains(&named)) {
                    break;
                }
                assert!(begun.elapsed() < SAID_WITHIN, "not {status} with {named}: {said:?}");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }

    /// The metrics show who is away, and the log has said it once.
    async fn assert_told(&self, number: u32, away: &[&str], before: usize) {
        let stage = self.processes.process(number).name;
        let (_, metrics) = self.processes.ask(number, "/metrics").await.unwrap();
        let logged = self.logged(number, before);
        for name in away {
            let gauge = format!("rettidig_answers{{stage=\"{stage}\",server=\"{name}\"}} 0");
            assert!(metrics.contains(&gauge), "{gauge} is not in\n{metrics}");
            let line = format!("the {name} does not answer");
            assert_eq!(logged.matches(&line).count(), 1, "{line}:\n{logged}");
        }
        assert!(logged.lines().count() <= LINES_MAX, "{stage} fills the log:\n{logged}");
    }

    /// How many lines each process has logged.
    fn lines(&self) -> Vec<usize> {
        let count = |number| self.processes.process(number).logged().lines().count();
        (0..self.processes.count()).map(count).collect()
    }

    fn logged(&self, number: u32, after: usize) -> String {
        let logged = self.processes.process(number).logged();
        logged.lines().skip(after).map(|line| format!("{line}\n")).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_are_killed_in_the_midst_of_the_work_are_missed_aloud_and_nothing_is_lost_or_doubled() {
    let place = tempfile::tempdir().unwrap();
    let given = Given::write(place.path(), PARTITIONS, 2);
    let server = |name| OwnServer::on_small_disk(name, "127.0.0.1", DISK_KIB);
    let servers = tokio::task::spawn_blocking(move || (server("kafka"), server("postgres")));
    let undisturbed = undisturbed(place.path(), &given).await;
    let (kafka, postgres) = servers.await.unwrap();
    let addresses = Servers { kafka: kafka.address.clone(), postgres: postgres.address.clone() };
    let processes = Processes::start(place.path(), &given, &addresses).await;
    let mut run = Place { processes, kafka, postgres };
    run.processes.settle().await;
    for (number, step) in steps(&given).iter().enumerate() {
        match OUTAGES.iter().find(|(at, ..)| *at == number) {
            Some((_, dies, away)) => run.endure(step, *dies, away).await,
            None => run.go(step).await,
        }
    }
    run.processes.end(place.path(), &given).await.assert_same(&undisturbed);
}
