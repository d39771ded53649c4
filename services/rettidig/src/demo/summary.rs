//! The table at the end, for a billing manager.

use crate::report::Report;
use anyhow::Result;
use domain::{Day, Period};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// A line of the faults log or the findings file, as far as the table needs it.
#[derive(Debug, Deserialize)]
struct Line {
    #[serde(alias = "kind")]
    class: String,
    case: Option<String>,
    period: Period,
    opened_on: Day,
    #[serde(default)]
    state: String,
    #[serde(default)]
    documents: Vec<String>,
    document_no: Option<String>,
}

/// Which class of finding shows which fault; none where the gateway itself settles it.
const SHOWN_AS: [(&str, &str, Option<&str>); 11] = [
    ("lapse", "subscription not renewed", Some("subscription_lapsed")),
    ("drop", "accepted, never posted", Some("missing_in_erp")),
    ("late", "posted weeks late", Some("missing_in_erp")),
    ("reject", "order refused", Some("rejected")),
    ("duplicate", "posted twice", Some("duplicate")),
    ("amount", "wrong amount", Some("amount")),
    ("period", "wrong month", Some("period")),
    ("payer", "wrong payer", Some("payer")),
    ("cancel", "cancelled again", Some("cancelled_in_erp")),
    ("unexpected", "nobody ordered it", Some("unexpected")),
    ("timeout_after_post", "answer lost", None),
];

/// The whole text; `last` is the day on which the demonstration ended.
pub fn text(data: &Path, last: Day, report: &Report) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "{}", report.due())?;
    let faults = lines(&data.join("faults.jsonl"))?;
    if !faults.is_empty() {
        found(&mut text, &faults, &lines(&data.join("findings.jsonl"))?, last)?;
    }
    writeln!(
        text,
        "What is open beyond later months is what the ERP did wrong, or what is still on its way to it. Settled since is what the\n\
         ERP or its next run put right; the rest waits for a person, and nobody works in this demonstration.\n\n\
         Alerts to billing staff: {} (findings of one cause are one alert). Notices from the registers: {} opened, {} open.\n\
         Hearings before a raise: {}. It took {:.1} s.\n",
        report.alerts, report.notices.opened, report.notices.open, report.hearings.opened, report.elapsed_s,
    )?;
    let data = data.display();
    let program = std::env::args().next().unwrap_or_else(|| "rettidig".to_owned());
    writeln!(
        text,
        "Where it lies\n  {data}/data             the data directory, as for: {program} files list --data {data}/data\n  {data}/input            the files of the registers and of staff, a folder a day\n  \
         {data}/data/letters     the letters: decisions and hearings\n  {data}/data/erp-sandbox the ledger of the ERP\n  {data}/findings.jsonl   every finding, a line each\n  \
         {data}/faults.jsonl     every fault that was injected, to compare with\n  {data}/report.json      the figures above\n\n\
         The ERP gets many orders at the same time here, and its faults hit whoever comes first: the next run owes the same and\n\
         finds other cases hit.\n\n\
         What to try next\n  {program} alerts --data {data}/data    what billing staff are told\n  \
         {program} balance --open --data {data}/data    what is open, month by month; --by-case names the cases\n  \
         {program} findings --data {data}/data    where the ERP differs\n  {program} demo --households 2000 --data data/large\n  {program} demo --no-faults --data data/right\n  \
         {program} run --help       your own input files\n  {program} up --help        live, in one process"
    )?;
    Ok(text)
}

fn found(text: &mut String, faults: &[Line], findings: &[Line], last: Day) -> Result<()> {
    let (faults, later): (Vec<&Line>, Vec<&Line>) = faults.iter().partition(|fault| harm_from(fault) <= last);
    writeln!(
        text,
        "What the ERP did wrong          injected   found   days until found (least-most)   settled since"
    )?;
    for (kind, words, class) in SHOWN_AS {
        let injected: Vec<&Line> = faults.iter().copied().filter(|fault| fault.class == kind).collect();
        if injected.is_empty() {
            continue;
        }
        let Some(class) = class else {
            writeln!(
                text,
                "  {words:<28} {:>9}   asked about and settled, nothing sent twice",
                injected.len()
            )?;
            continue;
        };
        let matching = matches(&injected, findings, class);
        let days: BTreeSet<i64> = matching.values().map(|(days, _)| *days).collect();
        let settled = matching.values().filter(|(_, settled)| *settled).count();
        let span = match (days.first(), days.last()) {
            (Some(least), Some(most)) => format!("{least}-{most}"),
            _ => "-".to_owned(),
        };
        writeln!(text, "  {words:<28} {:>9} {:>7} {span:>31} {settled:>15}", injected.len(), matching.len())?;
    }
    if !later.is_empty() {
        writeln!(text, "  Injected besides, with effect only after {last}: {}", later.len())?;
    }
    writeln!(text)?;
    Ok(())
}

/// For each fault its first finding of the class: after how many days, and whether it has been settled since.
fn matches(faults: &[&Line], findings: &[Line], class: &str) -> BTreeMap<usize, (i64, bool)> {
    let mut matching = BTreeMap::new();
    let mut used = BTreeSet::new();
    for (number, fault) in faults.iter().enumerate() {
        let fits = |finding: &Line| match (&fault.case, &fault.document_no) {
            (Some(case), _) => finding.case.as_ref() == Some(case),
            (None, Some(document)) => finding.documents.contains(document),
            (None, None) => false,
        };
        let first = findings
            .iter()
            .enumerate()
            .filter(|(at, finding)| finding.class == class && fits(finding) && !used.contains(at))
            .filter(|(_, finding)| finding.opened_on >= harm_from(fault))
            .min_by_key(|(_, finding)| finding.opened_on);
        if let Some((at, finding)) = first {
            used.insert(at);
            matching.insert(
                number,
                ((finding.opened_on - harm_from(fault)).num_days(), finding.state == "resolved"),
            );
        }
    }
    matching
}

/// From when the fault does harm: a renewal that is ignored in February leaves April without invoice.
fn harm_from(fault: &Line) -> Day {
    if fault.class == "lapse" { fault.opened_on.max(fault.period.first_day()) } else { fault.opened_on }
}

fn lines(path: &Path) -> Result<Vec<Line>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    fs::read_to_string(path)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(kind: &str, period: &str, on: &str) -> Line {
        serde_json::from_value(serde_json::json!({
            "kind": kind, "case": "K-1", "period": period, "opened_on": on, "document_no": null
        }))
        .unwrap()
    }

    #[test]
    fn a_fault_with_effect_after_the_last_day_is_not_counted_among_those_to_be_found() {
        let faults = [fault("lapse", "2023-04", "2023-03-10"), fault("drop", "2023-02", "2023-02-10")];
        let mut text = String::new();
        found(&mut text, &faults, &[], "2023-03-31".parse().unwrap()).unwrap();
        assert!(
            text.contains("accepted, never posted") && !text.contains("subscription not renewed"),
            "{text}"
        );
        assert!(text.contains("with effect only after 2023-03-31: 1"), "{text}");
    }
}
