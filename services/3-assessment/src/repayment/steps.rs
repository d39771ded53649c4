//! Takes the steps after a missed instalment: one letter each, and each once.

use super::letter;
use super::missed::Missed;
use crate::decide::not_assessable;
use crate::decided::Issued;
use crate::morning::Morning;
use crate::state::Case;
use domain::{DecisionId, LetterId, Money, Period};
use messages::{AssessmentFact, Cause, CollectionStep, CollectionStepKind, DecisionMade, DecisionParts};
use runtime::Refusal;
use schemes::dk_cash_repayment::letter::MissedLetterStep;
use schemes::dk_cash_repayment::{MissedStep, reminder_fee};

impl Morning<'_> {
    /// Takes the steps that are due.
    pub fn take_steps(&mut self, case: &mut Case) -> Result<(), Refusal> {
        let missed = case.repayment.as_ref().map(|repayment| repayment.missed.clone()).unwrap_or_default();
        for (month, missed) in missed {
            let step = case.step_of(&self.rules.repayment, month, &missed);
            if let Some((step, _)) = step.filter(|(_, from)| *from <= self.today()) {
                self.take(case, (month, &missed), step)?;
            }
        }
        Ok(())
    }

    fn take(
        &mut self,
        case: &mut Case,
        (month, missed): (Period, &Missed),
        step: MissedStep,
    ) -> Result<(), Refusal> {
        let today = self.today();
        let debtor = case.payers.values().next().map(|debtor| debtor.what.clone());
        let (Some(debtor), Some(due_on), Some(amount)) = (debtor, missed.unpaid(), case.instalment_of(month))
        else {
            return Ok(());
        };
        let (kind, writes, fee) = self.says(month, missed, step)?;
        let anew = missed.begins_anew().map(str::to_owned);
        let id = case.letter_of_step(month, kind, anew.as_deref().or(missed.returned.as_deref()));
        let returned = missed.paid_on.as_ref().map(|paid| paid.what);
        let unpaid = letter::Unpaid { month, due_on, amount, returned };
        let letter = letter::missed(self.rules, self.opened, today, (id.clone(), &debtor), unpaid, writes);
        self.effects.send_late(&letter, self.because());
        let reminded = fee.map(|fee| self.issue_fee(month, fee, id.clone())).transpose()?;
        let taken = CollectionStep { period: month, step: kind, on: today, letter: Some(id.clone()), fee };
        self.tell(AssessmentFact::CollectionStepTaken(taken));
        let kept = case.repayment.as_mut().and_then(|repayment| repayment.missed.get_mut(&month));
        if let Some(kept) = kept {
            if anew.is_some() {
                (kept.returned, kept.taken, kept.letters) = (anew, Default::default(), Default::default());
            }
            kept.taken.insert(kind, today);
            kept.letters.insert(kind, id);
            kept.reminded = reminded.or(kept.reminded.take());
        }
        Ok(())
    }

    /// What the letter of a step says, and what the step costs. The day that it states is that of a letter which comes on the
    /// day on which it is written.
    fn says(
        &self,
        month: Period,
        missed: &Missed,
        step: MissedStep,
    ) -> Result<(CollectionStepKind, MissedLetterStep, Option<Money>), Refusal> {
        let (today, law) = (self.today(), &self.rules.repayment);
        let settings = &law.settings;
        let later = |days: u32| today + chrono::Days::new(days.into());
        Ok(match step {
            MissedStep::Reminder => {
                // An instalment costs one fee, also where it has to be reminded of again.
                let fee = match settings.reminder_fee && missed.reminded.is_none() {
                    true => {
                        Some(reminder_fee(month, today, None, &law.parameters).map_err(not_assessable)?.0)
                    }
                    false => None,
                };
                let days = settings.determination_days;
                let says = MissedLetterStep::Reminder { fee, determined_on: later(days), days };
                (CollectionStepKind::Reminder, says, fee)
            }
            MissedStep::Determination => {
                let days = settings.notice_days;
                let says = MissedLetterStep::Determination { transfer_from: later(days + 1), days };
                (CollectionStepKind::Determination, says, None)
            }
            MissedStep::Transfer => (CollectionStepKind::Transfer, MissedLetterStep::Transfer, None),
        })
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
}
