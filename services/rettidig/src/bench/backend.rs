//! On what a run is measured: a new log and new stores each time.

use super::log::MeteredLog;
use super::meter::Meter;
use super::store::MeteredStore;
use super::tape::Tapes;
use crate::data;
use crate::pipeline::parts;
use anyhow::{Context, Result};
use eventlog::Log;
use eventlog::embedded::EmbeddedLog;
use eventlog::kafka::{self, KafkaConfig};
use secrecy::{ExposeSecret, SecretString};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use store::Store;
use store::postgres::PostgresStore;
use store::sqlite::SqliteStore;

/// Log and stores.
#[derive(Debug, Clone)]
pub enum Backend {
    /// Files, every commit flushed to the disk.
    Embedded,
    /// Apache Kafka and PostgreSQL.
    Servers {
        /// The brokers.
        kafka: Box<KafkaConfig>,
        /// `postgres://user:password@host:port/database`
        postgres_url: SecretString,
    },
}

/// A log and the stores of all parts, counted.
pub(super) struct Opened {
    pub(super) log: Arc<dyn Log>,
    pub(super) stores: Vec<Arc<dyn Store>>,
    pub(super) meter: Arc<Meter>,
}

impl Backend {
    /// These brokers, and the database at `postgres://user:password@host:port/database`.
    pub fn servers(kafka: KafkaConfig, postgres_url: impl Into<SecretString>) -> Self {
        Self::Servers { kafka: Box::new(kafka), postgres_url: postgres_url.into() }
    }

    /// As the report names it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Servers { .. } => "kafka and postgresql",
        }
    }

    /// A new log and new stores under this name, which is one lower-case word; files lie in the folder `place`. What
    /// is saved is noted on the tapes.
    pub(super) async fn open(
        &self,
        name: &str,
        place: &Path,
        partitions: u32,
        tapes: &Tapes,
    ) -> Result<Opened> {
        let mut stores: Vec<Arc<dyn Store>> = Vec::new();
        let log: Arc<dyn Log> = match self {
            Self::Embedded => {
                for stage in parts() {
                    stores.push(Arc::new(SqliteStore::open(place, stage).await?));
                }
                Arc::new(EmbeddedLog::open(data::log_file(place), partitions).await?)
            }
            Self::Servers { kafka, postgres_url } => {
                let unique = unique();
                for stage in parts() {
                    let prefix = format!("bench_{unique}_{name}_");
                    let opened = PostgresStore::open(postgres_url.expose_secret(), &prefix, stage).await?;
                    stores.push(Arc::new(opened));
                }
                let mut config = (**kafka).clone();
                config.prefix = format!("{}bench-{unique}-{name}.", config.prefix);
                kafka::open(config).await?
            }
        };
        log.create_topics(partitions).await?;
        let meter = Arc::new(Meter::default());
        let metered = |store: Arc<dyn Store>| -> Arc<dyn Store> {
            let tape = tapes.of(store.stage());
            Arc::new(MeteredStore::new(store, Arc::clone(&meter), tape))
        };
        let stores = stores.into_iter().map(metered).collect();
        Ok(Opened { log: Arc::new(MeteredLog::new(log, Arc::clone(&meter))), stores, meter })
    }
}

/// Not used before on these servers: what an earlier bench has left there is in nobody's way.
fn unique() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:x}x{:x}", since.as_millis(), std::process::id())
}

/// A folder for one run, below the place of all.
pub(super) fn folder(place: &Path, name: &str) -> Result<std::path::PathBuf> {
    let folder = place.join(name);
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(folder)
}
