//! The figures as text.

use super::measured::{Measured, Part, Report};
use anyhow::Result;
use std::fmt::Write;

/// The whole text.
pub(super) fn text(report: &Report) -> Result<String> {
    let mut text = String::new();
    writeln!(
        text,
        "{} households, {} months, seed {}, on {}, {} partitions: {} register events\n",
        report.households,
        report.months,
        report.seed,
        report.backend,
        report.partitions,
        report.register_events
    )?;
    whole(&mut text, "all stages, with the training ERP", &report.real)?;
    Ok(text)
}

fn whole(text: &mut String, name: &str, measured: &Measured) -> Result<()> {
    writeln!(text, "{name}")?;
    writeln!(text, "  register events a second, end to end   {:>12.0}", measured.events_per_s)?;
    writeln!(text, "  seconds                                {:>12.2}", measured.elapsed_s)?;
    writeln!(text, "  of these all waited for the log        {:>12.2}", measured.waited_s)?;
    writeln!(text, "  rests                                  {:>12}", measured.rests)?;
    if let Some(micros) = measured.cpu_us_per_event {
        writeln!(text, "  processor time an event, µs            {micros:>12.0}")?;
    }
    if let Some(bytes) = measured.peak_memory_bytes {
        writeln!(text, "  most memory at one time, MB            {:>12.0}", megabytes(bytes))?;
    }
    writeln!(
        text,
        "\n  {:<16} {:>9} {:>10} {:>10} {:>10} {:>10} {:>10}",
        "", "commits", "s", "messages", "MB", "s", "state MB"
    )?;
    for Part { name, traffic } in &measured.parts {
        writeln!(
            text,
            "  {name:<16} {:>9} {:>10.2} {:>10} {:>10.1} {:>10.2} {:>10.1}",
            traffic.commits,
            traffic.commit_s,
            traffic.published,
            megabytes(traffic.published_bytes),
            traffic.publish_s,
            megabytes(traffic.state_bytes),
        )?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "it is shown with one decimal")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
