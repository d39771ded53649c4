//! What follows when the ledger misses an instalment: reminder, determination and transfer, each on its day and each once.

use super::RepaymentRules;
use super::letter;
use crate::decide::not_assessable;
use crate::decided::Issued;
use crate::morning::{Morning, Owed};
use crate::state::{Case, Standing, Stated};
use domain::{ChargeType, Day, DecisionId, LetterId, Money, Period};
use messages::{
    AssessmentFact, Cause, CollectionStep, CollectionStepKind, DecisionMade, DecisionParts, REMINDER_FEE,
};
use runtime::Refusal;
use schemes::dk_cash_repayment::letter::MissedLetterStep;
use schemes::dk_cash_repayment::{MissedStep, reminder_fee, steps_after_missed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An instalment that was not paid in time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Missed {
    /// When it was due, as the ledger says.
    pub due_on: Option<Stated<Day>>,
    /// When it was paid after all.
    pub paid_on: Option<Stated<Day>>,
    /// The steps that were taken, and when.
    pub taken: BTreeMap<CollectionStepKind, Day>,
    /// That the reminder costs a fee.
    pub reminded: Option<Issued>,
    /// What has been determined of the fee.
    pub fee: Option<Standing>,
}

impl Missed {
    /// The steps that it has by a day.
    pub fn steps(&self, rules: &RepaymentRules, on: Day) -> Result<Vec<MissedStep>, schemes::Error> {
        let Some(due_on) = &self.due_on else { return Ok(Vec::new()) };
        let paid_on = self.paid_on.as_ref().map(|paid| paid.what);
        steps_after_missed(due_on.what, paid_on, on, &rules.parameters, &rules.settings.of_scheme())
    }

    /// Since when it may go to recovery; not where it has been paid after all.
    pub fn transferable_since(&self) -> Option<Day> {
        self.taken.get(&CollectionStepKind::Transfer).copied().filter(|_| self.paid_on.is_none())
    }
}

fn kind_and_day(step: &MissedStep) -> (CollectionStepKind, Day) {
    match step {
        MissedStep::Reminder { on, .. } => (CollectionStepKind::Reminder, *on),
        MissedStep::Determination { on } => (CollectionStepKind::Determination, *on),
        MissedStep::Transfer { on } => (CollectionStepKind::Transfer, *on),
    }
}

impl Case {
    /// What is owed for the month of an instalment; nothing where none was determined.
    pub fn instalment_of(&self, month: Period) -> Option<Money> {
        let owed = self.determined.get(&month)?.values().next()?.amount;
        (!owed.is_zero()).then_some(owed)
    }

    /// The next day on which a step is due.
    pub fn next_step(&self, rules: &RepaymentRules, after: Day) -> Option<Day> {
        let missed = self.repayment.iter().flat_map(|repayment| &repayment.missed);
        let owed = missed.filter(|(month, _)| self.instalment_of(**month).is_some());
        let steps = owed.filter_map(|(_, missed)| missed.steps(rules, Day::MAX).ok());
        steps.flatten().map(|step| kind_and_day(&step).1).filter(|on| *on > after).min()
    }
}

impl Morning<'_> {
    /// Takes the steps that are due.
    pub fn take_steps(&mut self, case: &mut Case) -> Result<(), Refusal> {
        let today = self.today();
        let missed = case.repayment.as_ref().map(|repayment| repayment.missed.clone()).unwrap_or_default();
        for (month, missed) in missed {
            let Some(amount) = case.instalment_of(month) else { continue };
            let steps = missed.steps(&self.rules.repayment, today);
            let steps = steps.map_err(not_assessable)?;
            for step in steps.iter().filter(|step| !missed.taken.contains_key(&kind_and_day(step).0)) {
                self.take(case, (month, &missed, amount), step)?;
            }
        }
        Ok(())
    }

    fn take(
        &mut self,
        case: &mut Case,
        (month, missed, amount): (Period, &Missed, Money),
        step: &MissedStep,
    ) -> Result<(), Refusal> {
        let (today, (kind, on)) = (self.today(), kind_and_day(step));
        let debtor = case.payers.values().next().map(|debtor| debtor.what.clone());
        let (Some(debtor), Some(due_on)) = (debtor, &missed.due_on) else { return Ok(()) };
        let settings = &self.rules.repayment.settings;
        let later = |days: u32| today + chrono::Days::new(days.into());
        let (writes, fee) = match step {
            MissedStep::Reminder { fee, .. } => {
                let determined_on = later(settings.determination_days);
                let fee = settings.reminder_fee.then_some(*fee);
                (Some(MissedLetterStep::Reminder { fee, determined_on }), fee)
            }
            MissedStep::Determination { .. } => {
                let transfer_from = later(settings.notice_days + 1);
                (Some(MissedLetterStep::Determination { transfer_from }), None)
            }
            MissedStep::Transfer { .. } => (None, None),
        };
        let letter = writes.map(|writes| {
            let name = format!("{kind:?}").to_lowercase();
            let id = LetterId::derive(&[self.opened.case.as_str(), "missed", &month.to_string(), &name]);
            let of_month = (month, due_on.what, amount);
            let letter =
                letter::missed(self.rules, self.opened, today, (id.clone(), &debtor), of_month, writes);
            self.effects.send_late(&letter, self.because());
            id
        });
        let reminded = fee.zip(letter.clone()).map(|(fee, letter)| self.issue_fee(month, fee, letter));
        let reminded = reminded.transpose()?;
        let taken = CollectionStep { period: month, step: kind, on, letter, fee };
        self.tell(AssessmentFact::CollectionStepTaken(taken));
        let kept = case.repayment.as_mut().and_then(|repayment| repayment.missed.get_mut(&month));
        if let Some(kept) = kept {
            kept.taken.insert(kind, on);
            kept.reminded = reminded.or(kept.reminded.take());
        }
        Ok(())
    }

    /// Decides the fee of a reminder; it binds when the reminder has come.
    fn issue_fee(&mut self, month: Period, fee: Money, letter: LetterId) -> Result<Issued, Refusal> {
        let made = DecisionMade::try_from(DecisionParts {
            decision: DecisionId::derive(&[letter.as_str()]),
            letter,
            from: month,
            to: Some(month),
            monthly_amount: fee,
            previous: None,
            cause: Cause::Claims,
            hearing: None,
            heard: None,
        });
        let made = made.map_err(|error| Refusal::new("not_heard", error.to_string()))?;
        self.tell(AssessmentFact::DecisionMade(Box::new(made.clone())));
        let because = self.because();
        Ok(Issued::new(made, self.today(), because.causes().to_vec(), because.evidence().to_vec()))
    }

    /// Determines the fees of reminders that have come, and gives back those that should not have gone out: the instalment was
    /// paid in time and that was told late.
    pub fn determine_fees(&mut self, case: &mut Case) -> Result<(), Refusal> {
        let (today, law) = (self.today(), &self.rules.repayment);
        let Some(debtor) = case.payers.values().next().map(|debtor| debtor.what.clone()) else {
            return Ok(());
        };
        let charge_type = ChargeType::parse(REMINDER_FEE)
            .map_err(|error| Refusal::new("charge_type", error.to_string()))?;
        let Some(repayment) = &mut case.repayment else { return Ok(()) };
        for (month, missed) in &mut repayment.missed {
            let steps = missed.steps(law, today).map_err(not_assessable)?;
            let Some(reminded) = &mut missed.reminded else { continue };
            if let Some(fact) = reminded.bind(&case.delivered) {
                self.tell(fact);
            }
            let Some(communicated_on) = reminded.communicated_on() else { continue };
            let stands = steps.iter().any(|step| kind_and_day(step).0 == CollectionStepKind::Reminder);
            let (amount, trace) = reminder_fee(*month, reminded.written_on(), stands, &law.parameters)
                .map_err(not_assessable)?;
            let days = law.settings.determination_days;
            let due_on = reminded.written_on() + chrono::Days::new(days.into());
            let owed =
                Owed { month: *month, amount, due_on, decision: reminded, communicated_on, trace: &trace };
            if let Some(made) = self.determination(&owed, missed.fee.as_ref(), &charge_type, &debtor)? {
                missed.fee = Some(self.send_determination(made, reminded));
            }
        }
        Ok(())
    }
}
