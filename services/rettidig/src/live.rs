//! What runs until a signal comes: the clock, the intake with its drop directory and its HTTP push, the workers.

use crate::cli::WrongInput;
use crate::data;
use crate::erp::TrainingErp;
use anyhow::{Context, Result, ensure};
use chrono::{Local, NaiveTime, Timelike};
use clap::Args;
use domain::{Day, PersonSecret};
use eventlog::Log;
use intake::http::{BODY_BYTES_MAX, HttpConfig};
use intake::{Intake, IntakeConfig};
use messages::Phase;
use runtime::telemetry::TelemetryOptions;
use runtime::{Edge, Health, HealthOptions, Monitor, Reach, Worker, WorkerOptions, calendar};
use secrecy::{ExposeSecret, SecretString};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

/// How often the clock and the drop directory are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// How long a stop waits for requests under way. What is pushed and not answered is pushed again.
const DRAIN_MAX: Duration = Duration::from_secs(20);

/// From which hour (local time) a phase of the day is announced: work in the morning, the ERP's ledger in the morning and
/// in the evening, comparison at night.
pub const PHASE_HOURS: [(Phase, u32); 3] = [(Phase::Opened, 6), (Phase::Closing, 20), (Phase::Closed, 22)];

/// Announces the phases of the days by the machine's clock.
pub struct Clock {
    calendar: Edge,
}

impl Clock {
    /// A clock that announces through this edge.
    pub fn new(calendar: Edge) -> Self {
        Self { calendar }
    }

    /// Announces until it is stopped. After an outage the phase that has come is announced; what was due meanwhile is
    /// found by state. A training ERP gets its day first.
    pub async fn run(&self, training: Option<&TrainingErp>, stop: &CancellationToken) -> Result<()> {
        let mut before = calendar::last(&self.calendar).await?.map(|last| last.date);
        while !stop.is_cancelled() {
            if let Some((day, phase)) = phase_of(now()) {
                if let (Some(erp), true) = (training, before != Some(day)) {
                    erp.open_day(day).await?;
                    before = Some(day);
                }
                if let Err(error) = calendar::announce(&self.calendar, day, phase).await {
                    tracing::error!(
                        error = &error as &(dyn std::error::Error + 'static),
                        "a phase of the day could not be announced and is tried again"
                    );
                }
            }
            pause(stop).await;
        }
        Ok(())
    }
}

/// The phase that a moment is in; before the first hour it is the last phase of the day before.
fn phase_of((day, time): (Day, NaiveTime)) -> Option<(Day, Phase)> {
    let reached = PHASE_HOURS.iter().rev().find(|(_, hour)| time.hour() >= *hour);
    match reached {
        Some((phase, _)) => Some((day, *phase)),
        None => day.pred_opt().map(|before| (before, Phase::Closed)),
    }
}

/// The machine's local day and time: the clock is where time enters.
#[allow(clippy::disallowed_methods, reason = "the live clock is the edge at which time becomes an event")]
fn now() -> (Day, NaiveTime) {
    let now = Local::now().naive_local();
    (now.date(), now.time())
}

/// The machine's day.
pub fn today() -> Day {
    now().0
}

async fn pause(stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(LOOK_EVERY) => {}
        () = stop.cancelled() => {}
    }
}

/// How input comes in.
#[derive(Debug, Clone, Args)]
pub struct IntakeOptions {
    /// Directory in which files of the registers and of staff are dropped.
    #[arg(long, env = "RETTIDIG_DROP_DIR", value_name = "DIR")]
    pub drop_dir: Option<PathBuf>,
    /// Where dropped files are moved once they are taken.
    #[arg(long, env = "RETTIDIG_DONE_DIR", value_name = "DIR", requires = "drop_dir")]
    pub done_dir: Option<PathBuf>,
    /// Where intake listens for HTTP push.
    #[arg(long, env = "RETTIDIG_PUSH_BIND", value_name = "ADDR:PORT")]
    pub push_bind: Option<SocketAddr>,
    /// Bearer token for HTTP push: at least 16 characters. From the environment only, a command line can be seen by others.
    #[arg(long, env = "RETTIDIG_PUSH_TOKEN", hide_env_values = true)]
    pub push_token: Option<SecretString>,
    /// The secret under which CPR numbers become keys: at least 16 random bytes, the same for ever.
    #[arg(long, env = "RETTIDIG_PERSON_SECRET_FILE", value_name = "FILE")]
    pub person_secret_file: Option<PathBuf>,
}

