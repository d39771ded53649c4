//! The training ERP: started by itself, and beside a run.

use crate::cli::{Ended, WrongInput};
use crate::data;
use anyhow::{Context, Result};
use clap::Args;
use domain::Day;
use erp_sandbox::{Faults, RunningSandbox, Sandbox, SandboxConfig};
use reqwest::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// Start the ERP sandbox by itself: claims, subscriptions, a ledger, faults on demand. Not for production.
#[derive(Debug, Args)]
pub struct Options {
    /// Where it keeps its ledger.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Where it listens; port 0 takes a free one, which is printed.
    #[arg(long, default_value = "127.0.0.1:8090")]
    bind: SocketAddr,
    /// Bearer token that callers must send, from the environment only. None is needed on the loopback address.
    #[arg(long, env = "RETTIDIG_ERP_TOKEN", hide_env_values = true)]
    token: Option<SecretString>,
    /// Faults to inject, YAML: `seed: 7`, `faults: [{kind: lapse, count: 33, from: 2023-04}, …]`.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// One JSON line for each fault that was injected.
    #[arg(long, value_name = "FILE")]
    faults_log: Option<PathBuf>,
}

/// Serves until a signal comes.
pub async fn run(options: &Options) -> Result<Ended> {
    data::make(&options.data)?;
    let _held = data::hold(&options.data)?;
    let sandbox = Sandbox::start(SandboxConfig {
        data_dir: options.data.clone(),
        bind: options.bind,
        token: options.token.clone(),
        faults: faults(options.faults.as_deref())?,
        faults_log: options.faults_log.clone(),
    })
    .await?;
    crate::run::say(&format!(
        "The ERP sandbox listens on {}; set its day with POST /sandbox/day.",
        sandbox.base_url()
    ));
    crate::signals::stop_on_signal().cancelled().await;
    sandbox.shutdown().await?;
    Ok(Ended::Done)
}

/// Reads a faults file; none where none is named.
pub fn faults(path: Option<&Path>) -> Result<Faults> {
    let Some(path) = path else { return Ok(Faults::default()) };
    let text = std::fs::read_to_string(path)
        .map_err(|error| WrongInput(format!("the faults file {} cannot be read: {error}", path.display())))?;
    Faults::parse(&text).map_err(|error| WrongInput(format!("{}: {error}", path.display())).into())
}

/// What the sandbox answers to a day before its own.
const DAY_BACK: &str = "day_back";

/// A refusal of the sandbox.
#[derive(Debug, Deserialize)]
struct Problem {
    code: String,
    detail: String,
}

/// The sandbox beside a run, and the hand that turns its calendar.
pub struct TrainingErp {
    running: RunningSandbox,
    data_dir: PathBuf,
    http: reqwest::Client,
}

impl TrainingErp {
    /// Starts it on a free port of the loopback address.
    pub async fn start(data_dir: PathBuf, faults: Faults, faults_log: Option<PathBuf>) -> Result<Self> {
        let bind = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let config = SandboxConfig { data_dir: data_dir.clone(), bind, token: None, faults, faults_log };
        let running = Sandbox::start(config).await.context("the ERP sandbox does not start")?;
        Ok(Self { running, data_dir, http: reqwest::Client::new() })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        self.running.base_url()
    }

    /// Lets it do the work of a day. The same day again, or one that it has behind it, changes nothing.
    pub async fn open_day(&self, day: Day) -> Result<()> {
        let url = format!("{}/sandbox/day", self.url());
        let body = serde_json::json!({ "date": day });
        let answer =
            self.http.post(url).json(&body).send().await.context("the ERP sandbox does not answer")?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let problem: Problem = answer.json().await.context("the ERP sandbox answers with no problem")?;
        // A run that was stopped after the ERP's day had come and before its own had been announced.
        let was_behind_it = status == StatusCode::CONFLICT && problem.code == DAY_BACK;
        anyhow::ensure!(was_behind_it, "the ERP sandbox refuses {day}: {} ({status})", problem.detail);
        Ok(())
    }

    /// The faults that hold and have hit nothing, in words.
    pub fn idle_faults(&self) -> Result<Vec<String>> {
        let idle = Sandbox::idle_faults(&self.data_dir)?;
        Ok(idle.iter().map(serde_json::to_string).collect::<Result<_, _>>()?)
    }

    /// Stops it; what it has accepted is on disk.
    pub async fn stop(self) -> Result<()> {
        Ok(self.running.shutdown().await?)
    }
}
