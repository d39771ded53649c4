//! What the ledger has told of an instalment's payment, what has been done about it, and what follows.

use super::RepaymentRules;
use crate::decided::Issued;
use crate::state::{Case, Standing, Stated};
use domain::{Day, LetterId, Money, Period};
use messages::CollectionStepKind;
use schemes::dk_cash_repayment::{MissedStep, StepLetter, next_step, transferable_from};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An instalment that was not paid in time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Missed {
    /// The latest statement that it is not paid, with the day on which it was due.
    pub due_on: Option<Stated<Day>>,
    /// The latest statement that it is paid, with the day.
    pub paid_on: Option<Stated<Day>>,
    /// The order that told of a payment which was returned since: the steps are those after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned: Option<String>,
    /// The steps that were taken, and when.
    pub taken: BTreeMap<CollectionStepKind, Day>,
    /// Their letters.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub letters: BTreeMap<CollectionStepKind, LetterId>,
    /// That the reminder costs a fee.
    pub reminded: Option<Issued>,
    /// What has been determined of the fee.
    pub fee: Option<Standing>,
}

impl Missed {
    /// When it was due, where it is not paid: of what was stated, the last counts.
    pub fn unpaid(&self) -> Option<Day> {
        let due_on = self.due_on.as_ref()?;
        let later = |paid: &&Stated<Day>| (paid.on, &paid.order) > (due_on.on, &due_on.order);
        self.paid_on.as_ref().filter(later).is_none().then_some(due_on.what)
    }

    /// When it was paid, where it is.
    pub fn paid(&self) -> Option<Day> {
        self.paid_on.as_ref().map(|paid| paid.what).filter(|_| self.unpaid().is_none())
    }

    /// The order that told of a payment, where that was returned and nothing has been done about it yet: then the debtor, who
    /// has been told that it was paid, is reminded anew.
    pub fn begins_anew(&self) -> Option<&str> {
        let paid = self.unpaid().and(self.paid_on.as_ref())?;
        (self.returned.as_ref() != Some(&paid.order)).then_some(&paid.order)
    }
}

impl Case {
    /// What is owed for the month of an instalment; nothing where none was determined.
    pub fn instalment_of(&self, month: Period) -> Option<Money> {
        let owed = self.determined.get(&month)?.values().next()?.amount;
        (!owed.is_zero()).then_some(owed)
    }

    /// The letter of a step. Its id follows from the case, the month and the step, and from the payment that was returned.
    pub fn letter_of_step(
        &self,
        month: Period,
        step: CollectionStepKind,
        returned: Option<&str>,
    ) -> LetterId {
        let case = self.opened.as_ref().map(|opened| opened.case.to_string()).unwrap_or_default();
        let (month, step) = (month.to_string(), format!("{step:?}").to_lowercase());
        let mut parts = vec![case.as_str(), "missed", &month, &step];
        parts.extend(returned);
        LetterId::derive(&parts)
    }

    /// The letters of the steps that were taken, in their order.
    fn step_letters(&self, month: Period, missed: &Missed) -> Vec<StepLetter> {
        let taken = missed.taken.iter().filter(|_| missed.begins_anew().is_none());
        let letter = |(step, on): (&CollectionStepKind, &Day)| {
            let received_on = match missed.letters.get(step) {
                Some(letter) => self.delivered.get(letter).copied(),
                // As versions before kept it, which wrote no letter on the transfer.
                None if *step == CollectionStepKind::Transfer => Some(*on),
                None => self.delivered.get(&self.letter_of_step(month, *step, None)).copied(),
            };
            StepLetter { written_on: *on, received_on }
        };
        taken.map(letter).collect()
    }

    /// The step that is next for a month's instalment, from which day on; none where it is not owed or is paid, before the letter
    /// of the step before has come, and once the debtor has died: then it is a claim on the estate, and for staff.
    pub fn step_of(
        &self,
        rules: &RepaymentRules,
        month: Period,
        missed: &Missed,
    ) -> Option<(MissedStep, Day)> {
        self.instalment_of(month)?;
        if self.debtor_died_on().is_some() {
            return None;
        }
        next_step(missed.unpaid()?, &self.step_letters(month, missed), &rules.settings.of_scheme())
    }

    /// Since when the instalment of a month may go to recovery; not where it has been paid.
    pub fn transferable_since(&self, month: Period) -> Option<Day> {
        let missed = self.repayment.as_ref()?.missed.get(&month)?;
        missed.unpaid()?;
        transferable_from(&self.step_letters(month, missed))
    }

    /// The first day on which a step is due.
    pub fn next_step(&self, rules: &RepaymentRules) -> Option<Day> {
        let missed = self.repayment.iter().flat_map(|repayment| &repayment.missed);
        missed.filter_map(|(month, missed)| Some(self.step_of(rules, *month, missed)?.1)).min()
    }
}
