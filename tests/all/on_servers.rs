//! All stages in one process on Apache Kafka and PostgreSQL, under names that no other test has.

use crate::awaited::Awaited;
use eventlog::Log;
use eventlog::kafka::{self, KafkaConfig};
use rettidig::pipeline::{Plant, PlantConfig, parts};
use std::sync::Arc;
use store::Store;
use store::postgres::PostgresStore;

/// Names on the servers of all tests.
pub struct OnServers {
    /// The log.
    pub log: Arc<dyn Log>,
    postgres_prefix: String,
}

impl OnServers {
    /// New ones.
    pub async fn new() -> Self {
        let name = uuid::Uuid::new_v4().simple().to_string();
        let mut kafka = KafkaConfig::new(tests::kafka_bootstrap());
        kafka.prefix = format!("{name}.");
        let log = kafka::open(kafka).await.unwrap();
        Self { log: Arc::new(Awaited::new(log)), postgres_prefix: format!("p{}_", &name[..12]) }
    }

    /// The stages on what an earlier plant, which is gone, has left there.
    pub async fn plant(&self, config: PlantConfig) -> Plant {
        self.log.create_topics(config.partitions).await.unwrap();
        let stores = stores(&tests::postgres_url(), &self.postgres_prefix).await;
        Plant::assemble(Arc::clone(&self.log), stores, config).await.unwrap()
    }
}

/// Each part's store on PostgreSQL.
pub async fn stores(url: &str, prefix: &str) -> Vec<Arc<dyn Store>> {
    let mut stores: Vec<Arc<dyn Store>> = Vec::new();
    for part in parts() {
        stores.push(Arc::new(PostgresStore::open(url, prefix, part).await.unwrap()));
    }
    stores
}
