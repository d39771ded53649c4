//! The stages on Apache Kafka and PostgreSQL, each a process of its own, killed at random moments and started again, end
//! like a pipeline on files that nobody has disturbed. The ERP is killed with them: what it has answered it keeps.

use super::given::{Given, Servers, undisturbed};
use super::processes::Processes;
use super::steps::{Step, steps};
use super::{MONTHS, PARTITIONS};
use crate::kills::Kills;
use crate::left::Left;
use domain::Day;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Processes killed one soon after the other: each kill stops its stage until the group has given up the dead member.
const WAVE: u32 = 6;
/// Steps of a run that are disturbed, at most: about a quarter, so that what they left broken shows in those between.
const WAVES_MAX: u32 = 12;
/// Within this time a command of the binary, or a day of the ERP, is killed: about as long as they take.
const COMMAND: Duration = Duration::from_millis(500);

/// A run of the processes, and the kills that fall into it.
struct Run<'k> {
    processes: Processes,
    kills: &'k mut Kills,
    /// How long the stages were busy after the last step that was not disturbed: moments to kill lie within it.
    busy: Duration,
}

impl Run<'_> {
    /// Goes through the steps. Kills come in some of them, drawn so that every run has its part.
    async fn through(&mut self, steps: &[Step]) {
        self.processes.settle().await;
        let mut waves = WAVES_MAX.min(self.kills.left.div_ceil(WAVE));
        for (done, step) in steps.iter().enumerate() {
            let to_come = u32::try_from(steps.len() - done).unwrap();
            let disturbed = self.kills.one_of(to_come) < waves;
            waves -= u32::from(disturbed);
            let wave = if disturbed { WAVE.min(self.kills.left) } else { 0 };
            match step {
                Step::Day(day) => self.open_day(*day, wave).await,
                Step::Commands(commands) => self.run(commands, wave).await,
            }
        }
    }

    /// Runs the commands, one of which is killed and run again if the step is disturbed, and then lets the stages do
    /// what follows, killing them meanwhile.
    async fn run(&mut self, commands: &[Vec<String>], mut wave: u32) {
        let victim = self.kills.one_of(u32::try_from(commands.len()).unwrap().max(1));
        for (number, command) in (0..).zip(commands) {
            if wave > 0 && number == victim && self.kill_command(command).await {
                wave -= 1;
            }
            assert!(self.processes.command(command).wait().unwrap().success(), "{command:?}");
        }
        let begun = Instant::now();
        for _ in 0..wave {
            sleep(self.kills.moment(self.busy / WAVE)).await;
            let victim = self.kills.one_of(self.processes.count());
            self.processes.kill(victim);
            self.kills.done();
        }
        self.processes.settle().await;
        if wave == 0 {
            self.busy = begun.elapsed();
        }
    }

    /// `false`: it was at its end before the moment had come.
    async fn kill_command(&mut self, command: &[String]) -> bool {
        let mut command = self.processes.command(command);
        sleep(self.kills.moment(COMMAND)).await;
        command.kill().unwrap();
        let code = command.wait().unwrap().code();
        if code.is_none() {
            self.kills.done();
        }
        assert!(matches!(code, None | Some(0)), "{code:?}");
        code.is_none()
    }

    /// Sets the ERP's day, in the midst of which the ERP is killed if the step is disturbed.
    async fn open_day(&mut self, day: Day, wave: u32) {
        if wave > 0 {
            let asked = tokio::spawn(self.processes.open_day(day));
            sleep(self.kills.moment(COMMAND)).await;
            self.processes.kill_erp();
            self.kills.done();
            // Whether it has answered is not known to who sets the day, so it is set again.
            asked.await.unwrap();
        }
        let begun = Instant::now();
        while !self.processes.open_day(day).await {
            assert!(begun.elapsed() < Duration::from_secs(300), "the ERP does not answer");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn disturbed(place: &Path, given: &Given, kills: &mut Kills) -> Left {
    let processes = Processes::start(place, given, &Servers::shared()).await;
    let mut run = Run { processes, kills, busy: Duration::from_secs(2) };
    run.through(&steps(given)).await;
    run.processes.end(place, given).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stages_that_are_killed_again_and_again_end_like_a_pipeline_that_was_not_disturbed() {
    let place = tempfile::tempdir().unwrap();
    let given = Given::write(place.path(), PARTITIONS, MONTHS);
    let undisturbed = undisturbed(place.path(), &given).await;
    let mut kills = Kills::servers();
    for round in 1.. {
        let folder = place.path().join(format!("round-{round}"));
        std::fs::create_dir(&folder).unwrap();
        disturbed(&folder, &given, &mut kills).await.assert_same(&undisturbed);
        if kills.left == 0 {
            break;
        }
    }
}
