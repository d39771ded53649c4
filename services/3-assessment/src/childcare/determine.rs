//! Determines the months that have begun: each from all that is known today, and again when that changes it.

use super::check::Checked;
use super::{Childcare, ChildcareRules, due, fees};
use crate::decide::not_assessable;
use crate::decided::Issued;
use crate::for_staff;
use crate::morning::{Morning, Owed};
use crate::state::Case;
use domain::{Currency, Day, DecisionId, Money, Period};
use runtime::Refusal;
use rust_decimal::Decimal;
use schemes::letter::swedish;
use schemes::se_childcare::{SCHEME, articles, assess_by_tax, charge, claim_allowed, refund_allowed};
use schemes::{Error, Step, Trace};
use std::collections::{BTreeMap, BTreeSet};

/// What may be charged for a month.
struct Chargeable {
    amount: Money,
    trace: Trace,
    /// What it costs by its facts, once everything is decided.
    by_facts: (Money, Trace),
    binding: Option<Binding>,
}

/// What makes it binding.
struct Binding {
    decision: Issued,
    communicated_on: Day,
}

/// A change of a month, ready to be told.
struct Change {
    before: Option<(Money, DecisionId)>,
    amount: Money,
    trace: Trace,
    binding: Binding,
}

impl Change {
    fn difference(&self) -> Decimal {
        let before = self.before.as_ref().map_or(Decimal::ZERO, |(before, _)| before.amount());
        self.amount.amount() - before
    }
}

impl Case {
    /// What may be charged for a month: what its facts give, on no day more than a communicated decision states. The months of
    /// a corrected year by the incomes of its tax.
    fn chargeable(&self, rules: &ChildcareRules, month: Period) -> Result<Chargeable, Error> {
        let Some(childcare) = &self.childcare else { return Ok(nothing(None)) };
        if let Some((correction, communicated_on)) = childcare.corrected(month) {
            let binding = Binding { decision: correction.issued().clone(), communicated_on };
            let Some(facts) = self.month_facts(rules, month)? else { return Ok(nothing(Some(binding))) };
            let adults = self.taxed_as_corrected(correction, month.year());
            let owed = assess_by_tax(&facts, &adults, &rules.parameters, &rules.settings)?;
            let (amount, trace) = at_most(owed.payable, owed.trace, correction.right(month));
            let by_facts = (amount, trace.clone());
            return Ok(Chargeable { amount, trace, by_facts, binding: Some(binding) });
        }
        let binding = childcare.binding_on(month.last_day());
        let binding = binding.map(|(decision, communicated_on)| Binding {
            decision: decision.issued().clone(),
            communicated_on,
        });
        let Some(owed) = self.fee_of_month(rules, month)? else { return Ok(nothing(binding)) };
        let decided = |child: &str, day: Day| {
            let (decision, _) = childcare.binding_on(day)?;
            Some(fees::on(decision.steps(), day)?.get(child)?.monthly)
        };
        let charged = charge(&owed, decided, &rules.settings)?;
        let by_facts = (owed.payable, owed.trace);
        Ok(Chargeable { amount: charged.payable, trace: charged.trace, by_facts, binding })
    }

    /// The months since the first place up to one, and those that have been determined.
    fn fee_months(&self, last: Period) -> BTreeSet<Period> {
        let first = self.childcare.as_ref().and_then(Childcare::first_day).map(Period::of);
        let held = first.into_iter().flat_map(|first| first.through(last));
        held.chain(self.determined.keys().copied()).collect()
    }

    /// What stands for a month.
    pub fn standing_fee(&self, month: Period) -> Option<(Money, DecisionId)> {
        let standing = self.determined.get(&month)?.values().next()?;
        Some((standing.amount, standing.decision.clone()))
    }
}