impl IntakeOptions {
    /// The secret, or what the user has to correct: also a drop directory that is none.
    pub fn checked(&self) -> Result<PersonSecret> {
        let secret = self.person_secret_file.as_deref().ok_or_else(|| {
            WrongInput("name --person-secret-file, a file with at least 16 random bytes".to_owned())
        })?;
        if let Some(folder) = self.drop_dir.as_deref().filter(|folder| !folder.is_dir()) {
            return Err(WrongInput(format!("--drop-dir {} is no directory", folder.display())).into());
        }
        data::person_secret(Some(secret))
    }
}

/// The intake, live.
pub struct Edges {
    intake: Arc<Mutex<Intake>>,
    drop_dir: Option<PathBuf>,
    push: Option<Push>,
}

impl Edges {
    /// Opens the intake and finishes files that were interrupted.
    pub async fn open(
        options: &IntakeOptions,
        evidence_dir: PathBuf,
        log: Arc<dyn Log>,
        store: Arc<dyn Store>,
    ) -> Result<Self> {
        let secret = options.checked()?;
        let config = IntakeConfig { evidence_dir, secret, done_dir: options.done_dir.clone() };
        let mut intake = data::wrong_input(Intake::open(config, log, store).await)?;
        intake.resume(now().0).await?;
        let intake = Arc::new(Mutex::new(intake));
        let push = Push::open(options, &intake).await?;
        Ok(Self { intake, drop_dir: options.drop_dir.clone(), push })
    }

    /// Where files and commands are pushed to.
    pub fn push_address(&self) -> Option<SocketAddr> {
        self.push.as_ref().and_then(|push| push.listener.local_addr().ok())
    }

    /// Takes files and requests until it is stopped.
    pub async fn run(mut self, stop: &CancellationToken) -> Result<()> {
        let pushed = self.push.take().map(|push| push.serve(stop.clone())).transpose()?;
        tokio::try_join!(self.look(stop), lasts("the HTTP push", pushed, stop))?;
        Ok(())
    }

    /// Looks at the drop directory. A failure of the folder, the store or the log is logged and tried again: nothing is
    /// lost meanwhile, and what is pushed may still be taken.
    async fn look(&self, stop: &CancellationToken) -> Result<()> {
        while !stop.is_cancelled() {
            if let Some(folder) = &self.drop_dir
                && let Err(error) = self.intake.lock().await.take_directory(folder, now().0).await
            {
                tracing::error!(
                    error = &error as &(dyn std::error::Error + 'static),
                    "the drop directory could not be taken and is tried again"
                );
            }
            pause(stop).await;
        }
        Ok(())
    }
}

/// HTTP push, bound and ready to be served.
struct Push {
    listener: TcpListener,
    config: HttpConfig,
}

impl Push {
    async fn open(options: &IntakeOptions, intake: &Arc<Mutex<Intake>>) -> Result<Option<Self>> {
        let Some(bind) = options.push_bind else { return Ok(None) };
        let token = options.push_token.as_ref();
        let token = token.ok_or_else(|| WrongInput("HTTP push needs RETTIDIG_PUSH_TOKEN".to_owned()))?;
        let config = HttpConfig {
            intake: Arc::clone(intake),
            token: SecretString::from(token.expose_secret().to_owned()),
            today: Arc::new(|| now().0),
            body_bytes_max: BODY_BYTES_MAX,
        };
        // A weak token is told before anything is opened.
        drop(intake::http::router(config.clone()).map_err(|weak| WrongInput(weak.to_string()))?);
        let listener =
            TcpListener::bind(bind).await.with_context(|| format!("{bind} cannot be listened on"))?;
        tracing::info!(address = %listener.local_addr()?, "intake listens");
        Ok(Some(Self { listener, config }))
    }

