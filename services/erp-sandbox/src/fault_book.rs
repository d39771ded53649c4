//! Which faults there are, how far each is used up, and what the next one hits.

use crate::faults::{FaultKind, FaultSpec, Faults};
use domain::{CaseId, ChargeType, Day, Money, Period, PersonKey, SubscriptionId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What a fault can hit: a document to be posted, an order or a renewal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Subject {
    pub case: Option<CaseId>,
    pub payer: PersonKey,
    pub charge_type: ChargeType,
    pub period: Period,
    pub amount: Money,
    pub command_id: Option<String>,
    pub subscription: Option<SubscriptionId>,
}

/// How a fault stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// It hits.
    Active,
    /// Lifted through the control endpoint: it stays so although the faults file names it.
    Lifted,
    /// No longer in the faults file: it is active again when the file names it again.
    Withdrawn,
}

/// One fault and how far it is used up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Fault {
    pub seed: u64,
    pub spec: FaultSpec,
    pub from_file: bool,
    pub standing: Standing,
    /// Occurrences so far; for `lapse` distinct cases.
    pub used: u32,
    /// `lapse` only: the subscriptions hit so far, by case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lapsed: BTreeMap<CaseId, BTreeSet<SubscriptionId>>,
}

/// What a lapse does to a renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lapse {
    /// Nothing: the renewal works.
    Spared,
    /// The renewal is ignored, for this subscription for the first time.
    First,
    /// The renewal is ignored, as one before.
    Again,
}

/// A posting or a command that a fault has hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub kind: FaultKind,
    pub days: Option<u32>,
    pub seed: u64,
}

/// All faults, in the order in which they are tried.
#[derive(Debug, Default)]
pub(crate) struct FaultBook {
    faults: Vec<Fault>,
    changed: BTreeSet<usize>,
}

impl FaultBook {
    pub(crate) fn new(faults: Vec<Fault>) -> Self {
        Self { faults, changed: BTreeSet::new() }
    }

    /// Makes the faults of the file the ones that hold: known ones go on where they were, new ones are added, those no
    /// longer there are withdrawn. Faults added through the control endpoint stay.
    pub(crate) fn declare(&mut self, file: &Faults) {
        for spec in &file.faults {
            match self.position(file.seed, spec) {
                Some(at) if self.faults[at].standing == Standing::Withdrawn => self.set(at, Standing::Active),
                Some(_) => {}
                None => self.push(file.seed, spec.clone(), true),
            }
        }
        for at in 0..self.faults.len() {
            let fault = &self.faults[at];
            let declared = fault.seed == file.seed && file.faults.contains(&fault.spec);
            if fault.from_file && fault.standing == Standing::Active && !declared {
                self.set(at, Standing::Withdrawn);
            }
        }
    }

    /// Adds faults; one that was lifted is active again and goes on where it was.
    pub(crate) fn add(&mut self, faults: &Faults) {
        for spec in &faults.faults {
            match self.position(faults.seed, spec) {
                Some(at) => self.set(at, Standing::Active),
                None => self.push(faults.seed, spec.clone(), false),
            }
        }
    }

    /// Lifts all faults of a kind and tells how many were active.
    pub(crate) fn lift(&mut self, kind: FaultKind) -> usize {
        let active: Vec<usize> = (0..self.faults.len())
            .filter(|at| self.faults[*at].spec.kind == kind && self.faults[*at].standing == Standing::Active)
            .collect();
        for at in &active {
            self.set(*at, Standing::Lifted);
        }
        active.len()
    }

    /// The first fault of these kinds that hits the subject, which is then used once more.
    pub(crate) fn hit(&mut self, kinds: &[FaultKind], key: &str, subject: &Subject) -> Option<Hit> {
        let at = self.faults.iter().position(|fault| {
            let within = fault.spec.from.is_none_or(|from| from <= subject.period)
                && fault.spec.to.is_none_or(|to| subject.period <= to);
            kinds.contains(&fault.spec.kind) && within && fault.concerns(subject) && fault.has_room_for(key)
        })?;
        let fault = &mut self.faults[at];
        fault.used += 1;
        self.changed.insert(at);
        Some(Hit { kind: fault.spec.kind, days: fault.spec.days, seed: fault.seed })
    }