impl Case {
    /// The months that stay as they were, for a trace of those that rise: it is too late to correct them (R101).
    fn lapsed_step(&self) -> Option<Step> {
        let childcare = self.childcare.as_ref().filter(|childcare| !childcare.too_late.is_empty())?;
        let mut step =
            Step::new("earlier months that stay as they were: too late to correct", articles::LIMITATION);
        for (month, would_be) in &childcare.too_late {
            step.input(&format!("{month} would be"), would_be.amount());
        }
        Some(step)
    }

    /// The fee of the next invoice, as far as it is determined: that of the month.
    pub fn next_fee(&self, today: Day) -> Money {
        let standing = self.standing_fee(Period::of(today));
        standing.map_or(Money::zero(Currency::SEK), |(amount, _)| amount)
    }
}

/// A month in which no child holds a place.
fn nothing(binding: Option<Binding>) -> Chargeable {
    let mut root = Step::new("no child of the household holds a place in the month", articles::BY_THE_DAY);
    root.result("total payable", Decimal::ZERO);
    let trace = Trace { scheme: SCHEME.to_owned(), root };
    let zero = Money::zero(Currency::SEK);
    Chargeable { amount: zero, by_facts: (zero, trace.clone()), trace, binding }
}

/// An amount, at most what a correction states.
fn at_most(owed: Money, mut trace: Trace, stated: Option<Money>) -> (Money, Trace) {
    let Some(stated) = stated.filter(|stated| stated.amount() < owed.amount()) else { return (owed, trace) };
    let mut step = Step::new("what the correction states for the month", articles::DECISION);
    step.result("at most", stated.amount());
    trace.root.steps.push(step);
    trace.root.result.clear();
    trace.root.result("total payable", stated.amount());
    (stated, trace)
}

/// A fault of the law's figures, in Swedish.
pub fn in_swedish(error: &Error) -> String {
    match error {
        Error::NoParameter { scheme, parameter, on, known } => {
            let known = known.in_words(["från", "till", "ingen dag"]);
            format!("{scheme}: parametern {parameter} saknas för {on} (finns för {known})")
        }
        other => other.to_string(),
    }
}

