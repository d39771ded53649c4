//! Where the log of a test lives. Each test has a place of its own, and can open it again.

use eventlog::Log;
use eventlog::embedded::EmbeddedLog;
use eventlog::kafka::{self, KafkaConfig};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// Partitions of every log of the suite.
pub const PARTITIONS: u32 = 4;

/// A name that no other test has, on a server that may be older than this run.
pub fn unique(name: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let started = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    format!("t{started}_{}_{}_{name}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Where a log lives.
pub enum LogPlace {
    Embedded(TempDir),
    Kafka(KafkaConfig),
}

impl LogPlace {
    pub fn embedded() -> Self {
        Self::Embedded(tempfile::tempdir().unwrap())
    }

    pub fn kafka(name: &str) -> Self {
        let prefix = format!("{}.", unique(name));
        Self::Kafka(KafkaConfig { prefix, ..KafkaConfig::new(tests::kafka_bootstrap()) })
    }

    /// Opens the log, and makes its topics where they are missing.
    pub async fn open(&self) -> Arc<dyn Log> {
        let log: Arc<dyn Log> = match self {
            Self::Embedded(directory) => {
                Arc::new(EmbeddedLog::open(directory.path().join("log.db"), PARTITIONS).await.unwrap())
            }
            Self::Kafka(config) => kafka::open(config.clone()).await.unwrap(),
        };
        log.create_topics(PARTITIONS).await.unwrap();
        log
    }
}
