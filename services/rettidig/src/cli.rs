//! The command line.

use crate::{
    access, alerts, assess, balance, bench, dead_letters, demo, erp, files, findings, generate, production,
    run, schemas, secrets, tasks, tls, up,
};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::process::ExitCode;

/// Keeps every municipal charge right, on time and provable.
///
/// Exit codes: 0 done (`up`, `serve` and `sandbox-erp`: stopped by a signal and drained); 1 failed, the text says why and
/// what to do, or cut off by a second signal; 2 the command line or a file or directory that it names is wrong; 3 `run` or
/// `demo` was stopped by a signal before the end: call it again with the same arguments and it goes on.
#[derive(Debug, Parser)]
#[command(name = "rettidig", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show it: a small municipality through a year, with some faults of the ERP.
    Demo(demo::Options),
    Generate(generate::Options),
    Run(run::Options),
    Up(Box<up::Options>),
    Serve(Box<production::ServeOptions>),
    #[command(subcommand)]
    Topics(production::Topics),
    #[command(subcommand)]
    Access(access::Access),
    Tick(production::TickOptions),
    Assess(assess::Options),
    Bench(bench::Options),
    Take(production::TakeOptions),
    Schemas(schemas::Options),
    SandboxErp(erp::Options),
    Alerts(Box<alerts::Options>),
    Balance(Box<balance::Options>),
    Findings(Box<findings::Options>),
    Tasks(Box<tasks::Options>),
    #[command(subcommand)]
    DeadLetters(Box<dead_letters::DeadLetters>),
    #[command(subcommand)]
    Files(Box<files::Files>),
}

/// How a command ended, other than by an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It did all it was to do.
    Done,
    /// A signal stopped it; it can go on.
    Stopped,
}

impl Cli {
    /// Reads the command line. What is wrong with it is told, and ends the process with 2; so does a secret on it.
    #[must_use]
    pub fn read() -> Self {
        let matches = Self::command().get_matches();
        if let Err(refused) = secrets::not_on_command_line(&matches) {
            failed(&refused.into());
            std::process::exit(2);
        }
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// Runs the command and gives the exit code.
pub fn main(cli: Cli) -> ExitCode {
    tls::choose_cryptography();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    match runtime.block_on(execute(cli.command)) {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::Stopped) => ExitCode::from(3),
        Err(error) => failed(&error),
    }
}

async fn execute(command: Command) -> anyhow::Result<Ended> {
    match command {
        Command::Demo(options) => demo::run(&options).await,
        Command::Generate(options) => generate::command(&options).map(|()| Ended::Done),
        Command::Run(options) => run::run(&options).await,
        Command::Up(options) => up::run(*options).await,
        Command::Serve(options) => production::serve(*options).await,
        Command::Topics(topics) => production::topics(topics).await.map(|()| Ended::Done),
        Command::Access(access) => access::run(&access).map(|()| Ended::Done),
        Command::Tick(options) => production::tick(options).await.map(|()| Ended::Done),
        Command::Assess(options) => assess::run(&options).map(|()| Ended::Done),
        Command::Bench(options) => bench::run(options).await.map(|()| Ended::Done),
        Command::Take(options) => production::take(options).await.map(|()| Ended::Done),
        Command::Schemas(options) => schemas::run(&options).await.map(|()| Ended::Done),
        Command::SandboxErp(options) => erp::run(&options).await,
        Command::Alerts(options) => alerts::list(&options).await.map(|()| Ended::Done),
        Command::Balance(options) => balance::run(&options).await.map(|()| Ended::Done),
        Command::Findings(options) => findings::run(&options).await.map(|()| Ended::Done),
        Command::Tasks(options) => tasks::run(&options).await.map(|()| Ended::Done),
        Command::DeadLetters(command) => dead_letters::run(*command).await.map(|()| Ended::Done),
        Command::Files(command) => files::run(*command).await.map(|()| Ended::Done),
    }
}

/// Tells the error with its causes. What the user has to correct ends with 2.
#[allow(clippy::print_stderr, reason = "it is what the user of a command sees")]
fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("rettidig: {error:#}");
    if error.is::<WrongInput>() { ExitCode::from(2) } else { ExitCode::FAILURE }
}

/// The user has to correct something.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongInput(pub String);