    fn serve(self, stop: CancellationToken) -> Result<JoinHandle<std::io::Result<()>>> {
        let router = intake::http::router(self.config)?;
        let stopped = Box::pin(async move { stop.cancelled().await });
        Ok(tokio::spawn(intake::http::serve(self.listener, router, stopped)))
    }
}

/// How a live process works and is watched.
#[derive(Debug, Clone, Args)]
pub struct LiveOptions {
    /// How the workers work.
    #[command(flatten)]
    pub worker: WorkerOptions,
    /// Where `/live`, `/ready` and `/metrics` are.
    #[command(flatten)]
    pub health: HealthOptions,
    /// Logs and traces.
    #[command(flatten)]
    pub telemetry: TelemetryOptions,
}

/// Runs workers until they are stopped, and shows how they and the edges stand. One that ends by itself stops the others:
/// a part that is gone must be seen.
pub async fn work(
    workers: Vec<Worker>,
    edges: Vec<Reach>,
    options: &LiveOptions,
    stop: &CancellationToken,
) -> Result<()> {
    let monitor = Monitor::default();
    let mut running = JoinSet::new();
    if let Some(address) = options.health.health_bind {
        let health = Health::bind(address, &monitor).await?;
        let stop = stop.clone();
        running.spawn(async move { ("health", health.serve(stop).await) });
    }
    for edge in edges {
        let (monitor, stop) = (monitor.clone(), stop.clone());
        running.spawn(async move {
            edge.watch_edge(monitor, stop).await;
            ("edge", Ok(()))
        });
    }
    for mut worker in workers {
        worker.watch(&monitor);
        let stop = stop.clone();
        running.spawn(async move { (worker.name(), worker.run(stop).await) });
    }
    let mut first = Ok(());
    while let Some(ended) = running.join_next().await {
        let early = !stop.is_cancelled();
        stop.cancel();
        // The others are drained; what follows from the first failure is not the cause.
        first = first.and(how(ended, early));
    }
    first
}

/// What the end of a part means.
fn how(ended: Result<(&'static str, Result<(), runtime::Error>), JoinError>, early: bool) -> Result<()> {
    let (part, ended) = ended.context("a part has ended by a fault of the program")?;
    ended.with_context(|| format!("{part} has ended"))?;
    ensure!(!early, "{part} has ended by itself; start the process again");
    Ok(())
}

/// A task that is to last until it is stopped: when it ends before, that is an error.
async fn lasts(
    part: &'static str,
    task: Option<JoinHandle<std::io::Result<()>>>,
    stop: &CancellationToken,
) -> Result<()> {
    let Some(mut task) = task else { return Ok(()) };
    let budget = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN_MAX).await;
    };
    let ended = tokio::select! {
        ended = &mut task => ended,
        () = budget => {
            task.abort();
            tracing::warn!(part, "connections were still open and have been cut");
            return Ok(());
        }
    };
    ended.with_context(|| format!("{part} has ended by a fault of the program"))?.context(part)?;
    ensure!(stop.is_cancelled(), "{part} has ended by itself; start the process again");
    Ok(())
}

/// A part of a process: when it ends with an error, the other parts are stopped too.
pub async fn or_stop(stop: &CancellationToken, part: impl Future<Output = Result<()>>) -> Result<()> {
    let ended = part.await;
    if ended.is_err() {
        stop.cancel();
    }
    ended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_ends_before_it_is_stopped_is_an_error_and_one_that_is_stopped_is_none() {
        let stop = CancellationToken::new();
        let task = |ends| Some(tokio::spawn(async move { ends }));
        let early = lasts("the HTTP push", task(Ok(())), &stop).await.unwrap_err();
        assert!(early.to_string().starts_with("the HTTP push has ended by itself"));
        let broken = std::io::Error::other("no listener");
        assert_eq!(
            format!("{:#}", lasts("the HTTP push", task(Err(broken)), &stop).await.unwrap_err()),
            "the HTTP push: no listener"
        );
        let lasting =
            async { lasts("the HTTP push", Some(tokio::spawn(std::future::pending())), &stop).await };
        let timeout = tokio::time::timeout(Duration::from_millis(20), lasting).await;
        assert!(timeout.is_err(), "it waits as long as the task lasts");
        stop.cancel();
        lasts("the HTTP push", task(Ok(())), &stop).await.unwrap();
    }

    #[test]
    fn each_phase_begins_at_its_hour_and_the_night_belongs_to_the_day_before() {
        let day: Day = "2023-04-01".parse().unwrap();
        let at = |hour, minute| phase_of((day, NaiveTime::from_hms_opt(hour, minute, 0).unwrap()));
        assert_eq!(at(5, 59), Some((day.pred_opt().unwrap(), Phase::Closed)));
        assert_eq!(at(6, 0), Some((day, Phase::Opened)));
        assert_eq!(at(20, 0), Some((day, Phase::Closing)));
        assert_eq!(at(23, 59), Some((day, Phase::Closed)));
    }
}
