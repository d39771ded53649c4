//! Where the stages keep things: a data directory, or the servers of production.

use crate::servers::{KafkaOptions, PostgresOptions};
use crate::{cli::WrongInput, data, pipeline};
use anyhow::Result;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, value_parser};
use eventlog::Log;
use eventlog::embedded::EmbeddedLog;
use std::path::PathBuf;
use std::sync::Arc;
use store::Store;

/// Where the stages keep things. On the command line `--data DIR`, or the options of the brokers and of the database.
#[derive(Debug, Clone)]
pub enum Place {
    /// A data directory of `run` or `up`.
    Directory(PathBuf),
    /// Apache Kafka and PostgreSQL.
    Servers(Box<(KafkaOptions, PostgresOptions)>),
}

const DATA: &str = "data";
const SERVERS: [&str; 2] = ["kafka_bootstrap", "postgres_url"];

impl Place {
    /// The log.
    pub async fn log(&self) -> Result<Arc<dyn Log>> {
        Ok(match self {
            Self::Directory(data) => {
                Arc::new(EmbeddedLog::open(data::log_file(data), data::partitions(data)?).await?)
            }
            Self::Servers(servers) => servers.0.open().await?,
        })
    }

    /// The store of a stage.
    pub async fn store(&self, stage: &str) -> Result<Arc<dyn Store>> {
        match self {
            Self::Directory(data) => {
                data::partitions(data)?;
                pipeline::embedded_store(data, stage).await
            }
            Self::Servers(servers) => servers.1.open_made(stage).await,
        }
    }

    /// The data directory, for what a running process does on the servers: `instead` says how to ask it.
    pub fn directory(&self, instead: &str) -> Result<&PathBuf, WrongInput> {
        match self {
            Self::Directory(data) => Ok(data),
            Self::Servers(_) => Err(WrongInput(instead.to_owned())),
        }
    }
}

impl Args for Place {
    fn augment_args(command: Command) -> Command {
        let data = Arg::new(DATA)
            .long(DATA)
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .help("The data directory of `run`, `up` or (in its folder `data`) `demo`; without it, the servers below");
        // None of them is needed where a directory is named.
        let command = KafkaOptions::augment_args_for_update(command.arg(data));
        PostgresOptions::augment_args_for_update(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Place {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let refused = |kind, text: &str| Err(clap::Error::raw(kind, format!("{text}\n")));
        let typed = |name: &&str| matches.value_source(name) == Some(ValueSource::CommandLine);
        if let Some(data) = matches.get_one::<PathBuf>(DATA) {
            if SERVERS.iter().any(typed) {
                return refused(
                    ErrorKind::ArgumentConflict,
                    "--data names a directory: name no servers beside it",
                );
            }
            return Ok(Self::Directory(data.clone()));
        }
        if SERVERS.iter().any(|name| !matches.contains_id(name)) {
            return refused(
                ErrorKind::MissingRequiredArgument,
                "name a data directory with --data, or the servers with --kafka-bootstrap and POSTGRES_URL",
            );
        }
        let (kafka, postgres) =
            (KafkaOptions::from_arg_matches(matches)?, PostgresOptions::from_arg_matches(matches)?);
        Ok(Self::Servers(Box::new((kafka, postgres))))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
