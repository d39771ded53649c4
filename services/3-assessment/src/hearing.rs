//! Hearings (*partshøring*) and the raise that cannot exist without one.

use crate::state::Answer;
use domain::{CaseId, Day, HearingId, LetterId, Period, PersonKey};
use messages::{HearingAnswer, HearingOutcome};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What the citizen is heard about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The register's income of a month, kroner a year, is to be used for that month.
    Income {
        /// The month.
        month: Period,
        /// Twelve times the month's income.
        yearly: Decimal,
    },
    /// An adult who has moved in ends the status of single provider.
    MoveIn {
        /// Who.
        person: PersonKey,
        /// Since when.
        since: Day,
        /// The first month it changes.
        from: Period,
    },
}

/// A hearing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hearing {
    /// What about.
    pub about: About,
    /// The letter that asks.
    pub letter: LetterId,
    /// The day of the letter.
    pub written_on: Day,
    /// The last day for an answer; later when the letter is delivered later.
    pub deadline: Day,
    /// Whether the letter has been delivered.
    pub delivered: bool,
    /// How it ended.
    pub ended: Option<Ended>,
}

/// How a hearing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The day.
    pub on: Day,
    /// How.
    pub outcome: HearingOutcome,
    /// The day of the citizen's answer.
    pub answered_on: Option<Day>,
}

/// Proof that the citizen has been heard and the raise may be decided. Only [`Hearing::heard`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// The day of the letter.
    pub heard_on: Day,
    /// The last day for an answer.
    pub answer_by: Day,
    /// The day of the answer.
    pub answered_on: Option<Day>,
}

impl About {
    /// The hearing's id: the same raise has the same hearing.
    pub fn id(&self, case: &CaseId) -> HearingId {
        match self {
            Self::Income { month, yearly } => HearingId::derive(&[
                case.as_str(),
                "income",
                &month.to_string(),
                &yearly.normalize().to_string(),
            ]),
            Self::MoveIn { person, since, .. } => {
                HearingId::derive(&[case.as_str(), "move-in", person.as_str(), &since.to_string()])
            }
        }
    }

    /// The months it changes, open-ended without a last one.
    pub fn months(&self) -> (Period, Option<Period>) {
        match self {
            Self::Income { month, .. } => (*month, Some(*month)),
            Self::MoveIn { from, .. } => (*from, None),
        }
    }
}

impl Hearing {
    /// The proof, when the citizen agreed, did not answer in time, or objected in vain.
    pub fn heard(&self) -> Option<Heard> {
        let ended = self.ended?;
        matches!(
            ended.outcome,
            HearingOutcome::Accepted | HearingOutcome::Unanswered | HearingOutcome::RaiseStands
        )
        .then_some(Heard {
            heard_on: self.written_on,
            answer_by: self.deadline,
            answered_on: ended.answered_on,
        })
    }

    /// Whether staff have dropped the raise.
    pub fn dropped(&self) -> bool {
        self.ended.is_some_and(|ended| ended.outcome == HearingOutcome::Dropped)
    }

    /// How the hearing ends today, if it does. `answers` in any order.
    pub fn end_on(&self, today: Day, answers: &[Answer]) -> Option<Ended> {
        let ruling = answers.iter().find_map(|answer| match answer {
            Answer::Ruling { raise_stands, .. } => Some(*raise_stands),
            Answer::Citizen { .. } => None,
        });
        let citizen = |wanted: HearingAnswer| {
            answers.iter().find_map(|answer| match answer {
                Answer::Citizen { on, answer } if *answer == wanted => Some(*on),
                _ => None,
            })
        };
        let objected_on = citizen(HearingAnswer::Objects);
        let accepted_on = citizen(HearingAnswer::Accepts);
        let ended = |outcome, answered_on| Some(Ended { on: today, outcome, answered_on });
        match (ruling, objected_on, accepted_on) {
            (Some(true), answered, _) if answered.is_some() => ended(HearingOutcome::RaiseStands, answered),
            (Some(false), ..) => ended(HearingOutcome::Dropped, objected_on),
            (_, Some(_), _) => None,
            (_, None, Some(on)) if self.delivered => ended(HearingOutcome::Accepted, Some(on)),
            _ => (self.delivered && today > self.deadline)
                .then_some(())
                .and_then(|()| ended(HearingOutcome::Unanswered, None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn hearing() -> Hearing {
        Hearing {
            about: About::Income { month: "2023-01".parse().unwrap(), yearly: 400_000.into() },
            letter: LetterId::derive(&["l"]),
            written_on: day("2023-02-12"),
            deadline: day("2023-02-20"),
            delivered: true,
            ended: None,
        }
    }

    #[test]
    fn an_unanswered_hearing_ends_the_day_after_its_deadline_and_not_before() {
        assert_eq!(hearing().end_on(day("2023-02-20"), &[]), None);
        let ended = hearing().end_on(day("2023-02-21"), &[]).unwrap();
        assert_eq!(ended.outcome, HearingOutcome::Unanswered);
        assert!(Hearing { delivered: false, ..hearing() }.end_on(day("2023-03-21"), &[]).is_none());
    }

    #[test]
    fn an_objection_keeps_the_hearing_open_until_staff_rule() {
        let objects = Answer::Citizen { on: day("2023-02-15"), answer: HearingAnswer::Objects };
        assert_eq!(hearing().end_on(day("2023-06-01"), std::slice::from_ref(&objects)), None);
        let rules = |raise_stands| Answer::Ruling { on: day("2023-02-17"), raise_stands };
        let stands = hearing().end_on(day("2023-02-17"), &[objects.clone(), rules(true)]).unwrap();
        assert_eq!(stands.outcome, HearingOutcome::RaiseStands);
        let dropped =
            Hearing { ended: hearing().end_on(day("2023-02-17"), &[rules(false), objects]), ..hearing() };
        assert!(dropped.dropped() && dropped.heard().is_none());
    }

    #[test]
    fn an_open_or_superseded_hearing_proves_nothing() {
        assert!(hearing().heard().is_none());
        let outcome = HearingOutcome::Superseded;
        let ended = Some(Ended { on: day("2023-02-17"), outcome, answered_on: None });
        assert!(Hearing { ended, ..hearing() }.heard().is_none());
    }
}
