//! `/live`, `/ready` and `/metrics`.

use crate::{Error, Monitor};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use clap::Args;
use futures::future::BoxFuture;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::timeout::TimeoutLayer;

/// How long an answer may take: probes give up sooner.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// The text format that Prometheus reads.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Where probes and Prometheus ask.
#[derive(Debug, Clone, Args)]
pub struct HealthOptions {
    /// Address and port for /live, /ready and /metrics. Without it nothing listens.
    #[arg(long, env = "RETTIDIG_HEALTH_BIND", value_name = "ADDR:PORT")]
    pub health_bind: Option<SocketAddr>,
}

/// Listens. Answers come once [`Health::serve`] runs.
pub struct Health {
    listener: TcpListener,
    monitor: Monitor,
}

impl Health {
    /// Takes the port, so that a port that is taken is an error at the start.
    pub async fn bind(address: SocketAddr, monitor: &Monitor) -> Result<Self, Error> {
        let listener = TcpListener::bind(address).await.map_err(|source| Error::Bind { address, source })?;
        Ok(Self { listener, monitor: monitor.clone() })
    }

    /// Where it listens: the port that was given for port 0.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Answers until `shutdown`.
    ///
    /// - `/live`: 200, or 503 with the stages that have not come round for two minutes: the process is to be restarted.
    /// - `/ready`: 200 or 503, with a JSON object that says which partition of which stage waits, and why.
    /// - `/metrics`: Prometheus.
    pub fn serve(self, shutdown: CancellationToken) -> BoxFuture<'static, Result<(), Error>> {
        Box::pin(async move {
            let router = Router::new()
                .route("/live", get(live))
                .route("/ready", get(ready))
                .route("/metrics", get(metrics))
                .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_WITHIN))
                .with_state(self.monitor);
            let stopped = async move { shutdown.cancelled().await };
            axum::serve(self.listener, router)
                .with_graceful_shutdown(stopped)
                .await
                .map_err(|source| Error::Serve { source })
        })
    }
}

async fn live(State(monitor): State<Monitor>) -> Response {
    let dead = monitor.dead();
    if dead.is_empty() {
        return (StatusCode::OK, "live\n").into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("stages that stand still: {}\n", dead.join(", ")))
        .into_response()
}

async fn ready(State(monitor): State<Monitor>) -> Response {
    let report = monitor.report();
    let status = if report.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(report)).into_response()
}

async fn metrics(State(monitor): State<Monitor>) -> Response {
    match monitor.text() {
        Some(text) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
