//! One case: by its scheme to its reader, and the answer in the words of the command.

use super::faults::Fault;
use super::law::Law;
use super::{childcare, daycare, housing, placement, repayment};
use domain::Money;
use schemes::{
    Error, Trace, dk_cash_repayment, dk_daycare, dk_placement, dk_temporary_housing, se_childcare,
};
use serde::Serialize;
use serde_json::Value;

/// The schemes that can be assessed, in the order of `--help`.
pub(super) const SCHEMES: [&str; 5] = [
    dk_daycare::SCHEME,
    dk_placement::SCHEME,
    dk_temporary_housing::SCHEME,
    dk_cash_repayment::SCHEME,
    se_childcare::SCHEME,
];

/// An assessed case.
pub(super) struct Assessed {
    scheme: &'static str,
    /// What is payable a month, in total.
    pub(super) payable: Money,
    own: Own,
    /// How it came to be.
    pub(super) trace: Trace,
}

/// What a scheme answers of its own.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Own {
    Daycare(daycare::Answer),
    Placement(placement::Answer),
    Housing(housing::Answer),
    Repayment(repayment::Answer),
    Childcare(childcare::Answer),
}

/// The answer as it is written.
#[derive(Serialize)]
struct Answer<'a> {
    scheme: &'a str,
    payable: String,
    #[serde(flatten)]
    own: &'a Own,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<&'a Trace>,
}

impl Assessed {
    pub(super) fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// The answer as JSON, with or without its reasons, on several lines or one.
    pub(super) fn json(&self, with_trace: bool, pretty: bool) -> serde_json::Result<String> {
        let answer = Answer {
            scheme: self.scheme,
            payable: self.payable.to_text(),
            own: &self.own,
            trace: with_trace.then_some(&self.trace),
        };
        if pretty { serde_json::to_string_pretty(&answer) } else { serde_json::to_string(&answer) }
    }
}

/// Assesses a case, or tells every fault that keeps it from being assessed.
pub(super) fn assess(case: &Value, law: &Law) -> Result<Assessed, Vec<Fault>> {
    let Value::Object(keys) = case else {
        return Err(vec![Fault::new(".", "a case is keys and values: `scheme` and the keys of that scheme")]);
    };
    let mut facts = keys.clone();
    let scheme = match facts.remove("scheme") {
        Some(Value::String(scheme)) => scheme,
        Some(_) => return Err(vec![Fault::new("scheme", "is the name of a scheme")]),
        None => return Err(vec![Fault::new("scheme", format!("is missing; one of {}", SCHEMES.join(", ")))]),
    };
    let facts = Value::Object(facts);
    // Every further scheme is one arm here, one in `schema`, and its files in `law`.
    match scheme.as_str() {
        dk_daycare::SCHEME => daycare::assess(facts, law)
            .map(|(payable, own, trace)| done(dk_daycare::SCHEME, payable, Own::Daycare(own), trace)),
        dk_placement::SCHEME => placement::assess(facts, law)
            .map(|(payable, own, trace)| done(dk_placement::SCHEME, payable, Own::Placement(own), trace)),
        dk_cash_repayment::SCHEME => repayment::assess(facts, law).map(|(payable, own, trace)| {
            done(dk_cash_repayment::SCHEME, payable, Own::Repayment(own), trace)
        }),
        dk_temporary_housing::SCHEME => housing::assess(facts, law).map(|(payable, own, trace)| {
            done(dk_temporary_housing::SCHEME, payable, Own::Housing(own), trace)
        }),
        se_childcare::SCHEME => childcare::assess(facts, law)
            .map(|(payable, own, trace)| done(se_childcare::SCHEME, payable, Own::Childcare(own), trace)),
        _ => Err(vec![Fault::new("scheme", format!("is unknown; one of {}", SCHEMES.join(", ")))]),
    }
}

fn done(scheme: &'static str, payable: Money, own: Own, trace: Trace) -> Assessed {
    Assessed { scheme, payable, own, trace }
}

/// A refusal of the scheme as a fault; `dated_by`: the key that chooses the parameters.
pub(super) fn fault(error: Error, dated_by: &str) -> Fault {
    match error {
        Error::BadInput { field, problem } => Fault { path: field, problem },
        other => Fault::new(dated_by, other.to_string()),
    }
}

/// A refusal of a scheme that counts from 1, as a fault; a path counts from 0.
pub(super) fn fault_from_zero(error: Error, dated_by: &str) -> Fault {
    let mut fault = fault(error, dated_by);
    let counted = fault.path.split_once('[').and_then(|(list, rest)| {
        let (position, rest) = rest.split_once(']')?;
        let position = position.parse::<usize>().ok()?.checked_sub(1)?;
        Some(format!("{list}[{position}]{rest}"))
    });
    fault.path = counted.unwrap_or(fault.path);
    fault
}