    /// Whether a renewal is ignored. `subject.period` is the first month that it would cover.
    pub(crate) fn lapse(&mut self, case: &CaseId, id: &SubscriptionId, subject: &Subject, day: Day) -> Lapse {
        for (at, fault) in self.faults.iter_mut().enumerate() {
            let over = fault.spec.to.is_some_and(|to| Period::of(day) > to);
            if fault.spec.kind != FaultKind::Lapse || over || !fault.concerns(subject) {
                continue;
            }
            if !fault.lapsed.contains_key(case) {
                let early = fault.spec.from.is_some_and(|from| subject.period < from);
                if early || !fault.has_room_for(case.as_str()) {
                    continue;
                }
                fault.used += 1;
            }
            let first = fault.lapsed.entry(case.clone()).or_default().insert(id.clone());
            if first {
                self.changed.insert(at);
            }
            return if first { Lapse::First } else { Lapse::Again };
        }
        Lapse::Spared
    }

    /// Where a case stands in the night's order of renewals, by the seed of the first `lapse`.
    pub(crate) fn renewal_order(&self, case: &CaseId) -> String {
        let lapse =
            self.faults.iter().find(|f| f.spec.kind == FaultKind::Lapse && f.standing == Standing::Active);
        format!("{:016x}", number(lapse.map_or(0, |f| f.seed), "lapse", case.as_str()))
    }

    /// The faults changed since the last call, with their places.
    pub(crate) fn take_changed(&mut self) -> Vec<(usize, Fault)> {
        std::mem::take(&mut self.changed).into_iter().map(|at| (at, self.faults[at].clone())).collect()
    }

    fn position(&self, seed: u64, spec: &FaultSpec) -> Option<usize> {
        self.faults.iter().position(|fault| fault.seed == seed && fault.spec == *spec)
    }

    fn push(&mut self, seed: u64, spec: FaultSpec, from_file: bool) {
        self.changed.insert(self.faults.len());
        let (standing, lapsed) = (Standing::Active, BTreeMap::new());
        self.faults.push(Fault { seed, spec, from_file, standing, used: 0, lapsed });
    }

    fn set(&mut self, at: usize, standing: Standing) {
        self.faults[at].standing = standing;
        self.changed.insert(at);
    }
}

impl Fault {
    /// Whether it holds and has hit nothing.
    pub(crate) fn is_idle(&self) -> bool {
        self.standing == Standing::Active && self.used == 0
    }

    fn concerns(&self, subject: &Subject) -> bool {
        let case_named =
            |cases: &BTreeSet<CaseId>| subject.case.as_ref().is_some_and(|case| cases.contains(case));
        self.standing == Standing::Active
            && self.spec.charge_type.as_ref().is_none_or(|wanted| *wanted == subject.charge_type)
            && self.spec.cases.as_ref().is_none_or(case_named)
    }

    fn has_room_for(&self, key: &str) -> bool {
        let place = || number(self.seed, self.spec.kind.name(), key) % 1_000_000;
        self.spec.count.is_none_or(|count| self.used < count)
            && self.spec.share.is_none_or(|share| place() < u64::from(share.per_million()))
    }
}

