//! Where the store of a test lives. Each test has a place of its own, and can open it again.

use super::log_place::unique;
use std::sync::Arc;
use store::Store;
use store::postgres::PostgresStore;
use store::sqlite::SqliteStore;
use tempfile::TempDir;

/// Where the store of a stage lives.
pub enum StorePlace {
    Sqlite(TempDir),
    Postgres { prefix: String },
}

impl StorePlace {
    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    pub fn postgres() -> Self {
        Self::Postgres { prefix: format!("{}_", unique("s").replace('-', "_")) }
    }

    pub async fn open(&self) -> Arc<dyn Store> {
        self.open_stage("counting").await
    }

    pub async fn open_stage(&self, stage: &str) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(directory) => Arc::new(SqliteStore::open(directory.path(), stage).await.unwrap()),
            Self::Postgres { prefix } => {
                Arc::new(PostgresStore::open(&tests::postgres_url(), prefix, stage).await.unwrap())
            }
        }
    }
}
