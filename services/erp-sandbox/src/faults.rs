//! The faults file: which faults the sandbox has, how often and where.

use crate::Error;
use domain::{CaseId, ChargeType, Period};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// Most faults in one file: enough for any test plan, few enough to look through for every document.
const FAULTS_MAX: usize = 100;

/// Longest delay in days: a year, beyond which `drop` says the same.
const DELAY_DAYS_MAX: u32 = 366;

/// The delay of `late` when the file gives none, in days.
pub(crate) const LATE_DAYS: u32 = 20;

/// The delay of `cancel` when the file gives none, in days.
pub(crate) const CANCEL_DAYS: u32 = 5;

/// The faults to inject, in the order in which they are tried.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// What decides, together with each key, which keys a `share` takes and which cases come first.
    pub seed: u64,
    /// The faults.
    pub faults: Vec<FaultSpec>,
}

/// One fault: what, how often and where. What is left out does not narrow it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultSpec {
    /// What goes wrong.
    pub kind: FaultKind,
    /// How many distinct cases (`lapse`) or occurrences (all others) at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// The first month: of the document or order; for `lapse` of the first month that the renewal would have covered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Period>,
    /// The last month: of the document or order; for `lapse` the last month in which renewals are ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Period>,
    /// The share of keys that can be hit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
    /// Only this charge type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge_type: Option<ChargeType>,
    /// The delay in days of `late` (20) and `cancel` (5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// Only these cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases: Option<BTreeSet<CaseId>>,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// A renewal is accepted, but the subscription ends at its old valid-to month.
    Lapse,
    /// A document is never posted.
    Drop,
    /// A document is posted twice, with two numbers.
    Duplicate,
    /// A document is posted with another amount.
    Amount,
    /// A document is posted on another month.
    Period,
    /// A document is posted on another payer.
    Payer,
    /// A document is posted, and cancelled days later.
    Cancel,
    /// A document that nobody ordered is posted beside an ordered one.
    Unexpected,
    /// A command is rejected.
    Reject,
    /// A document is posted days later.
    Late,
    /// A command is carried out, but the connection breaks before the answer.
    TimeoutAfterPost,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Lapse,
        Self::Drop,
        Self::Duplicate,
        Self::Amount,
        Self::Period,
        Self::Payer,
        Self::Cancel,
        Self::Unexpected,
        Self::Reject,
        Self::Late,
        Self::TimeoutAfterPost,
    ];

    /// The name in files and logs, such as `timeout_after_post`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lapse => "lapse",
            Self::Drop => "drop",
            Self::Duplicate => "duplicate",
            Self::Amount => "amount",
            Self::Period => "period",
            Self::Payer => "payer",
            Self::Cancel => "cancel",
            Self::Unexpected => "unexpected",
            Self::Reject => "reject",
            Self::Late => "late",
            Self::TimeoutAfterPost => "timeout_after_post",
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A share above 0 and up to 1, in parts of a million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Share(u32);

impl Share {
    /// How many of a million keys.
    pub(crate) fn per_million(self) -> u32 {
        self.0
    }
}

impl TryFrom<f64> for Share {
    type Error = &'static str;
    fn try_from(share: f64) -> Result<Self, Self::Error> {
        let parts = (share * 1_000_000.0).round();
        if !(1.0..=1_000_000.0).contains(&parts) {
            return Err("a share lies between 0.000001 and 1");
        }
        // Checked above: a whole number between 1 and a million.
        Ok(Self(parts as u32))
    }
}

impl From<Share> for f64 {
    fn from(share: Share) -> Self {
        f64::from(share.0) / 1_000_000.0
    }
}

impl Faults {
    /// Reads a faults file: `seed: 7` and `faults: [{kind: lapse, count: 33, from: 2023-04}, …]`. Unknown kinds and
    /// fields are refused by name.
    pub fn parse(yaml_text: &str) -> Result<Self, Error> {
        let faults: Self = serde_saphyr::from_str(yaml_text).map_err(|e| Error::Faults(e.to_string()))?;
        match faults.refusals().into_iter().next() {
            Some((_, refusal)) => Err(Error::Faults(refusal)),
            None => Ok(faults),
        }
    }

    /// What makes no sense, each with its JSON pointer.
    pub(crate) fn refusals(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        if self.faults.len() > FAULTS_MAX {
            found.push(("/faults".to_owned(), format!("more than {FAULTS_MAX} faults")));
        }
        let mut seen = BTreeSet::new();
        for (at, spec) in self.faults.iter().enumerate() {
            if let Some(why) = spec.refusal() {
                found.push((format!("/faults/{at}"), format!("fault {} ({}): {why}", at + 1, spec.kind)));
            }
            if !seen.insert(spec) {
                let why = format!("fault {} ({}) is there twice; raise its count", at + 1, spec.kind);
                found.push((format!("/faults/{at}"), why));
            }
        }
        found
    }
}

impl FaultSpec {
    fn refusal(&self) -> Option<String> {
        let delayed = matches!(self.kind, FaultKind::Late | FaultKind::Cancel);
        match self {
            Self { count: Some(0), .. } => Some("a count of 0 does nothing; leave the fault out".to_owned()),
            Self { from: Some(from), to: Some(to), .. } if from > to => {
                Some("to lies before from".to_owned())
            }
            Self { days: Some(_), .. } if !delayed => Some("days belongs to late and cancel only".to_owned()),
            Self { days: Some(days), .. } if !(1..=DELAY_DAYS_MAX).contains(days) => {
                Some(format!("days lies between 1 and {DELAY_DAYS_MAX}"))
            }
            Self { cases: Some(cases), .. } if cases.is_empty() => Some("cases names no case".to_owned()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        Faults::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn the_file_of_the_kvantum_story_reads() {
        let text = "seed: 7\nfaults:\n- {kind: lapse, count: 33, from: 2023-04}\n- {kind: drop, count: 5, share: 0.01}\n";
        let faults = Faults::parse(text).unwrap();
        assert_eq!(faults.seed, 7);
        assert_eq!(faults.faults[0].from.unwrap().to_string(), "2023-04");
        assert_eq!(faults.faults[1].share.unwrap().per_million(), 10_000);
    }

    #[test]
    fn unknown_kinds_and_fields_are_refused_by_name() {
        assert!(refusal("seed: 1\nfaults: [{kind: vanish}]").contains("vanish"));
        assert!(refusal("seed: 1\nfaults: [{kind: drop, number: 5}]").contains("number"));
        assert!(refusal("seed: 1\nfaults: []\nextra: 1").contains("extra"));
        assert!(refusal("faults: []").contains("seed"));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (text, why) in [
            ("{kind: drop, count: 0}", "count of 0"),
            ("{kind: drop, days: 3}", "days belongs"),
            ("{kind: late, days: 0}", "days lies"),
            ("{kind: drop, share: 0}", "share"),
            ("{kind: drop, share: 1.5}", "share"),
            ("{kind: drop, from: 2023-05, to: 2023-04}", "to lies before"),
            ("{kind: drop}, {kind: drop}", "twice"),
            ("{kind: drop, cases: []}", "no case"),
        ] {
            let refusal = refusal(&format!("seed: 1\nfaults: [{text}]"));
            assert!(refusal.contains(why), "{text}: {refusal}");
        }
    }

    #[test]
    fn every_kind_reads_by_its_name() {
        for kind in FaultKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }
}
