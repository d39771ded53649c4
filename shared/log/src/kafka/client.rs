//! What every client of the brokers shares: where its lines go, and the offsets that a partition holds.

use crate::Error;
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::{Offset, TopicPartitionList};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::lines::{log_line, problem};
use super::properties::REQUEST_TIMEOUT;

/// How long to wait before a question is asked again.
const RETRY_WAIT: Duration = Duration::from_millis(50);

/// Sends what librdkafka has to say to our log.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Logging;

impl ClientContext for Logging {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log_line(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        problem(&error, reason);
    }
}

impl ConsumerContext for Logging {}

/// The first offset kept and the offset of the next record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub first: i64,
    pub end: i64,
}

/// Asks the brokers for the bounds of one partition of these topics, again where a leader is just moving. Blocks the
/// thread.
pub(super) fn bounds<X, C>(
    consumer: &C,
    topics: &[String],
    partition: i32,
) -> KafkaResult<BTreeMap<String, Bounds>>
where
    X: ConsumerContext,
    C: Consumer<X>,
{
    let deadline = Instant::now() + REQUEST_TIMEOUT;
    loop {
        let found = offsets(consumer, topics, partition, Offset::Beginning)
            .and_then(|first| Ok((first, offsets(consumer, topics, partition, Offset::End)?)));
        match found {
            Ok((first, end)) => {
                let both = |(topic, first)| {
                    let end = *end.get(&topic)?;
                    Some((topic, Bounds { first, end }))
                };
                return Ok(first.into_iter().filter_map(both).collect());
            }
            Err(error) if passes(&error) && Instant::now() < deadline => std::thread::sleep(RETRY_WAIT),
            Err(error) => return Err(error),
        }
    }
}

/// The first or the last offset of one partition of each topic: the protocol takes their names in the place of a time.
fn offsets<X, C>(
    consumer: &C,
    topics: &[String],
    partition: i32,
    which: Offset,
) -> KafkaResult<BTreeMap<String, i64>>
where
    X: ConsumerContext,
    C: Consumer<X>,
{
    let mut list = TopicPartitionList::with_capacity(topics.len());
    for topic in topics {
        list.add_partition_offset(topic, partition, which)?;
    }
    let answer = consumer.offsets_for_times(list, REQUEST_TIMEOUT)?;
    let mut offsets = BTreeMap::new();
    for element in answer.elements() {
        element.error()?;
        let Offset::Offset(offset) = element.offset() else {
            return Err(KafkaError::NoMessageReceived);
        };
        offsets.insert(element.topic().to_owned(), offset);
    }
    Ok(offsets)
}

impl Bounds {
    /// Where reading begins: at `wanted`, or at the first record where nothing is wanted. Records that are wanted and
    /// no longer kept are never skipped.
    pub(super) fn start(self, place: &str, wanted: Option<i64>) -> Result<i64, Error> {
        match wanted {
            None => Ok(self.first),
            Some(wanted) if wanted < self.first => {
                Err(Error::Gone { place: place.to_owned(), wanted, first: self.first })
            }
            Some(wanted) if wanted > self.end => {
                Err(Error::Ahead { place: place.to_owned(), wanted, end: self.end })
            }
            Some(wanted) => Ok(wanted),
        }
    }
}

/// Whether the client gets over this by itself: it goes on where it was as soon as the brokers answer.
pub(super) fn passes(error: &KafkaError) -> bool {
    use RDKafkaErrorCode as Code;
    let (KafkaError::MessageConsumption(code)
    | KafkaError::Global(code)
    | KafkaError::MetadataFetch(code)
    | KafkaError::OffsetFetch(code)) = error
    else {
        return false;
    };
    matches!(
        code,
        Code::AllBrokersDown
            | Code::BrokerTransportFailure
            | Code::Resolve
            | Code::OperationTimedOut
            | Code::RequestTimedOut
            | Code::NetworkException
            | Code::LeaderNotAvailable
            | Code::NotLeaderForPartition
            | Code::UnknownLeaderEpoch
            | Code::FencedLeaderEpoch
            | Code::OffsetNotAvailable
            | Code::CoordinatorLoadInProgress
            | Code::CoordinatorNotAvailable
            | Code::NotCoordinator
            | Code::RebalanceInProgress
            | Code::PollExceeded
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_that_is_no_longer_kept_is_an_error_and_never_a_skip() {
        let bounds = Bounds { first: 5, end: 9 };
        assert_eq!(bounds.start("t/0", None).unwrap(), 5);
        assert_eq!(bounds.start("t/0", Some(5)).unwrap(), 5);
        assert_eq!(bounds.start("t/0", Some(9)).unwrap(), 9);
        assert!(matches!(bounds.start("t/0", Some(4)), Err(Error::Gone { wanted: 4, first: 5, .. })));
        assert!(matches!(bounds.start("t/0", Some(10)), Err(Error::Ahead { wanted: 10, end: 9, .. })));
    }
}
