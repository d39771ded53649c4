//! What the floor has to do: from the tapes and the log of the real run.

use super::tape::{Asked, Call, Noted, Recorded};
use anyhow::{Context, Result, ensure};
use domain::Day;
use eventlog::{Log, Received, partition_of};
use messages::{Body, Topic, header};
use runtime::{Change, Outgoing, Refusal, Shape};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// How many records are read at a time.
const PAGE: usize = 2_000;

/// Messages by sender (stage and partition), in the order of their numbers.
pub(super) struct Sent {
    by_sender: HashMap<(String, u32), VecDeque<Outgoing>>,
}

/// What is to be done for an input.
pub(super) struct Deed {
    pub(super) state: Change<usize>,
    pub(super) messages: Vec<Outgoing>,
    pub(super) timers: Vec<(String, Option<Day>)>,
    pub(super) calls: Vec<Call>,
    pub(super) refused: Option<Refusal>,
}

/// What a stage has to do for each input: by key, then by what is asked, in order.
#[derive(Default)]
pub(super) struct Plan {
    deeds: HashMap<String, HashMap<Asked, VecDeque<Deed>>>,
}

impl Sent {
    /// Reads all that the stages and the intake have written.
    pub(super) async fn read(log: &dyn Log) -> Result<Self> {
        let mut numbered: BTreeMap<(String, u32, i64), Outgoing> = BTreeMap::new();
        let mut kinds = BTreeSet::new();
        for topic in Topic::ALL.into_iter().filter(|topic| *topic != Topic::CalendarDays) {
            for partition in 0..log.partitions() {
                let mut next = 0;
                loop {
                    let page = log.read(topic, partition, next, PAGE).await?;
                    let Some(last) = page.last() else { break };
                    next = last.offset + 1;
                    for record in &page {
                        let (sender, number) = sender(record).context("a record without a sender")?;
                        numbered.insert((sender.0, sender.1, number), outgoing(record, &mut kinds)?);
                    }
                }
            }
        }
        let mut by_sender: HashMap<_, VecDeque<_>> = HashMap::new();
        for ((stage, partition, _), message) in numbered {
            by_sender.entry((stage, partition)).or_default().push_back(message);
        }
        Ok(Self { by_sender })
    }

    /// The next messages of a sender.
    pub(super) fn take(&mut self, stage: &str, partition: u32, count: usize) -> Result<Vec<Outgoing>> {
        let left = self.by_sender.entry((stage.to_owned(), partition)).or_default();
        ensure!(left.len() >= count, "{stage} has sent fewer messages than are on its tape");
        Ok(left.drain(..count).collect())
    }

    /// How many messages nobody has taken.
    pub(super) fn left(&self) -> usize {
        self.by_sender.values().map(VecDeque::len).sum()
    }
}

impl Plan {
    /// Takes from what was sent what belongs to each input of a tape.
    pub(super) fn of(
        recorded: &mut Recorded,
        shape: Shape,
        partitions: u32,
        sent: &mut Sent,
    ) -> Result<Self> {
        let mut plan = Self::default();
        for noted in std::mem::take(&mut recorded.inputs) {
            let Noted { key, asked, state, messages, timers, calls, refused } = noted;
            let partition = partition_of(key.as_bytes(), partitions);
            let mut messages = sent.take(shape.name, partition, messages)?;
            if refused.is_some() {
                // The runtime writes the dead letter by itself.
                sent.take(shape.name, partition, 1)?;
                messages.clear();
            }
            let deed = Deed { state, messages, timers, calls, refused };
            plan.deeds.entry(key).or_default().entry(asked).or_default().push_back(deed);
        }
        Ok(plan)
    }

    /// What is to be done for the next input of this key.
    pub(super) fn next(&mut self, key: &str, asked: &Asked) -> Option<Deed> {
        self.deeds.get_mut(key)?.get_mut(asked)?.pop_front()
    }

    /// How many inputs have not come.
    pub(super) fn left(&self) -> usize {
        self.deeds.values().flat_map(HashMap::values).map(VecDeque::len).sum()
    }
}

fn sender(record: &Received) -> Option<((String, u32), i64)> {
    let (stage, partition) = record.header(header::SENDER)?.rsplit_once('/')?;
    let number = record.header(header::SEQUENCE)?.parse().ok()?;
    Some(((stage.to_owned(), partition.parse().ok()?), number))
}

/// The message as its stage has sent it.
fn outgoing(record: &Received, kinds: &mut BTreeSet<&'static str>) -> Result<Outgoing> {
    let Body { causes, evidence, data }: Body<Box<RawValue>> = serde_json::from_slice(&record.body)?;
    let kind = record.header(header::TYPE).and_then(|kind| kind.rsplit('.').nth(1));
    let kind = kind.context("a record without a kind")?;
    let kind = match kinds.get(kind) {
        Some(known) => known,
        None => {
            // There are a few dozen kinds of messages, and each is kept once.
            let kept: &'static str = Box::leak(kind.to_owned().into_boxed_str());
            kinds.insert(kept);
            kept
        }
    };
    let key = String::from_utf8(record.key.clone())?;
    Ok(Outgoing { topic: record.topic, key, kind, causes, evidence, trace: None, data })
}
