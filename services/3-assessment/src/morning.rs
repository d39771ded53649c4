//! One round of assessment of a case in which everything that follows from the facts of a day is done once, in the morning:
//! the schemes whose months follow the days do what they have in common here.

use crate::notices::event;
use crate::state::{Case, Opened, Standing};
use crate::{Assessment, Rules, for_staff};
use domain::{Day, DecisionId, DeterminationId, LetterId, Money, Period};
use messages::{AssessmentEvent, AssessmentFact, Cause, DecisionMade, Determination, Evidence, Party, Trace};
use runtime::{Because, Context, Effects, Refusal};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One round of assessment of a case.
pub struct Morning<'a> {
    pub rules: &'a Rules,
    pub opened: &'a Opened,
    pub context: &'a Context<'a>,
    /// Why a month is determined anew.
    pub cause: Cause,
    /// What has come since the last morning.
    pub because: Option<&'a Because>,
    pub effects: &'a mut Effects<Assessment>,
}

impl Morning<'_> {
    pub fn today(&self) -> Day {
        self.context.today
    }

    pub fn event(&self, fact: AssessmentFact) -> AssessmentEvent {
        event(self.opened, self.today(), fact)
    }

    pub fn tell(&mut self, fact: AssessmentFact) {
        self.effects.send(&event(self.opened, self.context.today, fact));
    }

    /// What has come since the last morning, or else the day.
    pub fn because(&self) -> Because {
        self.because.cloned().unwrap_or_else(|| self.context.into())
    }
}

/// What is owed for a month, before it is told.
pub struct Owed {
    /// The month.
    pub month: Period,
    /// What is owed for it in all.
    pub amount: Money,
    /// When it falls due.
    pub due_on: Day,
    /// The decision that makes it binding.
    pub decision: DecisionId,
    /// When that reached the payer.
    pub communicated_on: Day,
    /// Why it is as it is now.
    pub cause: Cause,
    /// The steps that led to it.
    pub trace: Trace,
    /// The messages it follows from.
    pub causes: Vec<String>,
    /// The raw records it follows from.
    pub evidence: Vec<Evidence>,
}

impl Morning<'_> {
    /// Tells what a payer owes for a month, as the next version.
    pub fn put(&mut self, case: &mut Case, payer: Party, owed: Owed) -> Result<(), Refusal> {
        let charge_type = self.opened.charge_type()?;
        let standing = case.determined.entry(owed.month).or_default();
        let version = standing.get(&payer.person).map_or(1, |standing| standing.version + 1);
        let made = Standing { version, amount: owed.amount, decision: owed.decision.clone() };
        let determination = Determination {
            determination: DeterminationId::derive(&[
                self.opened.case.as_str(),
                payer.person.as_str(),
                charge_type.as_str(),
                &owed.month.to_string(),
                &version.to_string(),
            ]),
            version,
            payer: payer.person.clone(),
            payer_cpr: payer.cpr,
            charge_type,
            billing: self.opened.billing,
            period: owed.month,
            amount: owed.amount,
            due_on: owed.due_on,
            decision: owed.decision,
            communicated_on: owed.communicated_on,
            cause: owed.cause,
            trace: owed.trace,
        };
        standing.insert(payer.person, made);
        let fact = AssessmentFact::Determined(Box::new(determination));
        self.effects.send_because(&self.event(fact), owed.causes, owed.evidence);
        Ok(())
    }

    /// Tells of decisions that have come to bind.
    pub fn tell_communicated(&mut self, communicated: Vec<(DecisionId, Day)>) {
        for (decision, communicated_on) in communicated {
            self.tell(AssessmentFact::DecisionCommunicated { decision, communicated_on });
        }
    }

    /// Tells once of a month that cannot be computed, and when it can be again. `told` holds those that have been told and
    /// why, `detail` is for staff.
    pub fn tell_unassessable(
        &mut self,
        told: &mut BTreeMap<Period, String>,
        month: Period,
        problem: Option<String>,
        detail: impl Fn(&str) -> String,
    ) {
        if told.get(&month) == problem.as_ref() {
            return;
        }
        let (key, today) = (self.opened.case.as_str(), self.today());
        let refusal = format!("not_assessable/{key}/{month}");
        match problem {
            Some(problem) => {
                let detail = detail(&problem);
                self.effects.send(&for_staff::waits(refusal, key, today, "month_not_assessable", detail));
                told.insert(month, problem);
            }
            None => {
                told.remove(&month);
                self.effects.send(&for_staff::ended(refusal, key, today, "closed"));
            }
        }
    }
}

/// The steps of the rules, as they are told.
pub fn trace(trace: &schemes::Trace) -> Result<Trace, Refusal> {
    Trace::of(trace).map_err(|error| Refusal::new("trace_unwritable", format!("{:?}", error.classify())))
}

/// A decision that binds from its communication.
pub trait Binds: Clone {
    /// As it is told.
    fn made(&self) -> &DecisionMade;
    /// The day on which it reached the payer.
    fn communicated_on(&self) -> Option<Day>;
    /// It has reached the payer; the first day counts.
    fn communicate(&mut self, on: Day);
}

/// Lets the decisions bind whose letters have been delivered: which, and since when.
pub fn communicate<D: Binds>(
    decisions: &mut [Arc<D>],
    delivered: &BTreeMap<LetterId, Day>,
) -> Vec<(DecisionId, Day)> {
    let mut communicated = Vec::new();
    for decision in decisions {
        let delivered_on = delivered.get(decision.made().letter()).copied();
        let Some(on) = delivered_on.filter(|_| decision.communicated_on().is_none()) else { continue };
        Arc::make_mut(decision).communicate(on);
        communicated.push((decision.made().decision().clone(), on));
    }
    communicated
}
