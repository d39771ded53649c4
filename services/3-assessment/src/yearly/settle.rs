//! What is written about a year: the hearing before it rises, and the one letter with its decisions.

use super::incomes::average;
use super::months::{Month, OfPayer};
use crate::assess_case::Round;
use crate::decide::not_assessable;
use crate::decision::{Basis, Decision, Terms};
use crate::hearing::About;
use crate::hearings::Opening;
use crate::letter::{self, CONTACT};
use crate::notices::event;
use crate::state::Case;
use crate::target::Target;
use domain::{HearingId, LetterId, Money};
use messages::{AssessmentFact, Cause, Heard, LetterKind, YearOutcome, YearReconciled};
use runtime::{Because, Refusal};
use rust_decimal::Decimal;
use schemes::dk_daycare::letter::{HeardOn, Reckoned, YearFacts, YearLetter, YearMonth, YearRuling};
use schemes::dk_daycare::{deviation_percent, hearing_deadline};
use std::sync::Arc;

/// How a year is settled.
pub(super) struct Settling {
    /// The hearing that it takes where it rises.
    pub(super) hearing: HearingId,
    /// Its proof.
    pub(super) heard: Option<Heard>,
    /// Staff have dropped the raise.
    pub(super) dropped: bool,
    /// How often the payer has been told of the year before.
    pub(super) told: u32,
}

