//! Whether the store and the log answer.
//!
//! A worker that waits for one of them, or that has nothing to do, cannot tell: a commit waits for a connection, a
//! publication for half a minute, and an idle client takes a broker that is gone for one that is quiet. So both are asked
//! beside the work.

use crate::Monitor;
use eventlog::Log;
use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How often they are asked.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// Later than this is no answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// The store and the log of one stage or edge.
#[derive(Clone)]
pub struct Reach {
    stage: &'static str,
    log: Arc<dyn Log>,
    store: Arc<dyn Store>,
}

#[derive(Clone, Copy)]
enum Server {
    Store,
    Log,
}

impl Server {
    fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Log => "log",
        }
    }
}

/// Why there was no answer.
type Silence = Box<dyn Error + Send + Sync>;

impl Reach {
    /// Those of this stage or edge.
    pub fn new(stage: &'static str, log: Arc<dyn Log>, store: Arc<dyn Store>) -> Self {
        Self { stage, log, store }
    }

    /// For an edge, which has no worker: it counts as ready while both answer, until `shutdown`.
    pub async fn watch_edge(self, monitor: Monitor, shutdown: CancellationToken) {
        monitor.edge(self.stage);
        tokio::select! {
            never = self.watch(&monitor) => match never {},
            () = shutdown.cancelled() => monitor.ended(self.stage),
        }
    }

    /// Asks both until it is dropped. What changes is told to the monitor, and said in the log once.
    pub(crate) async fn watch(&self, monitor: &Monitor) -> Infallible {
        let (never, _) = tokio::join!(self.ask(Server::Store, monitor), self.ask(Server::Log, monitor));
        never
    }

    async fn answer(&self, server: Server) -> Result<(), Silence> {
        let answer = async {
            match server {
                Server::Store => Ok(self.store.reach().await?),
                Server::Log => Ok(self.log.reach(ANSWER_WITHIN).await?),
            }
        };
        timeout(ANSWER_WITHIN, answer).await?
    }

    async fn ask(&self, server: Server, monitor: &Monitor) -> Infallible {
        let what = server.name();
        let mut silent_since: Option<Instant> = None;
        loop {
            let asked = Instant::now();
            let answer = self.answer(server).await;
            monitor.reached(self.stage, what, answer.is_ok());
            match (answer, silent_since) {
                (Err(error), None) => {
                    silent_since = Some(asked);
                    tracing::error!(
                        stage = self.stage,
                        error = &*error as &(dyn Error + 'static),
                        "the {what} does not answer: the stage waits until it does"
                    );
                }
                (Ok(()), Some(since)) => {
                    silent_since = None;
                    tracing::info!(
                        stage = self.stage,
                        silent_ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX),
                        "the {what} answers again"
                    );
                }
                (Ok(()), None) | (Err(_), Some(_)) => {}
            }
            sleep(ASK_EVERY).await;
        }
    }
}
