//! What is written about a year: the hearing before it rises, and the one letter with its decisions.

use super::incomes::average;
use crate::assess_case::Round;
use crate::decision::{Basis, Decision, Terms};
use crate::hearing::{About, Hearing};
use crate::letter::{self, CONTACT};
use crate::notices::event;
use crate::state::Case;
use crate::target::Target;
use domain::{HearingId, LetterId, Money, MoneyError, Period};
use messages::{AssessmentFact, Cause, Evidence, Heard, LetterKind, YearOutcome, YearReconciled};
use runtime::{Because, Refusal};
use rust_decimal::Decimal;
use schemes::dk_daycare::letter::{HeardOn, Reckoned, YearFacts, YearLetter, YearMonth};
use schemes::dk_daycare::{deviation_percent, hearing_deadline};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A month as it is and as it would be.
pub(super) type Month = (Period, Target, Target);

/// A year's months with subsidy of one payer, as they are and as they would be.
pub(super) struct OfPayer {
    pub(super) months: Vec<Month>,
}

impl OfPayer {
    pub(super) fn rises(&self) -> bool {
        self.months
            .iter()
            .any(|(_, now, then)| then.assessment.total.amount() > now.assessment.total.amount())
    }

    /// Leaves the months that rise as they are.
    pub(super) fn without_rises(mut self) -> Self {
        for (_, now, then) in &mut self.months {
            if then.assessment.total.amount() > now.assessment.total.amount() {
                *then = now.clone();
            }
        }
        self
    }
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
        let [(first, now, _), ..] = &months.months[..] else { return Ok(()) };
        let (id, payer) = (about.id(&self.opened.case), now.payer.clone());
        let last = months.months.last().map_or(*first, |(last, ..)| *last);
        let letter_id = LetterId::derive(&[id.as_str(), &self.today().to_string()]);
        let answer_by = hearing_deadline(self.today(), &self.rules.settings);
        let facts = self.year_facts(number, months)?;
        let letter = YearLetter::hearing(facts, answer_by).map_err(letter_refused)?;
        let because = self.since_yesterday().with(evidence(months));
        let addressed = (letter_id.clone(), &payer, Some(id.clone()));
        let letter =
            letter::letter_of(self.opened, self.today(), addressed, LetterKind::Hearing, letter.render());
        self.effects.send_late(&letter, because.clone());
        let fact = AssessmentFact::HearingOpened {
            hearing: id.clone(),
            letter: letter_id.clone(),
            from: *first,
            to: Some(last),
            cause: Cause::YearlyControl,
            deadline: answer_by,
        };
        self.effects.send_late(&event(self.opened, self.today(), fact), because.clone());
        let claim =
            sum(months, |(_, _, then)| then)?.minus(sum(months, |(_, now, _)| now)?).map_err(mixed)?;
        if claim.amount() >= Decimal::from(self.rules.settings.large_claim) {
            let detail = format!(
                "the yearly reconciliation of {number} would claim {}: look at it before the hearing {id} ends",
                claim.to_text()
            );
            let code = "large_claim".to_owned();
            self.tell(AssessmentFact::ReviewNeeded { period: None, code, detail });
        }
        let hearing = Hearing {
            about,
            letter: letter_id,
            written_on: self.today(),
            deadline: answer_by,
            delivered: false,
            ended: None,
            because: Some(because),
            objection_told: false,
        };
        case.hearings.insert(id, hearing);
        Ok(())
    }

    /// Decides the months of a year that change, and writes its one letter.
    pub(super) fn settle_year(
        &mut self,
        case: &mut Case,
        (number, fingerprint): (i32, &str),
        months: &OfPayer,
        id: &HearingId,
        hearing: Option<(HearingId, Heard)>,
    ) -> Result<(), Refusal> {
        let Some((_, now, _)) = months.months.first() else { return Ok(()) };
        let payer = now.payer.clone();
        let letter_id = LetterId::derive(&[
            self.opened.case.as_str(),
            "year",
            payer.person.as_str(),
            &number.to_string(),
            fingerprint,
        ]);
        // A payer whose part of the year has been settled waits for nobody else's.
        if !case.reviews.insert(format!("year/{letter_id}")) {
            return Ok(());
        }
        let because = case.hearings.get(id).and_then(|hearing| hearing.because.clone());
        let because = because.unwrap_or_else(|| self.since_yesterday()).with(evidence(months));
        let changes = |(_, now, then): &&Month| now.assessment.total != then.assessment.total;
        let changed: Vec<&Month> = months.months.iter().filter(changes).collect();
        let dropped = case.hearings.get(id).is_some_and(Hearing::dropped);
        let ruling = case.ruling_of(id, !dropped);
        let facts = self.year_facts(number, months)?;
        let (outcome, letter) = if changed.is_empty() {
            let outcome = if dropped { YearOutcome::Dropped } else { YearOutcome::Unchanged };
            (outcome, YearLetter::unchanged(facts, ruling))
        } else {
            let heard = hearing.as_ref().map(|(_, heard)| HeardOn {
                heard_on: heard.heard_on(),
                answer_by: heard.answer_by(),
                answered_on: heard.answered_on(),
            });
            (YearOutcome::Changed, YearLetter::decision(facts, heard, ruling))
        };
        let rendered = letter.map_err(letter_refused)?.render();
        let addressed = (letter_id.clone(), &payer, None);
        let letter = letter::letter_of(self.opened, self.today(), addressed, LetterKind::Decision, rendered);
        self.effects.send_late(&letter, because.clone());
        for run in changed.chunk_by(|(month, _, then), (next, _, other)| {
            month.next() == *next && then.assessment.total == other.assessment.total
        }) {
            self.decide_months(case, run, &letter_id, &hearing, &because)?;
        }
        let (before, after) = (sum(months, |(_, now, _)| now)?, sum(months, |(_, _, then)| then)?);
        let granted =
            average(months.months.iter().filter_map(|(_, now, _)| Some(now.grant.as_ref()?.income)));
        let assessed = average(self.incomes_of(case, number, months)?);
        let (economic, dependent) = subsidies(months)?;
        let reconciled = YearReconciled {
            year: number,
            payer: payer.person,
            letter: letter_id,
            outcome,
            granted_income: Money::dkk_half_up(granted),
            assessed_income: Money::dkk_half_up(assessed),
            deviation_percent: deviation_percent(assessed, granted)
                .and_then(|percent| i64::try_from(percent).ok()),
            before,
            after,
            economic,
            dependent,
        };
        self.effects.send_late(
            &event(self.opened, self.today(), AssessmentFact::YearReconciled(Box::new(reconciled))),
            because,
        );
        Ok(())
    }

    /// The income of these months by the tax assessment.
    fn incomes_of(&self, case: &Case, number: i32, months: &OfPayer) -> Result<Vec<Decimal>, Refusal> {
        let now: Vec<(Period, Target)> =
            months.months.iter().map(|(month, now, _)| (*month, now.clone())).collect();
        Ok(self.incomes(case, number, &now)?.into_values().collect())
    }

    /// One decision for months that follow each other and cost the same, communicated by the letter of the year.
    fn decide_months(
        &mut self,
        case: &mut Case,
        run: &[&Month],
        letter: &LetterId,
        hearing: &Option<(HearingId, Heard)>,
        because: &Because,
    ) -> Result<(), Refusal> {
        let (Some((from, ..)), Some((to, _, then))) = (run.first(), run.last()) else { return Ok(()) };
        let previous =
            run.iter().map(|(_, now, _)| now.assessment.total).min_by_key(|before| before.amount());
        let amount = then.assessment.total;
        let rises = previous.is_some_and(|before| before.amount() < amount.amount());
        let terms = Terms {
            decision: Decision::id(&self.opened.case, case.decisions.len()),
            letter: letter.clone(),
            from: *from,
            to: Some(*to),
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
        let scale = months.months.iter().find_map(|(_, now, _)| now.assessment.scale.clone());
        let scale = scale.ok_or_else(|| Refusal::new("letter_refused", "a year without a scale"))?;
        let reckoned = |target: &Target| Reckoned {
            income: target.assessment.yearly_income,
            own_percent: letter::own_percent(&target.assessment),
            payment: target.assessment.total,
        };
        let (economic, dependent) = subsidies(months)?;
        Ok(YearFacts {
            case: self.opened.case.clone(),
            authority: letter::authority(self.rules, &self.opened.authority, CONTACT),
            written_on: self.today(),
            year,
            months: months
                .months
                .iter()
                .map(|(month, now, then)| YearMonth {
                    month: *month,
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

fn sum(months: &OfPayer, of: impl Fn(&Month) -> &Target) -> Result<Money, Refusal> {
    let totals = months.months.iter().map(|month| of(month).assessment.total);
    totals.into_iter().try_fold(Money::dkk(0), Money::plus).map_err(mixed)
}

/// By how much the income-dependent subsidy changes, and all others with it.
fn subsidies(months: &OfPayer) -> Result<(Money, Money), Refusal> {
    let zero = Money::dkk(0);
    months
        .months
        .iter()
        .try_fold((zero, zero), |(economic, dependent), (_, now, then)| {
            let of = |target: &Target| -> Result<(Money, Money), MoneyError> {
                target.assessment.places.iter().try_fold((zero, zero), |(own, others), place| {
                    let other =
                        place.sibling_subsidy.plus(place.treatment_subsidy)?.plus(place.social_subsidy)?;
                    Ok((own.plus(place.economic_subsidy)?, others.plus(other)?))
                })
            };
            let (before, after) = (of(now)?, of(then)?);
            Ok((economic.plus(after.0.minus(before.0)?)?, dependent.plus(after.1.minus(before.1)?)?))
        })
        .map_err(mixed)
}

fn evidence(months: &OfPayer) -> Vec<Evidence> {
    let all: BTreeSet<_> =
        months.months.iter().flat_map(|(_, now, _)| now.evidence.iter().cloned()).collect();
    all.into_iter().collect()
}

fn mixed(error: MoneyError) -> Refusal {
    Refusal::new("not_assessable", error.to_string())
}

fn letter_refused(error: schemes::Error) -> Refusal {
    Refusal::new("letter_refused", error.to_string())
}