/// A number that depends on nothing but seed, purpose and key.
pub(crate) fn number(seed: u64, purpose: &str, key: &str) -> u64 {
    let digest = Sha256::digest(format!("{seed}\u{1f}{purpose}\u{1f}{key}"));
    digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(case: &str, period: &str) -> Subject {
        Subject {
            case: Some(CaseId::parse(case).unwrap()),
            payer: PersonKey::parse("per_0123456789abcdef0123456789abcdef").unwrap(),
            charge_type: ChargeType::parse("dk-daycare/parental-payment").unwrap(),
            period: period.parse().unwrap(),
            amount: Money::dkk(100),
            command_id: None,
            subscription: None,
        }
    }

    fn book(faults: &str) -> FaultBook {
        let mut book = FaultBook::default();
        book.declare(&Faults::parse(&format!("seed: 7\nfaults: [{faults}]")).unwrap());
        book
    }

    fn hits(book: &mut FaultBook, keys: impl Iterator<Item = usize>) -> BTreeSet<usize> {
        keys.filter(|n| book.hit(&[FaultKind::Drop], &n.to_string(), &subject("C-1", "2023-04")).is_some())
            .collect()
    }

    #[test]
    fn a_share_hits_the_same_keys_in_whatever_order_they_come() {
        let forward = hits(&mut book("{kind: drop, share: 0.1}"), 0..1000);
        let backward = hits(&mut book("{kind: drop, share: 0.1}"), (0..1000).rev());
        assert_eq!(forward, backward);
        assert!((60..140).contains(&forward.len()), "{}", forward.len());
    }

    #[test]
    fn a_count_is_used_up() {
        assert_eq!(hits(&mut book("{kind: drop, count: 3}"), 0..100), BTreeSet::from([0, 1, 2]));
    }

    #[test]
    fn months_charge_types_and_cases_narrow_a_fault() {
        let mut book = book(
            "{kind: drop, from: 2023-04, to: 2023-05, charge_type: dk-daycare/parental-payment, cases: [C-1]}",
        );
        for (case, period, hit) in [
            ("C-1", "2023-03", false),
            ("C-1", "2023-04", true),
            ("C-1", "2023-06", false),
            ("C-2", "2023-04", false),
        ] {
            assert_eq!(
                book.hit(&[FaultKind::Drop], "k", &subject(case, period)).is_some(),
                hit,
                "{case} {period}"
            );
        }
        let mut other = subject("C-1", "2023-04");
        other.charge_type = ChargeType::parse("daycare/meal").unwrap();
        assert_eq!(book.hit(&[FaultKind::Drop], "k", &other), None);
    }

    #[test]
    fn a_lapse_counts_cases_and_names_each_subscription_once() {
        let mut book = book("{kind: lapse, count: 1, from: 2023-04, to: 2024-07}");
        let day = |text: &str| text.parse::<Period>().unwrap().first_day();
        let mut lapse = |case: &str, id: &str, period: &str, on: &str| {
            let (case, id) = (CaseId::parse(case).unwrap(), SubscriptionId::parse(id).unwrap());
            book.lapse(&case, &id, &subject(case.as_str(), period), day(on))
        };
        assert_eq!(lapse("C-1", "sub_1", "2023-03", "2023-02"), Lapse::Spared);
        assert_eq!(lapse("C-1", "sub_1", "2023-04", "2023-03"), Lapse::First);
        assert_eq!(lapse("C-1", "sub_1", "2023-04", "2023-04"), Lapse::Again);
        assert_eq!(lapse("C-1", "sub_2", "2023-05", "2023-04"), Lapse::First);
        assert_eq!(lapse("C-2", "sub_3", "2023-04", "2023-04"), Lapse::Spared);
        assert_eq!(lapse("C-1", "sub_1", "2023-04", "2024-08"), Lapse::Spared);
    }

    #[test]
    fn a_fault_left_out_of_the_file_is_withdrawn_and_a_lifted_one_stays_lifted() {
        let file = |faults: &str| Faults::parse(&format!("seed: 7\nfaults: [{faults}]")).unwrap();
        let mut book = book("{kind: drop, count: 5}, {kind: late}");
        book.hit(&[FaultKind::Drop], "k", &subject("C-1", "2023-04")).unwrap();
        book.lift(FaultKind::Late);
        book.declare(&file("{kind: late}"));
        assert_eq!(book.hit(&[FaultKind::Drop, FaultKind::Late], "k", &subject("C-1", "2023-04")), None);
        book.declare(&file("{kind: drop, count: 5}"));
        assert_eq!(book.faults[0].used, 1);
        assert_eq!(book.lift(FaultKind::Drop), 1);
        assert_eq!(book.lift(FaultKind::Drop), 0);
    }
}
