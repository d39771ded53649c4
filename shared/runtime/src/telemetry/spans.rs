//! Spans of processed inputs, exported with the ids that stand in the headers.

use crate::trace::Trace;
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanExporter as _, SpanLinks};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use tokio::sync::{mpsc, oneshot};

/// Spans that wait for their export. Above it they are dropped: a collector that is down holds nobody up.
const WAITING_MAX: usize = 8192;

/// Spans in one export.
const EXPORT_MAX: usize = 512;

/// How long an export waits to become fuller.
const EXPORT_EVERY: Duration = Duration::from_secs(1);

/// How long the end of the process waits for the last export.
const FINISH_WITHIN: Duration = Duration::from_secs(5);

/// Spans that were dropped since it was last told.
static DROPPED: AtomicU64 = AtomicU64::new(0);

static SPANS: OnceLock<mpsc::Sender<SpanData>> = OnceLock::new();

/// The task that exports.
pub(super) struct Exporter {
    stop: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<()>,
}

impl Exporter {
    pub(super) fn start(endpoint: &str, service: &str) -> Result<Self, String> {
        if !endpoint.starts_with("http://") {
            return Err("only http:// is spoken: put a collector beside the process".to_owned());
        }
        let mut exporter = SpanExporter::builder()
            .with_http()
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .build()
            .map_err(|error| error.to_string())?;
        exporter.set_resource(&Resource::builder().with_service_name(service.to_owned()).build());
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        SPANS.set(sender).map_err(|_| "traces are exported already".to_owned())?;
        let (stop, stopped) = oneshot::channel();
        Ok(Self { stop, task: tokio::spawn(export(exporter, receiver, stopped)) })
    }

    pub(super) async fn finish(self) {
        let _gone = self.stop.send(());
        if tokio::time::timeout(FINISH_WITHIN, self.task).await.is_err() {
            tracing::warn!("the last traces could not be exported in time");
        }
    }
}

async fn export(
    exporter: SpanExporter,
    mut spans: mpsc::Receiver<SpanData>,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut reported = false;
    loop {
        let mut batch = Vec::new();
        let last = tokio::select! {
            _ = spans.recv_many(&mut batch, EXPORT_MAX) => false,
            _ = &mut stopped => {
                while let Ok(span) = spans.try_recv() {
                    batch.push(span);
                }
                true
            }
        };
        if !batch.is_empty() {
            let failed = exporter.export(batch).await.err();
            // Once an outage: the collector is not what this process is for.
            if let (Some(error), false) = (&failed, reported) {
                tracing::warn!(
                    error = error as &dyn std::error::Error,
                    "traces cannot be exported and are dropped"
                );
            }
            reported = failed.is_some();
        }
        let dropped = DROPPED.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            tracing::warn!(dropped, "the collector does not keep up: spans were dropped");
        }
        if last {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(EXPORT_EVERY), if spans.len() < EXPORT_MAX => {}
            else => {}
        }
    }
}

/// The beginning of a span, if spans are exported.
pub(crate) struct Started(Option<SystemTime>);

/// What a span says.
pub(crate) struct Processed<'a> {
    pub(crate) stage: &'a str,
    pub(crate) partition: u32,
    /// The topic, or `timer`, `day`, `outcome`.
    pub(crate) kind: &'static str,
    pub(crate) key: &'a str,
    pub(crate) parent: Option<Trace>,
    pub(crate) trace: Trace,
    /// The code of the refusal.
    pub(crate) refused: Option<&'static str>,
}

impl Started {
    pub(crate) fn now() -> Self {
        Self(SPANS.get().map(|_| SystemTime::now()))
    }

    pub(crate) fn finished(self, processed: &Processed<'_>) {
        let (Some(started), Some(spans)) = (self.0, SPANS.get()) else { return };
        if processed.trace.sampled {
            // Full: the collector does not keep up.
            if spans.try_send(span(started, processed)).is_err() {
                DROPPED.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

fn span(started: SystemTime, processed: &Processed<'_>) -> SpanData {
    let Processed { stage, partition, kind, key, parent, trace, refused } = *processed;
    let mut attributes = vec![
        KeyValue::new("rettidig.stage", stage.to_owned()),
        KeyValue::new("messaging.destination.name", kind),
        KeyValue::new("messaging.destination.partition.id", partition.to_string()),
        KeyValue::new("messaging.kafka.message.key", key.to_owned()),
    ];
    attributes.extend(refused.map(|code| KeyValue::new("error.type", code)));
    SpanData {
        span_context: SpanContext::new(
            TraceId::from(trace.trace),
            SpanId::from(trace.span),
            TraceFlags::SAMPLED,
            false,
            TraceState::NONE,
        ),
        parent_span_id: parent.map_or(SpanId::INVALID, |parent| SpanId::from(parent.span)),
        parent_span_is_remote: parent.is_some(),
        span_kind: SpanKind::Consumer,
        name: format!("process {kind}").into(),
        start_time: started,
        end_time: SystemTime::now(),
        attributes,
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: refused.map_or(Status::Unset, Status::error),
        instrumentation_scope: InstrumentationScope::builder("rettidig").build(),
    }
}
