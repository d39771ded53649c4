//! Months that are over and have to cost more than was decided: raised only after the custodian has been heard about them
//! (*kommunicering*), and only as far back as a claim goes. Everything else is decided without waiting for it.

use super::check::Checked;
use super::decide::{runs_of, shown};
use super::fees::{self, FeesFrom};
use super::letter::{self, FeeLetter};
use crate::for_staff;
use crate::hearing::{About, Hearing};
use crate::hearings::Opening;
use crate::morning::Morning;
use crate::state::Case;
use domain::{Day, HearingId, LetterId, Period};
use messages::Cause;
use runtime::Refusal;
use schemes::Error;
use schemes::se_childcare::letter::Ground;
use schemes::se_childcare::{SCHEME, articles, claim_allowed};
use std::collections::{BTreeMap, BTreeSet};

/// What the reviews note while nobody can be heard because the municipality names no time to answer.
const NO_ANSWER_DAYS: &str = "no_answer_days";

/// The months that rise and are over, by what is to be done about them.
#[derive(Debug, Default)]
pub struct PastRaises {
    /// The custodian has been heard about them, in this hearing.
    pub heard: BTreeMap<HearingId, BTreeMap<Period, Checked>>,
    /// The custodian has to be heard first.
    pub waiting: BTreeMap<Period, Checked>,
    /// They stay as they are: too old to be claimed, or dropped by staff.
    pub left: BTreeSet<Period>,
}

/// The first month whose raise needs no hearing: what is decided this morning follows from the orders until yesterday, so it is
/// the month of yesterday.
pub fn open_from(today: Day) -> Period {
    Period::of(today.pred_opt().unwrap_or(today))
}

impl Case {
    /// The last hearing that has ended about this raise of a month, and what follows from it: one that is heard proves this one
    /// raise for one decision, and one that is dropped bars it. What has been stated since asks anew, also of the same amount.
    fn past_hearing(
        &self,
        rules: &super::ChildcareRules,
        month: Period,
        raise: &Checked,
    ) -> Option<(&HearingId, &Hearing)> {
        let stated_on = self.fees_stated_on(month, &rules.settings);
        let asked = |hearing: &Hearing| match &hearing.about {
            About::PastFees { months, .. } => months.get(&month).copied(),
            _ => None,
        };
        let settles = |(id, hearing): &(&HearingId, &Hearing)| {
            let (Some(asked), Some(ended)) = (asked(hearing), hearing.ended) else { return false };
            let proves = || asked == *raise && hearing.heard().is_some() && !self.is_spent(id);
            let bars = || asked.right == raise.right && hearing.dropped();
            let known = |on: Day| on < ended.on || on <= hearing.written_on;
            stated_on.is_none_or(known) && (proves() || bars())
        };
        let ended = self.hearings.iter().filter(settles);
        ended.max_by_key(|(id, hearing)| (hearing.ended.map(|ended| ended.on), hearing.written_on, *id))
    }

    /// Whether a decision has been made upon a hearing: it proves no other.
    fn is_spent(&self, hearing: &HearingId) -> bool {
        let decisions = self.childcare.iter().flat_map(|childcare| &childcare.decisions);
        decisions.into_iter().any(|decision| decision.issued().made().hearing() == Some(hearing))
    }

    /// Whether staff have ruled that a month that is over is not raised to this.
    pub fn is_raise_dropped(&self, rules: &super::ChildcareRules, month: Period, raise: &Checked) -> bool {
        self.past_hearing(rules, month, raise).is_some_and(|(_, hearing)| hearing.dropped())
    }

    /// A hearing about these raises. One that repeats what has been heard or dropped is another one, with answers of its own.
    fn about_past(&self, months: BTreeMap<Period, Checked>) -> About {
        let same = |hearing: &&Hearing| matches!(&hearing.about, About::PastFees { months: asked, .. } if *asked == months);
        let ended = self.hearings.values().filter(same);
        let earlier = ended.filter(|hearing| hearing.heard().is_some() || hearing.dropped()).count();
        About::PastFees { months, earlier: u32::try_from(earlier).unwrap_or(u32::MAX) }
    }

    /// The hearing about past months that has not ended.
    fn open_past_hearing(&self) -> Option<(&HearingId, &Hearing)> {
        let open =
            |hearing: &Hearing| hearing.ended.is_none() && matches!(hearing.about, About::PastFees { .. });
        self.hearings.iter().find(|(_, hearing)| open(hearing))
    }

