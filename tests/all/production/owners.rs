//! Stages of several processes: more of them, fewer of them, each stopped and started in turn, some paused or cut off for
//! longer than their session lasts while the others go on with their partitions. Whoever wakes up has lost them, and
//! cannot write; all end like a pipeline that nobody has disturbed. Three partitions, so that two processes share them
//! unevenly.

use super::given::{Given, Servers, undisturbed};
use super::network::Namespace;
use super::processes::Processes;
use super::slow::Slow;
use super::steps::{Step, steps};
use crate::own_server::OwnServer;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// The stages that are scaled: what decides, what orders, what calls.
const SCALED: [&str; 3] = ["assessment", "invoicing", "erp-gateway"];
/// How long after a command has begun something happens: the stages work on what it has published by then.
const INTO_THE_WORK: Duration = Duration::from_millis(250);
/// Longer than a member's session, and than the time in which a stage says that its servers do not answer.
const AWAY: Duration = Duration::from_secs(14);
/// What happens at which step. The steps are those of `steps`: the first days bring the most.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// Two more processes of each scaled stage; one of them in a network of its own.
    Grow,
    /// One of each is paused or cut off, and wakes up when the others have done everything.
    LosePartitions,
    /// One less of each.
    Shrink,
    /// One more of each.
    GrowAgain,
    /// Each process in turn.
    RestartAll,
}

/// The first files bring by far the most: whoever sleeps then, sleeps in the middle of much.
const EVENTS: [(usize, Event); 5] = [
    (0, Event::Grow),
    (1, Event::LosePartitions),
    (7, Event::Shrink),
    (12, Event::GrowAgain),
    (17, Event::RestartAll),
];

struct Place {
    processes: Processes,
    network: Namespace,
}

impl Place {
    async fn go(&mut self, step: &Step, event: Option<Event>) {
        let commands = match step {
            Step::Day(day) => {
                assert!(self.processes.open_day(*day).await);
                &Vec::new()
            }
            Step::Commands(commands) => commands,
        };
        match event {
            None => self.run(commands),
            Some(Event::Grow) => {
                self.run(commands);
                self.grow();
            }
            Some(Event::LosePartitions) => self.lose_partitions(commands).await,
            Some(Event::Shrink) => {
                self.run(commands);
                self.shrink().await;
            }
            Some(Event::GrowAgain) => {
                self.run(commands);
                for stage in SCALED {
                    self.processes.add(stage);
                }
            }
            Some(Event::RestartAll) => {
                self.run(commands);
                self.restart_all().await;
            }
        }
        self.processes.settle().await;
    }

    fn run(&self, commands: &[Vec<String>]) {
        for command in commands {
            assert!(self.processes.command(command).wait().unwrap().success(), "{command:?}");
        }
    }

    fn grow(&mut self) {
        for stage in SCALED {
            self.processes.add(stage);
        }
        self.processes.add_in("assessment", &self.network);
        self.processes.add("invoicing");
        self.processes.add("erp-gateway");
    }

    /// Those that are paused are slow before, so that they go to sleep in the middle of a batch, and wake up with it.
    async fn lose_partitions(&mut self, commands: &[Vec<String>]) {
        let [(.., cut_off), paused @ ..] =
            [("assessment", 2), ("assessment", 1), ("invoicing", 2), ("erp-gateway", 2)]
                .map(|(stage, nth)| (stage, self.processes.of(stage)[nth]));
        let paused = paused.map(|(_, number)| number);
        let slow = Slow::make(paused.map(|number| self.processes.process(number).pid()));
        let away: Vec<u32> = [cut_off].into_iter().chain(paused).collect();
        away.iter().for_each(|number| self.processes.process_mut(*number).is_away = true);
        self.network.cut();
        self.run(commands);
        self.processes.settle_those_here().await;
        drop(slow);
        let begun = Instant::now();
        self.processes.settle().await;
        sleep(AWAY.saturating_sub(begun.elapsed())).await;
        let said = self.processes.process(cut_off).logged();
        for server in ["store", "log"] {
            assert!(
                said.contains(&format!("the {server} does not answer")),
                "one that is cut off says so: {said}"
            );
        }
        for number in paused {
            self.processes.process(number).signal("CONT");
        }
        self.network.mend();
        away.iter().for_each(|number| self.processes.process_mut(*number).is_away = false);
        self.processes.settle().await;
        let refused = away.iter().map(|number| {
            let logged = self.processes.process(*number).logged();
            logged.matches("the partition has another owner now").count()
        });
        // Who hears of the loss before it has written does not even try, so it may be none.
        println!("writes refused to those who woke up: {}", refused.sum::<usize>());
    }

    async fn shrink(&mut self) {
        sleep(INTO_THE_WORK).await;
        for stage in SCALED {
            // The second, so that the one in the network of its own stays.
            let second = self.processes.of(stage)[1];
            self.processes.leave(second);
        }
    }

    async fn restart_all(&mut self) {
        for number in self.processes.stages() {
            sleep(INTO_THE_WORK).await;
            self.processes.restart(number);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn owners_that_come_go_sleep_and_are_cut_off_write_nothing_twice() {
    let network = Namespace::make();
    let place = tempfile::tempdir().unwrap();
    let given = Given::write(place.path(), 3, 2);
    let at = network.outside.clone();
    let servers = tokio::task::spawn_blocking(move || (OwnServer::kafka(&at), OwnServer::postgres(&at)));
    let undisturbed = undisturbed(place.path(), &given).await;
    let (kafka, postgres) = servers.await.unwrap();
    let addresses = Servers { kafka: kafka.address.clone(), postgres: postgres.address.clone() };
    let processes = Processes::start(place.path(), &given, &addresses).await;
    let mut run = Place { processes, network };
    run.processes.settle().await;
    for (number, step) in steps(&given).iter().enumerate() {
        let event = EVENTS.iter().find(|(at, _)| *at == number).map(|(_, event)| *event);
        run.go(step, event).await;
    }
    run.processes.replay().await;
    run.processes.settle().await;
    run.processes.end(place.path(), &given).await.assert_same(&undisturbed);
}
