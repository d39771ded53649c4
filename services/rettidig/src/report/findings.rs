//! Findings as lines of JSON, and what the ERP has posted where nothing was owed.

use super::Share;
use anyhow::Result;
use domain::{Currency, Money};
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

/// What the ERP has posted on another month or payer than was ordered, or what nobody ordered, in Danish kroner. A document
/// on another month or payer has the amount that its own month lacks.
pub(super) fn misposted(findings: &[Finding]) -> Result<Share> {
    let (mut count, mut sum) = (0, Money::zero(Currency::DKK));
    for finding in findings {
        let elsewhere =
            matches!(finding.class, FindingClass::Payer | FindingClass::Period | FindingClass::Unexpected);
        let open = !matches!(finding.state, FindingState::Resolved { .. });
        if elsewhere && open && finding.amount.currency() == Currency::DKK {
            count += 1;
            sum = sum.plus(finding.amount.abs())?;
        }
    }
    Ok(Share { count, amount: sum.to_text() })
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