    /// What has to be done about the months that are over and rise by the facts.
    pub fn past_raises(
        &self,
        rules: &super::ChildcareRules,
        facts: &[FeesFrom],
        known_to: Day,
        today: Day,
    ) -> Result<PastRaises, Error> {
        let (mut raises, over) = (PastRaises::default(), open_from(today));
        let Some(childcare) = &self.childcare else { return Ok(raises) };
        let differing = childcare.differing(facts, known_to);
        let months: BTreeSet<Period> = differing.into_iter().map(Period::of).collect();
        for month in months.into_iter().filter(|month| *month < over && !childcare.is_corrected(*month)) {
            let raise = childcare.change_of(rules, facts, month)?;
            if raise.difference() <= rust_decimal::Decimal::ZERO {
                continue;
            }
            if !claim_allowed(month, today, &rules.parameters)? {
                raises.left.insert(month);
                continue;
            }
            match self.past_hearing(rules, month, &raise) {
                Some((_, hearing)) if hearing.dropped() => drop(raises.left.insert(month)),
                Some((id, _)) => drop(raises.heard.entry(id.clone()).or_default().insert(month, raise)),
                None => drop(raises.waiting.insert(month, raise)),
            }
        }
        Ok(raises)
    }
}

impl super::Childcare {
    /// What a month costs by the decisions until now, and by the facts.
    pub fn change_of(
        &self,
        rules: &super::ChildcareRules,
        facts: &[FeesFrom],
        month: Period,
    ) -> Result<Checked, Error> {
        let charged = fees::amount(|day| self.decided_on(day), month, &rules.settings)?;
        let right = fees::amount(|day| fees::on(facts, day), month, &rules.settings)?;
        Ok(Checked { charged, right })
    }

    /// Whether the income check has corrected a month, whatever becomes of the letter: it stays as it was corrected.
    pub fn is_corrected(&self, month: Period) -> bool {
        self.corrections.iter().any(|made| made.right(month).is_some())
    }
}

impl Morning<'_> {
    /// Ends the hearings that have their answer or whose time has passed. Whether any has ended.
    pub fn end_hearings_of_fees(&mut self, case: &mut Case) -> bool {
        let settings = &self.rules.childcare.settings;
        self.end_hearings(case, |received_on| settings.answer_by(received_on).unwrap_or(received_on))
    }

    /// Hears the custodian about the months that wait for it. What an open hearing asks is not asked again; where something else
    /// is to be asked, it closes, but not while staff have to rule on an objection.
    pub fn hear_past(
        &mut self,
        case: &mut Case,
        facts: &[FeesFrom],
        waiting: BTreeMap<Period, Checked>,
    ) -> Result<(), Refusal> {
        let about = case.about_past(waiting);
        let id = about.id(&self.opened.case);
        let About::PastFees { months, .. } = &about else { return Ok(()) };
        let ends = months.keys().next().copied().zip(months.keys().next_back().copied());
        if let Some((open, hearing)) = case.open_past_hearing().filter(|(open, _)| **open != id) {
            if ends.is_some() && case.is_objected_to(open, hearing) {
                return Ok(());
            }
            let open = open.clone();
            self.supersede(case, vec![open]);
        }
        let asked = case.open_past_hearing().is_some();
        let answer_by = self.rules.childcare.settings.answer_by(self.today());
        self.tell_no_answer_days(case, ends.is_some() && !asked && answer_by.is_none());
        let (Some((first, last)), Some(deadline), false) = (ends, answer_by, asked) else { return Ok(()) };
        let Some(custodian) = case.payers.values().next().map(|payer| payer.what.clone()) else {
            return Ok(());
        };
        let letter = LetterId::derive(&[id.as_str(), &self.today().to_string()]);
        let shown = shown(facts, runs_of(months.keys().copied()));
        let (previous, ground, heard) = (None, Ground::PastMonths, None);
        let facts = FeeLetter { shown: &shown, past: months, previous, ground, heard };
        let addressed = (letter.clone(), &custodian);
        let (rules, opened, today) = (self.rules, self.opened, self.today());
        let written = letter::hearing(rules, opened, today, addressed, (case, facts), (&id, deadline))?;
        let because = self.because();
        self.effects.send_late(&written, because.clone());
        let (months, cause) = ((first, Some(last)), Cause::Correction);
        self.open_hearing(case, id, Opening { about, letter, months, cause, deadline, because });
        Ok(())
    }

    /// Tells staff once that a raise waits for a setting, and when it no longer does.
    fn tell_no_answer_days(&mut self, case: &mut Case, waits: bool) {
        let (key, today) = (self.opened.case.as_str(), self.today());
        let refusal = format!("{NO_ANSWER_DAYS}/{key}");
        if !waits {
            if case.reviews.remove(NO_ANSWER_DAYS) {
                self.effects.send(&for_staff::ended(refusal, key, today, "closed"));
            }
            return;
        }
        if case.reviews.insert(NO_ANSWER_DAYS.to_owned()) {
            let detail = format!(
                "{SCHEME}: inställningen answer_days saknas ({today}): månader som har gått blir dyrare, och vårdnadshavaren ska först \
                 få yttra sig ({}); ange hur många dagar kommunen ger för svar",
                articles::HEARING
            );
            self.effects.send(&for_staff::waits(refusal, key, today, "setting_missing", detail));
        }
    }
}