impl Morning<'_> {
    /// Brings the determinations of the months that have begun in line with the facts: of all, or of those that have begun
    /// since the last time or could not be computed then. A month that cannot be computed is told a month ahead.
    pub fn determine_childcare(&mut self, case: &mut Case, all: bool) -> Result<(), Refusal> {
        let current = Period::of(self.today());
        let mut months = case.fee_months(current.next());
        if !all {
            let done = case.assessed_to;
            let stopped = |month: &Period| {
                case.childcare.as_ref().is_some_and(|childcare| childcare.unassessable.contains_key(month))
            };
            months.retain(|month| Some(*month) > done || stopped(month));
        }
        let mut changes: BTreeMap<Period, Change> = BTreeMap::new();
        for month in months {
            let chargeable = case.chargeable(&self.rules.childcare, month);
            let problem = chargeable.as_ref().err().map(in_swedish);
            if let Some(childcare) = &mut case.childcare {
                let detail = |problem: &str| {
                    format!("avgiften för {month} kan inte fastställas och debiteras inte: {problem}")
                };
                self.tell_unassessable(&mut childcare.unassessable, month, problem, detail);
            }
            let (Ok(chargeable), true) = (chargeable, month <= current) else { continue };
            if let Some(change) = self.change(case, month, chargeable)? {
                changes.insert(month, change);
            }
        }
        self.put_changes(case, changes)
    }

    /// The change of a month, where there is one that may still be made.
    fn change(
        &mut self,
        case: &mut Case,
        month: Period,
        chargeable: Chargeable,
    ) -> Result<Option<Change>, Refusal> {
        let before = case.standing_fee(month);
        let stands = before.as_ref().map_or(Decimal::ZERO, |(before, _)| before.amount());
        let Chargeable { mut amount, mut trace, by_facts: (by_facts, trace_of_facts), binding } = chargeable;
        let (rises, falls) = (by_facts.amount() > stands, amount.amount() < stands);
        let is_over = month < Period::of(self.today());
        // A month that is over and falls as a whole falls to what is right, and not further for want of the letter that tells of
        // the days that cost more.
        if is_over && !rises && falls {
            (amount, trace) = (by_facts, trace_of_facts);
        }
        let (on, parameters) = (self.today(), &self.rules.childcare.parameters);
        let claim_lapsed = rises && !claim_allowed(month, on, parameters).map_err(not_assessable)?;
        let refund_lapsed = falls && !refund_allowed(month, on, parameters).map_err(not_assessable)?;
        // One that rises as a whole is not given back in part for the days that cost less.
        let waits = rises && falls && is_over;
        let dropped = claim_lapsed
            && case.is_raise_dropped(
                &self.rules.childcare,
                month,
                &Checked { charged: amount, right: by_facts },
            );
        let would_be = match (claim_lapsed && !dropped, refund_lapsed) {
            (true, _) => Some(by_facts),
            (false, true) => Some(amount),
            (false, false) => None,
        };
        self.tell_too_late(case, month, would_be);
        let Some(binding) = binding.filter(|_| !waits && !claim_lapsed && !refund_lapsed) else {
            return Ok(None);
        };
        let change = Change { before, amount, trace, binding };
        Ok((!change.difference().is_zero()).then_some(change))
    }

    /// Tells once of a month that is left as it is because it is too late to correct it (R101), and when that is over.
    fn tell_too_late(&mut self, case: &mut Case, month: Period, would_be: Option<Money>) {
        let stands = case.standing_fee(month).map_or(Money::zero(Currency::SEK), |(amount, _)| amount);
        let Some(childcare) = &mut case.childcare else { return };
        let (key, today) = (self.opened.case.as_str(), self.today());
        let refusal = format!("too_late/{key}/{month}");
        match would_be {
            Some(amount) => {
                let known = childcare.too_late.insert(month, amount);
                if known.is_none() {
                    let detail = format!(
                        "avgiften för {month} är {} och skulle vara {}, men månaden kan inte längre rättas: krav tre år, \
                         återbetalning tio år tillbaka ({})",
                        swedish::kronor(stands),
                        swedish::kronor(amount),
                        articles::LIMITATION
                    );
                    self.effects.send(&for_staff::waits(refusal, key, today, "too_late_to_correct", detail));
                }
            }
            None => {
                if childcare.too_late.remove(&month).is_some() {
                    self.effects.send(&for_staff::ended(refusal, key, today, "closed"));
                }
            }
        }
    }

    fn put_changes(&mut self, case: &mut Case, changes: BTreeMap<Period, Change>) -> Result<(), Refusal> {
        let current = Period::of(self.today());
        let next_fee = changes.get(&current).map(|change| change.amount);
        let next_fee = next_fee.unwrap_or(case.next_fee(self.today()));
        let over: BTreeMap<Period, Decimal> = changes
            .iter()
            .filter(|(month, _)| **month < current)
            .map(|(month, change)| (*month, change.difference()))
            .collect();
        let due = due::of_changes(&over, self.today(), next_fee, &self.rules.childcare.settings)
            .map_err(not_assessable)?;
        let cause = self.cause;
        let lapsed = case.lapsed_step();
        for (month, change) in changes {
            let rises = change.difference() > Decimal::ZERO;
            let Change { before, amount, mut trace, binding } = change;
            trace.root.steps.extend(lapsed.clone().filter(|_| rises));
            let (month, trace) = (&month, &trace);
            let Binding { decision, communicated_on } = &binding;
            // Where the decision is the same as before, something else has changed the month.
            let same = before.as_ref().is_some_and(|(_, before)| before == decision.made().decision());
            self.cause = if same { cause } else { decision.made().cause() };
            let due_on = due.get(month).copied().unwrap_or_else(|| due::of_month(*month));
            let (month, communicated_on) = (*month, *communicated_on);
            self.determine_owed(case, &Owed { month, amount, due_on, decision, communicated_on, trace })?;
        }
        self.cause = cause;
        Ok(())
    }
}
