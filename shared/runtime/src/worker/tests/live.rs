use super::world::World;
use crate::WorkerConfig;
use ::messages::{Record, Topic};
use async_trait::async_trait;
use eventlog::{Around, Error, Log};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Fails every other time: before anything is written, or after all of it is.
struct Flaky {
    log: Arc<dyn Log>,
    times: AtomicU64,
}

#[async_trait]
impl Around for Flaky {
    fn log(&self) -> &dyn Log {
        &*self.log
    }

    async fn publish(&self, records: Vec<Record>) -> Result<(), Error> {
        let broken = || Err(Error::failed("append")("the line is broken"));
        match self.times.fetch_add(1, Ordering::Relaxed) % 4 {
            1 => broken(),
            3 => {
                self.log.publish(records).await?;
                broken()
            }
            _ => self.log.publish(records).await,
        }
    }
}

#[tokio::test]
async fn a_log_that_fails_now_and_then_loses_and_doubles_nothing() {
    let mut world = World::new(2).await;
    world.config = WorkerConfig { batch_messages_max: 1, ..WorkerConfig::live() };
    let reliable = Arc::clone(&world.log);
    let mut expected = Vec::new();
    for number in 0..12 {
        world.say("a", &number.to_string()).await;
        expected.push(number.to_string());
    }
    world.log = Arc::new(Flaky { log: reliable, times: AtomicU64::new(0) });
    let shutdown = CancellationToken::new();
    let running: Vec<_> =
        world.workers().into_iter().map(|worker| tokio::spawn(worker.run(shutdown.clone()))).collect();
    let all_heard = async {
        while world.heard().await.get("a").is_none_or(|heard| heard.len() < 12) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all_heard).await.unwrap();
    shutdown.cancel();
    for worker in running {
        worker.await.unwrap().unwrap();
    }
    assert_eq!(world.track("a").await, expected);
    let heard: Vec<String> = expected.iter().map(|number| format!("2026-01-01 {number}")).collect();
    assert_eq!(world.heard().await["a"], heard);
    assert!(world.records(Topic::DeadLetters).await.len() > 12, "the log has repetitions");
}

#[tokio::test]
async fn a_drained_worker_leaves_nothing_to_publish_or_read_again() {
    let mut world = World::new(2).await;
    world.config = WorkerConfig::live();
    for number in 0..5 {
        world.say("a", &format!("call {number} 0")).await;
        world.say("b", "nothing").await;
    }
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(world.tape_worker().run(shutdown.clone()));
    let all_decided = async {
        while world.track("a").await.len() < 10 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all_decided).await.unwrap();
    shutdown.cancel();
    running.await.unwrap().unwrap();
    let counts = world.counts().await;
    assert_eq!((counts.outbox, counts.calls), (0, 0));
    world.config = WorkerConfig::fast_forward();
    let mut next = world.tape_worker();
    while next.step().await.unwrap() {}
    assert_eq!(next.counters().decided, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_beside_is_decided_while_more_may_come() {
    let world = World::new(2).await;
    let mut workers = world.workers();
    let over = CancellationToken::new();
    let publish = async {
        let _over = over.clone().drop_guard();
        for number in 1..=3 {
            world.say("a", &number.to_string()).await;
            while world.heard().await.get("a").is_none_or(|heard| heard.len() < number) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    };
    let publish = tokio::time::timeout(Duration::from_secs(60), publish);
    let (worked, published) = tokio::join!(crate::run_beside(&mut workers, &over), publish);
    worked.unwrap();
    published.expect("both stages decide while it is not over");
    assert_eq!(workers.len(), 2, "the workers come back");
}
