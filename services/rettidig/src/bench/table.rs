//! The figures as text.

use super::measured::{Measured, Part, Report};
use anyhow::Result;
use std::fmt::Write;

/// The whole text.
pub(super) fn text(report: &Report) -> Result<String> {
    let mut text = String::new();
    writeln!(
        text,
        "{} households, {} months, seed {}, on {}, partitions: {}; {} register events\n",
        report.households,
        report.months,
        report.seed,
        report.backend,
        report.partitions,
        report.register_events
    )?;
    whole(&mut text, "All stages, with the training ERP", &report.real)?;
    let Some(floor) = &report.floor else { return Ok(text) };
    writeln!(text)?;
    whole(
        &mut text,
        "The floor: the same messages and states, nothing decided, nobody called",
        &floor.measured,
    )?;
    writeln!(text, "\nReal run by floor, in events a second: {:.2}", floor.ratio)?;
    if floor.missed + floor.unknown > 0 {
        writeln!(
            text,
            "The floor is not quite the same: {} inputs have not come, {} were not known.",
            floor.missed, floor.unknown
        )?;
    }
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
        "\n  {:<16}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}",
        "",
        "inputs",
        "decide s",
        "calls",
        "call s",
        "commits",
        "inputs/c",
        "state MB",
        "commit s",
        "messages",
        "MB",
        "publ. s",
    )?;
    measured.parts.iter().try_for_each(|part| row(text, part))
}

fn row(text: &mut String, part: &Part) -> Result<()> {
    let Part { name, inputs, inputs_per_commit, decide_s, calls, call_s, traffic } = part;
    write!(text, "  {name:<16}{inputs:>9}{decide_s:>9.2}{calls:>9}{call_s:>9.2}")?;
    writeln!(
        text,
        "{:>9}{inputs_per_commit:>9.1}{:>9.1}{:>9.2}{:>9}{:>9.1}{:>9.2}",
        traffic.commits,
        megabytes(traffic.state_bytes),
        traffic.commit_s,
        traffic.published,
        megabytes(traffic.published_bytes),
        traffic.publish_s,
    )?;
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "it is shown with one decimal")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
