//! Findings as lines of JSON.

use anyhow::Result;
use domain::Currency;
use messages::{Finding, FindingClass, FindingState};
use serde::Serialize;
use std::io::Write;

/// A line.
#[derive(Debug, Serialize)]
struct Line<'a> {
    class: FindingClass,
    case: Option<String>,
    payer: Option<String>,
    charge_type: &'a str,
    period: String,
    amount: String,
    currency: Currency,
    opened_on: String,
    state: &'a str,
    cause: &'a str,
    detail: &'a str,
    documents: &'a [String],
    finding: &'a str,
}

/// Writes every finding as it stands, one JSON object a line, by opening day, class and case.
pub fn write_findings(file: &mut impl Write, findings: &[Finding]) -> Result<()> {
    let mut ordered: Vec<&Finding> = findings.iter().collect();
    ordered.sort_by_key(|finding| {
        (finding.opened_on, finding.class, finding.case.clone(), finding.finding.clone())
    });
    for finding in ordered {
        let line = Line {
            class: finding.class,
            case: finding.case.as_ref().map(ToString::to_string),
            payer: finding.payer.as_ref().map(ToString::to_string),
            charge_type: finding.charge_type.as_str(),
            period: finding.period.to_string(),
            amount: finding.amount.to_text(),
            currency: finding.amount.currency(),
            opened_on: finding.opened_on.to_string(),
            state: match finding.state {
                FindingState::Resolved { .. } => "resolved",
                _ => "open",
            },
            cause: &finding.cause,
            detail: &finding.detail,
            documents: &finding.documents,
            finding: finding.finding.as_str(),
        };
        serde_json::to_writer(&mut *file, &line)?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}
