//! Starting and stopping.

use crate::connection::{BreakableListener, Breaker};
use crate::fault_book::Fault;
use crate::faults::{FaultSpec, Faults};
use crate::http::{self, App};
use crate::writer::{QUEUE_MAX, Writer};
use crate::{Error, store};
use futures::future::BoxFuture;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// How long a stop may take, in seconds; what was answered is durable without it.
const SHUTDOWN_S_MAX: u64 = 10;

/// How the sandbox runs.
#[derive(Debug)]
pub struct SandboxConfig {
    /// Where the ledger lies; made when it is missing. One sandbox at a time.
    pub data_dir: PathBuf,
    /// Where it listens; port 0 takes any free port.
    pub bind: SocketAddr,
    /// The bearer token; none is allowed on a loopback address only.
    pub token: Option<SecretString>,
    /// The faults that hold from now on. On a later start the same ones go on where they were, and those left out are
    /// withdrawn.
    pub faults: Faults,
    /// Where the faults log is written: JSON lines, whole from the first day of the ledger.
    pub faults_log: Option<PathBuf>,
}

/// The sandbox ERP.
#[derive(Debug)]
pub struct Sandbox;

/// A sandbox that answers. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct RunningSandbox {
    addr: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
    writer: JoinHandle<()>,
}

impl Sandbox {
    /// The faults that hold and have hit nothing yet, of the sandbox that keeps its ledger here.
    pub fn idle_faults(data_dir: &Path) -> Result<Vec<FaultSpec>, Error> {
        let faults = store::connect(data_dir)?.run(|connection| store::faults(connection))?;
        Ok(faults.into_iter().filter(Fault::is_idle).map(|fault| fault.spec).collect())
    }

    /// Opens the ledger and listens. When it returns, requests are answered.
    pub fn start(config: SandboxConfig) -> BoxFuture<'static, Result<RunningSandbox, Error>> {
        Box::pin(async move {
            let SandboxConfig { data_dir, bind, token, faults, faults_log } = config;
            if token.is_none() && !bind.ip().is_loopback() {
                return Err(Error::OpenToAll(bind));
            }
            tokio::fs::create_dir_all(&data_dir)
                .await
                .map_err(|source| Error::DataDirectory { path: data_dir.clone(), source })?;
            let writer = Writer::open(&data_dir, &faults, faults_log)?;
            let reads = store::connect(&data_dir)?;
            let listening = async {
                let listener = TcpListener::bind(bind).await?;
                Ok((listener.local_addr()?, listener))
            };
            let (addr, listener) = listening.await.map_err(|source| Error::Bind { bind, source })?;
            let (jobs, queue) = mpsc::channel(QUEUE_MAX);
            let writer = tokio::spawn(writer.run(queue));
            let service =
                http::router(App { jobs, reads }, token).into_make_service_with_connect_info::<Breaker>();
            let (stop, stopped) = oneshot::channel::<()>();
            let server = axum::serve(BreakableListener(listener), service).with_graceful_shutdown(async {
                // Told to stop, or dropped: both mean the same.
                let _ = stopped.await;
            });
            let server = tokio::spawn(server.into_future());
            tracing::info!(address = %addr, "the sandbox ERP answers");
            Ok(RunningSandbox { addr, stop, server, writer })
        })
    }
}

impl RunningSandbox {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The URL before the paths of the contract, such as `http://127.0.0.1:8089`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Answers what is in flight, then closes the ledger. An error when that takes longer than its budget of 10 s.
    pub async fn shutdown(self) -> Result<(), Error> {
        let Self { stop, mut server, mut writer, .. } = self;
        // The receiver is only gone when the server has ended already.
        let _ = stop.send(());
        let ended = tokio::time::timeout(Duration::from_secs(SHUTDOWN_S_MAX), async {
            let _ = (&mut server).await;
            // The routes held the last senders, so the writer ends by itself.
            let _ = (&mut writer).await;
        });
        if ended.await.is_err() {
            server.abort();
            writer.abort();
            return Err(Error::Shutdown(SHUTDOWN_S_MAX));
        }
        Ok(())
    }
}
