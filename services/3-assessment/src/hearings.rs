//! How hearings begin and end, and that staff are told to rule on objections: the same in every scheme.

use crate::for_staff;
use crate::hearing::{About, Ended, Hearing};
use crate::morning::Morning;
use crate::state::{Answer, Case};
use domain::{Day, HearingId, LetterId, Period};
use messages::{AssessmentFact, Cause, HearingAnswer, HearingOutcome, Scheme};
use runtime::Because;

/// What a hearing begins with.
pub struct Opening {
    pub about: About,
    /// The letter that asks.
    pub letter: LetterId,
    /// The raised months, first to last; open-ended without a last one.
    pub months: (Period, Option<Period>),
    pub cause: Cause,
    pub deadline: Day,
    pub because: Because,
}

/// The id of the refusal that tells of an objection.
fn objection(hearing: &HearingId) -> String {
    format!("hearing_objected/{hearing}")
}

impl Case {
    /// Why staff have ruled that a raise stands although the citizen objected, as the letter gives it.
    pub fn ruling(&self, id: &HearingId) -> Option<String> {
        let objected =
            |answer: &Answer| matches!(answer, Answer::Citizen { answer: HearingAnswer::Objects, .. });
        let is_objected = self.answers.get(id).is_some_and(|answers| answers.iter().any(objected));
        self.ruling_of(id, true).filter(|_| is_objected)
    }
}

impl Morning<'_> {
    /// Ends the hearings that have their answer or whose deadline has passed; one that is delivered late has until `deadline`
    /// of the day on which it was received. Whether any has ended.
    pub fn end_hearings(&mut self, case: &mut Case, deadline: impl Fn(Day) -> Day) -> bool {
        let today = self.today();
        let mut ended = Vec::new();
        for (id, hearing) in case.hearings.iter_mut().filter(|(_, hearing)| hearing.ended.is_none()) {
            if let (false, Some(delivered_on)) = (hearing.delivered, case.delivered.get(&hearing.letter)) {
                hearing.delivered = true;
                hearing.deadline = hearing.deadline.max(deadline(*delivered_on));
            }
            let answers = case.answers.get(id).map(Vec::as_slice).unwrap_or_default();
            hearing.ended = hearing.end_on(today, answers);
            if let Some(Ended { outcome, .. }) = hearing.ended {
                ended.push((id.clone(), outcome));
            }
        }
        let any = !ended.is_empty();
        for (hearing, outcome) in ended {
            self.close_hearing(case, hearing, outcome);
        }
        any
    }

    /// Opens a hearing whose letter is sent.
    pub fn open_hearing(&mut self, case: &mut Case, id: HearingId, opening: Opening) {
        let Opening { about, letter, months: (from, to), cause, deadline, because } = opening;
        let opened = (id.clone(), letter.clone());
        let fact =
            AssessmentFact::HearingOpened { hearing: opened.0, letter: opened.1, from, to, cause, deadline };
        self.effects.send_late(&self.event(fact), because.clone());
        let hearing = Hearing {
            about,
            letter,
            written_on: self.today(),
            deadline,
            delivered: false,
            ended: None,
            because: Some(because),
            objection_told: false,
        };
        case.hearings.insert(id, hearing);
    }

    /// Closes those of these hearings that are open: nothing calls for them any more.
    pub fn supersede(&mut self, case: &mut Case, hearings: Vec<HearingId>) {
        let (today, outcome) = (self.today(), HearingOutcome::Superseded);
        for id in hearings {
            if let Some(hearing) = case.hearings.get_mut(&id).filter(|hearing| hearing.ended.is_none()) {
                hearing.ended = Some(Ended { on: today, outcome, answered_on: None });
                self.close_hearing(case, id, outcome);
            }
        }
    }

    /// Tells that a hearing has ended.
    fn close_hearing(&mut self, case: &mut Case, hearing: HearingId, outcome: HearingOutcome) {
        self.tell_objection(case, &hearing, false);
        self.tell(AssessmentFact::HearingClosed { hearing, outcome });
    }

    /// Tells staff once of each hearing in which the citizen objects, until they have ruled.
    pub fn tell_objections(&mut self, case: &mut Case) {
        let awaits = case.hearings.iter().map(|(id, hearing)| (id.clone(), case.awaits_ruling(id, hearing)));
        for (id, awaits) in awaits.collect::<Vec<_>>() {
            self.tell_objection(case, &id, awaits);
        }
    }

    /// Tells staff that the hearing waits for their ruling, or no longer does.
    fn tell_objection(&mut self, case: &mut Case, id: &HearingId, awaits: bool) {
        let Some(hearing) = case.hearings.get_mut(id).filter(|hearing| hearing.objection_told != awaits)
        else {
            return;
        };
        hearing.objection_told = awaits;
        let (key, on) = (self.opened.case.as_str(), self.today());
        let swedish = self.opened.scheme == Scheme::SeChildcare;
        let detail = || match swedish {
            true => crate::childcare::objected(id),
            false => {
                format!("the citizen objects in the hearing {id}: rule on it with the order decide_hearing")
            }
        };
        self.effects.send(&match awaits {
            true => for_staff::waits(objection(id), key, on, "hearing_objected", detail()),
            false => for_staff::ended(objection(id), key, on, "closed"),
        });
    }
}
