//! The stages on Apache Kafka and PostgreSQL, each a process of its own, killed at random moments and started again, end
//! like a pipeline on files that nobody has disturbed. The ERP is killed with them: what it has answered it keeps.

use super::processes::Processes;
use super::{config, days, input, live_through, stores};
use crate::kills::Kills;
use crate::left::{Left, assessed};
use crate::scenarios::place::{json_lines, ledger};
use domain::Day;
use erp_sandbox::Faults;
use eventlog::Log;
use messages::Finding;
use rettidig::erp::TrainingErp;
use rettidig::pipeline::Plant;
use rettidig::report::{Report, write_findings};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Chosen by the key alone, so that the same ones are hit whoever is faster.
const FAULTS: &str = "{seed: 7, faults: [{kind: timeout_after_post, share: 0.2}, {kind: drop, share: 0.05}, \
                      {kind: duplicate, share: 0.05}, {kind: reject, share: 0.05}, {kind: lapse, share: 0.5}]}";
/// Processes killed one soon after the other: each kill stops its stage until the group has given up the dead member.
const WAVE: u32 = 6;
/// Steps of a run that are disturbed, at most: about a quarter, so that what they left broken shows in those between.
const WAVES_MAX: u32 = 12;
/// Within this time a command of the binary, or a day of the ERP, is killed: about as long as they take.
const COMMAND: Duration = Duration::from_millis(500);

/// Where the input and the secrets lie.
struct Given {
    input: PathBuf,
    secret: PathBuf,
    faults: PathBuf,
}

/// What both kinds of runs have at their end.
async fn left(
    place: &Path,
    log: &dyn Log,
    (report, findings): (Report, Vec<Finding>),
    (faults, erp): (&Path, &Path),
) -> Left {
    let path = place.join("findings.jsonl");
    write_findings(&path, &findings).unwrap();
    let report = serde_json::to_value(&report).unwrap();
    Left::of(report, json_lines(&path), json_lines(faults), ledger(erp).await, assessed(log).await)
}

async fn undisturbed(place: &Path, given: &Given) -> Left {
    let (erp_data, faults_log) = (place.join("erp"), place.join("faults.jsonl"));
    let faults = Faults::parse(FAULTS).unwrap();
    let erp = TrainingErp::start(erp_data.clone(), faults, Some(faults_log.clone())).await.unwrap();
    let mut config = config(place, &erp.url());
    config.person_secret_file = Some(given.secret.clone());
    let mut plant = Plant::embedded(config).await.unwrap();
    let reported = live_through(&mut plant, &erp, &given.input, (Duration::ZERO, Duration::ZERO)).await;
    let partitions = super::PARTITIONS;
    drop(plant);
    erp.stop().await.unwrap();
    let log =
        eventlog::embedded::EmbeddedLog::open(rettidig::data::log_file(place), partitions).await.unwrap();
    left(place, &log, reported, (&faults_log, &erp_data)).await
}

/// What the world does next; then the stages come to rest.
enum Step {
    /// The ERP's day comes.
    Day(Day),
    /// Commands of the binary, one after the other.
    Commands(Vec<Vec<String>>),
}

/// The same days as in `live_through`.
fn steps(input: &Path) -> Vec<Step> {
    let mut folders = intake::days(input).unwrap().into_iter().peekable();
    let mut steps = Vec::new();
    for day in days() {
        steps.push(Step::Day(day));
        let date = day.to_string();
        let mut takes = Vec::new();
        while let Some((_, folder)) = folders.next_if(|(of, _)| of.unwrap() <= day) {
            takes.push(["take", &folder.display().to_string(), "--date", &date].map(str::to_owned).into());
        }
        steps.push(Step::Commands(takes));
        for phase in ["opened", "closing", "closed"] {
            let tick = ["tick", "--date", &date, "--phase", phase].map(str::to_owned).into();
            steps.push(Step::Commands(vec![tick]));
        }
    }
    steps
}

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
    let processes = Processes::start(place, &given.secret, &given.faults).await;
    let mut run = Run { processes, kills, busy: Duration::from_secs(2) };
    run.through(&steps(&given.input)).await;
    let Run { processes, .. } = run;
    let mut config = config(place, &processes.erp_url);
    config.person_secret_file = Some(given.secret.clone());
    let stores = stores(&processes.postgres_prefix).await;
    let log = Arc::clone(&processes.log);
    let plant = Plant::assemble(Arc::clone(&log), stores, config).await.unwrap();
    let reported = plant.report(days().last().unwrap()).await.unwrap();
    let (erp, faults) = (processes.erp_data.clone(), processes.faults_log.clone());
    drop(processes);
    left(place, &*log, reported, (&faults, &erp)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stages_that_are_killed_again_and_again_end_like_a_pipeline_that_was_not_disturbed() {
    let place = tempfile::tempdir().unwrap();
    let given = Given {
        input: input(place.path()),
        secret: place.path().join("secret"),
        faults: place.path().join("faults.yaml"),
    };
    std::fs::write(&given.secret, "a secret of these tests, known to all").unwrap();
    std::fs::write(&given.faults, FAULTS).unwrap();
    let folder = |name: String| {
        let folder = place.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        folder
    };
    let undisturbed = undisturbed(&folder("undisturbed".to_owned()), &given).await;
    assert!(undisturbed.ledger.len() > 10 && undisturbed.assessed.len() > 20);

    let mut kills = Kills::servers();
    for round in 1.. {
        disturbed(&folder(format!("round-{round}")), &given, &mut kills).await.assert_same(&undisturbed);
        if kills.left == 0 {
            break;
        }
    }
}