impl Round<'_> {
    /// Asks before a year is raised, and shows a large claim to staff.
    pub(super) fn hear_about_year(
        &mut self,
        case: &mut Case,
        number: i32,
        about: About,
        months: &OfPayer,
    ) -> Result<(), Refusal> {
        let (Some(first), Some(last)) = (months.months.first(), months.months.last()) else { return Ok(()) };
        let (id, payer) = (about.id(&self.opened.case), first.now.payer.clone());
        let letter_id = LetterId::derive(&[id.as_str(), &self.today().to_string()]);
        let answer_by = hearing_deadline(self.today(), &self.rules.settings);
        let facts = self.year_facts(number, months)?;
        let letter = YearLetter::hearing(facts, answer_by).map_err(letter_refused)?;
        let because = self.since_yesterday().with(months.evidence());
        let addressed = (letter_id.clone(), &payer, Some(id.clone()));
        let letter =
            letter::letter_of(self.opened, self.today(), addressed, LetterKind::Hearing, letter.render());
        self.effects.send_late(&letter, because.clone());
        let now = months.sum(|month| &month.now).map_err(not_assessable)?;
        let claim =
            months.sum(|month| &month.then).and_then(|then| then.minus(now)).map_err(not_assessable)?;
        if claim.amount() >= Decimal::from(self.rules.settings.large_claim) {
            let detail = format!(
                "the yearly reconciliation of {number} would claim {}: look at it before the hearing {id} ends",
                claim.to_text()
            );
            let code = "large_claim".to_owned();
            self.tell(AssessmentFact::ReviewNeeded { period: None, code, detail });
        }
        let (months, cause) = ((first.period, Some(last.period)), Cause::YearlyControl);
        let opening = Opening { about, letter: letter_id, months, cause, deadline: answer_by, because };
        self.morning().open_hearing(case, id, opening);
        Ok(())
    }

    /// Decides the months of a year that change, and writes its one letter.
    pub(super) fn settle_year(
        &mut self,
        case: &mut Case,
        number: i32,
        months: &OfPayer,
        settling: Settling,
    ) -> Result<(), Refusal> {
        let Some(first) = months.months.first() else { return Ok(()) };
        let payer = first.now.payer.clone();
        let Settling { hearing, heard, dropped, told } = settling;
        let (of_year, of_round) = (number.to_string(), told.to_string());
        let letter_id = LetterId::derive(&[
            self.opened.case.as_str(),
            "year",
            payer.person.as_str(),
            &of_year,
            &of_round,
        ]);
        let because = case.hearings.get(&hearing).and_then(|hearing| hearing.because.clone());
        let because = because.unwrap_or_else(|| self.since_yesterday()).with(months.evidence());
        let changed: Vec<&Month> = months.months.iter().filter(|month| month.changes()).collect();
        let ruling = case.ruling_of(&hearing, !dropped).map(|reason| YearRuling { dropped, reason });
        let facts = self.year_facts(number, months)?;
        let (outcome, letter) = match (changed.is_empty(), dropped) {
            (true, true) => (YearOutcome::Dropped, YearLetter::unchanged(facts, ruling)),
            (true, false) => (YearOutcome::Unchanged, YearLetter::unchanged(facts, ruling)),
            (false, _) => {
                let heard = heard.map(|heard| HeardOn {
                    heard_on: heard.heard_on(),
                    answer_by: heard.answer_by(),
                    answered_on: heard.answered_on(),
                });
                (YearOutcome::Changed, YearLetter::decision(facts, heard, ruling))
            }
        };
        let rendered = letter.map_err(letter_refused)?.render();
        let addressed = (letter_id.clone(), &payer, None);
        let letter = letter::letter_of(self.opened, self.today(), addressed, LetterKind::Decision, rendered);
        self.effects.send_late(&letter, because.clone());
        let hearing = heard.map(|heard| (hearing, heard));
        for run in changed.chunk_by(|month, next| {
            month.period.next() == next.period && month.then.assessment.total == next.then.assessment.total
        }) {
            self.decide_months(case, run, &letter_id, hearing.as_ref(), &because)?;
        }
        let granted = months.months.iter().filter_map(|month| Some(month.now.grant.as_ref()?.income));
        let granted = average(granted);
        let assessed = average(months.months.iter().map(|month| month.assessed));
        let (economic, dependent) = months.subsidies().map_err(not_assessable)?;
        let percent = deviation_percent(assessed, granted);
        let reconciled = YearReconciled {
            year: number,
            payer: payer.person,
            letter: letter_id,
            outcome,
            granted_income: Money::dkk_half_up(granted),
            assessed_income: Money::dkk_half_up(assessed),
            deviation_percent: percent.and_then(|percent| i64::try_from(percent).ok()),
            before: months.sum(|month| &month.now).map_err(not_assessable)?,
            after: months.sum(|month| &month.then).map_err(not_assessable)?,
            economic,
            dependent,
        };
        let fact = AssessmentFact::YearReconciled(Box::new(reconciled));
        self.effects.send_late(&event(self.opened, self.today(), fact), because);
        Ok(())
    }

    /// One decision for months that follow each other and cost the same, communicated by the letter of the year.
    fn decide_months(
        &mut self,
        case: &mut Case,
        run: &[&Month],
        letter: &LetterId,
        hearing: Option<&(HearingId, Heard)>,
        because: &Because,
    ) -> Result<(), Refusal> {
        let (Some(from), Some(to)) = (run.first(), run.last()) else { return Ok(()) };
        let then = &to.then;
        let previous =
            run.iter().map(|month| month.now.assessment.total).min_by_key(|before| before.amount());
        let amount = then.assessment.total;
        let rises = previous.is_some_and(|before| before.amount() < amount.amount());
        let terms = Terms {
            decision: Decision::id(&self.opened.case, case.decisions.len()),
            letter: letter.clone(),
            from: from.period,
            to: Some(to.period),
            amount,
            previous,
            own_percent: letter::own_percent(&then.assessment),
            register_income: None,
            payer: then.payer.clone(),
            cause: Cause::YearlyControl,
            written_on: self.today(),
            causes: because.causes().to_vec(),
            evidence: because.evidence().to_vec(),
        };
        let basis = match hearing {
            Some((id, heard)) if rises => Basis::Raise(id.clone(), *heard),
            _ => Basis::NoHearingDue,
        };
        let decision =
            Decision::new(terms, basis).map_err(|error| Refusal::new("not_heard", error.to_string()))?;
        let fact = AssessmentFact::DecisionMade(Box::new(decision.made().clone()));
        self.effects.send_late(&event(self.opened, self.today(), fact), because.clone());
        case.decisions.push(Arc::new(decision));
        Ok(())
    }

    fn year_facts(&self, year: i32, months: &OfPayer) -> Result<YearFacts, Refusal> {
        let scale = months.months.iter().find_map(|month| month.now.assessment.scale.clone());
        let scale = scale.ok_or_else(|| Refusal::new("letter_refused", "a year without a scale"))?;
        let reckoned = |target: &Target| Reckoned {
            income: target.assessment.yearly_income,
            own_percent: letter::own_percent(&target.assessment),
            payment: target.assessment.total,
        };
        let (economic, dependent) = months.subsidies().map_err(not_assessable)?;
        Ok(YearFacts {
            case: self.opened.case.clone(),
            authority: letter::authority(self.rules, self.opened, CONTACT),
            written_on: self.today(),
            year,
            months: months
                .months
                .iter()
                .map(|Month { period, assessed, now, then, .. }| YearMonth {
                    month: *period,
                    assessed: *assessed,
                    before: reckoned(now),
                    after: reckoned(then),
                })
                .collect(),
            formula: self.rules.settings.yearly_formula,
            scale,
            economic,
            dependent,
        })
    }
}

fn letter_refused(error: schemes::Error) -> Refusal {
    Refusal::new("letter_refused", error.to_string())
}
