//! Logs and traces.

mod spans;

use crate::Error;
use clap::{Args, ValueEnum};
use tracing_subscriber::filter::{ParseError, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

pub(crate) use spans::{Processed, Started};

/// Where logs and traces go.
#[derive(Debug, Clone, Args)]
pub struct TelemetryOptions {
    /// What is logged: a level, or `target=level` separated by commas.
    #[arg(long, env = "RETTIDIG_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,
    /// How it is logged.
    #[arg(long, env = "RETTIDIG_LOG_FORMAT", value_enum, default_value_t = LogFormat::Json)]
    pub log_format: LogFormat,
    /// Collector of OpenTelemetry traces (OTLP over HTTP, JSON), such as http://localhost:4318. Without it no trace is
    /// exported; the trace context in the headers is passed on all the same.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<String>,
}

/// How logs look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// Logs and traces of a process. Call [`Telemetry::finish`] last.
pub struct Telemetry {
    exporter: Option<spans::Exporter>,
}

/// Starts logging to standard error, and exporting traces if an endpoint is named. Once a process, inside of its
/// runtime. From here on a panic is logged with its place and without its text, which could quote a value.
pub fn start(options: &TelemetryOptions, service: &str) -> Result<Telemetry, Error> {
    let setting = |name: &'static str| move |problem: String| Error::Setting { name, problem };
    let unreadable = |error: ParseError| setting("RETTIDIG_LOG")(error.to_string());
    let filter: Targets = options.log.parse().map_err(unreadable)?;
    let format = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let registry = tracing_subscriber::registry().with(filter);
    let started = match options.log_format {
        LogFormat::Json => {
            registry.with(format.json().flatten_event(true).with_current_span(false)).try_init()
        }
        LogFormat::Text => registry.with(format).try_init(),
    };
    started.map_err(|error| setting("RETTIDIG_LOG")(error.to_string()))?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "the program has a fault and has stopped there");
    }));
    export(options.otlp_endpoint.as_deref().filter(|endpoint| !endpoint.is_empty()), service)
}

/// Exports traces if an endpoint is named.
pub(crate) fn export(endpoint: Option<&str>, service: &str) -> Result<Telemetry, Error> {
    let exporter = endpoint.map(|endpoint| spans::Exporter::start(endpoint, service)).transpose();
    let exporter =
        exporter.map_err(|problem| Error::Setting { name: "OTEL_EXPORTER_OTLP_ENDPOINT", problem })?;
    Ok(Telemetry { exporter })
}

impl Telemetry {
    /// Exports what is left of the traces.
    pub async fn finish(self) {
        if let Some(exporter) = self.exporter {
            exporter.finish().await;
        }
    }
}
