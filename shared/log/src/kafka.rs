//! The log on Apache Kafka. Its client is built under the feature `kafka` only: librdkafka takes `make`, and nothing else of
//! the program does.

#[cfg(feature = "kafka")]
mod client;
mod config;
#[cfg(feature = "kafka")]
mod group;
#[cfg(feature = "kafka")]
mod lines;
#[cfg(feature = "kafka")]
mod log;
#[cfg(feature = "kafka")]
mod properties;
#[cfg(feature = "kafka")]
mod publisher;
#[cfg(feature = "kafka")]
mod reader;
#[cfg(feature = "kafka")]
mod received;
#[cfg(feature = "kafka")]
mod subscription;
#[cfg(feature = "kafka")]
mod topics;

pub use config::KafkaConfig;

use crate::{Error, Log};
use futures::future::BoxFuture;
use std::sync::Arc;

/// Connects to the brokers and looks at the topics that exist.
///
/// Topics that differ in their number of partitions are [`Error::Partitions`]. Without any topic the log has no
/// partitions until [`Log::create_topics`]; until then publishing is [`Error::NoPartition`]. A build without Kafka's client
/// answers [`Error::Setting`].
#[cfg(feature = "kafka")]
pub fn open(config: KafkaConfig) -> BoxFuture<'static, Result<Arc<dyn Log>, Error>> {
    Box::pin(async move { Ok(Arc::new(log::KafkaLog::open(config).await?) as Arc<dyn Log>) })
}

/// This build has no client of Kafka's: [`Error::Setting`].
#[cfg(not(feature = "kafka"))]
pub fn open(config: KafkaConfig) -> BoxFuture<'static, Result<Arc<dyn Log>, Error>> {
    let absent = Error::Setting {
        name: "KAFKA_BOOTSTRAP".to_owned(),
        problem: "this build has no client of Apache Kafka: build it with `--features tls`, or `--features kafka` for \
                  brokers without TLS"
            .to_owned(),
    };
    let refused = config.check().and(Err(absent));
    Box::pin(async move { refused })
}

#[cfg(all(test, not(feature = "kafka")))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_build_without_kafka_says_how_to_build_one_with_it() {
        let refused = open(KafkaConfig::new("127.0.0.1:9092")).await.map(drop).unwrap_err();
        assert!(refused.to_string().contains("--features kafka"), "{refused}");
    }
}
