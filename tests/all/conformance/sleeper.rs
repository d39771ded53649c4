//! An owner that falls asleep between deciding and saving, and wakes up when another has gone on with its partitions: what
//! it saves is refused, and nothing of what the other has done is lost.

use super::log_place::{LogPlace, PARTITIONS};
use super::on_every_store;
use super::store_place::StorePlace;
use super::worker::{Counting, KEYS, PATIENCE, POISON, ROUNDS, key, noted, round, states, told, until};
use async_trait::async_trait;
use eventlog::Log;
use runtime::{DynStage, Worker, WorkerConfig};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use store::{Around, Commit, Error, Store};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

on_every_store![an_owner_that_sleeps_before_it_saves_has_lost_when_it_wakes];

/// The commit in which it falls asleep: there are states by then.
const SLEEPS_AT: u32 = 8;

/// A store whose owner falls asleep once.
struct Sleeper {
    store: Arc<dyn Store>,
    commits: AtomicU32,
    asleep: Notify,
    awake: Notify,
    /// Whether the commit in which it slept was refused.
    lost: Mutex<Option<bool>>,
}

#[async_trait]
impl Around for Sleeper {
    fn store(&self) -> &dyn Store {
        &*self.store
    }

    async fn commit(&self, partition: u32, expected: i64, commit: &Commit) -> Result<(), Error> {
        if self.commits.fetch_add(1, Ordering::SeqCst) + 1 != SLEEPS_AT {
            return self.store.commit(partition, expected, commit).await;
        }
        self.asleep.notify_one();
        self.awake.notified().await;
        let ended = self.store.commit(partition, expected, commit).await;
        *self.lost.lock().unwrap() = Some(matches!(ended, Err(Error::Lost { .. })));
        ended
    }
}

async fn an_owner_that_sleeps_before_it_saves_has_lost_when_it_wakes(place: StorePlace) {
    let logs = LogPlace::embedded();
    let (log, store) = (logs.open().await, place.open().await);
    log.create_topics(PARTITIONS).await.unwrap();
    for n in 0..ROUNDS {
        log.publish(round(n)).await.unwrap();
    }
    let sleeper = Arc::new(Sleeper {
        store: place.open().await,
        commits: AtomicU32::new(0),
        asleep: Notify::new(),
        awake: Notify::new(),
        lost: Mutex::new(None),
    });
    let start = |log: Arc<dyn Log>, store: Arc<dyn Store>| {
        let config = WorkerConfig { batch_messages_max: 40, ..WorkerConfig::live() };
        let stop = CancellationToken::new();
        let worker = Worker::new(DynStage::new(Counting), log, store, config);
        (tokio::spawn(worker.run(stop.clone())), stop)
    };
    // Every subscription to this log has all partitions, as if the group had lost patience with the sleeper.
    let old = start(Arc::clone(&log), Arc::clone(&sleeper) as Arc<dyn Store>);
    sleeper.asleep.notified().await;
    let new = start(Arc::clone(&log), place.open().await);
    until(store.as_ref(), "all numbers are noted", noted).await;
    new.1.cancel();
    new.0.await.unwrap().unwrap();
    let before = states(store.as_ref()).await;

    sleeper.awake.notify_one();
    let begun = std::time::Instant::now();
    while sleeper.lost.lock().unwrap().is_none() {
        assert!(begun.elapsed() < PATIENCE);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(*sleeper.lost.lock().unwrap(), Some(true), "it must not save");
    old.1.cancel();
    old.0.await.unwrap().unwrap();
    assert_eq!(states(store.as_ref()).await, before);
    let told = told(log.as_ref()).await;
    for n in 0..KEYS {
        let expected = if key(n) == POISON.0 { POISON.1 } else { ROUNDS };
        assert_eq!(before[&key(n)].numbers, (0..expected).collect::<Vec<_>>(), "{}", key(n));
        let refused = u32::from(key(n) == POISON.0);
        assert_eq!(told[&key(n)].len(), (expected + refused) as usize, "{:?}", told[&key(n)]);
    }
}
