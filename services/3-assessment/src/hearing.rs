//! Hearings (*partshøring*) and the raise that cannot exist without one.

use crate::childcare::Checked;
use crate::state::Answer;
use domain::{CaseId, Day, HearingId, LetterId, Period, PersonKey};
use messages::{Heard, HeardParts, HearingAnswer, HearingOutcome};
use runtime::Because;
use rust_decimal::Decimal;
use schemes::dk_daycare::letter::Reason;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the citizen is heard about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The register's income of a month, kroner a year, is to be used for that month.
    Income {
        /// Who pays.
        payer: PersonKey,
        /// The month.
        month: Period,
        /// Twelve times the month's income.
        yearly: Decimal,
    },
    /// An adult who has moved in ends the status of single provider.
    MoveIn {
        /// Who.
        person: PersonKey,
        /// With whom: who pays.
        payer: PersonKey,
        /// Since when.
        since: Day,
        /// The first month it changes.
        from: Period,
    },
    /// The tax assessment of an income year raises what was paid for it.
    Year {
        /// Who paid.
        payer: PersonKey,
        /// The income year.
        year: i32,
        /// Tells the tax assessments from those that another time asked about.
        fingerprint: String,
    },
    /// What the population register now says of a person raises a payment: a child is back in the municipality, or was
    /// never away.
    Register {
        /// Of whom.
        person: PersonKey,
        /// Who would have to pay, and is asked.
        payer: PersonKey,
        /// Tells what the register says now of this person from what it said another time.
        number: u32,
    },
    /// An instalment of a repayment (*varsel om afdrag*); its terms stand with the repayment.
    Instalment {
        /// Which notice of the case.
        number: u32,
    },
    /// Months of Swedish childcare that are over would cost more (*kommunicering*).
    PastFees {
        /// What each costs by the decisions until now, and would cost.
        months: BTreeMap<Period, Checked>,
        /// How many hearings about the same have ended before, each with its own answers.
        #[serde(default, skip_serializing_if = "is_first")]
        earlier: u32,
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
    /// What it was opened because of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Because>,
    /// The citizen objects, and staff have been told that they must rule.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub objection_told: bool,
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

fn is_first(earlier: &u32) -> bool {
    *earlier == 0
}

impl About {
    /// The hearing's id: the same raise has the same hearing.
    pub fn id(&self, case: &CaseId) -> HearingId {
        match self {
            Self::Income { payer, month, yearly } => HearingId::derive(&[
                case.as_str(),
                "income",
                payer.as_str(),
                &month.to_string(),
                &yearly.normalize().to_string(),
            ]),
            Self::MoveIn { person, payer, since, .. } => HearingId::derive(&[
                case.as_str(),
                "move-in",
                person.as_str(),
                payer.as_str(),
                &since.to_string(),
            ]),
            Self::Year { payer, year, fingerprint } => {
                HearingId::derive(&[case.as_str(), "year", payer.as_str(), &year.to_string(), fingerprint])
            }
            Self::Register { person, payer, number } => HearingId::derive(&[
                case.as_str(),
                "register",
                person.as_str(),
                payer.as_str(),
                &number.to_string(),
            ]),
            Self::Instalment { number } => {
                HearingId::derive(&[case.as_str(), "instalment", &number.to_string()])
            }
            Self::PastFees { months, earlier } => {
                let month = |(month, fee): (&Period, &Checked)| {
                    format!("{month} {} {}", fee.charged.to_text(), fee.right.to_text())
                };
                let months: Vec<String> = months.iter().map(month).collect();
                let months = months.join(" ");
                match earlier {
                    0 => HearingId::derive(&[case.as_str(), "past-fees", &months]),
                    again => HearingId::derive(&[case.as_str(), "past-fees", &months, &again.to_string()]),
                }
            }
        }
    }

    /// What it is about, for a letter; the income stands among its figures.
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::Income { .. } | Self::Year { .. } | Self::Instalment { .. } | Self::PastFees { .. } => None,
            Self::MoveIn { since, .. } => Some(Reason::MovedIn { since: *since }),
            Self::Register { .. } => Some(Reason::Household),
        }
    }

    /// Who has moved in.
    pub fn newcomer(&self) -> Option<&PersonKey> {
        match self {
            Self::MoveIn { person, .. } => Some(person),
            Self::Income { .. }
            | Self::Year { .. }
            | Self::Register { .. }
            | Self::Instalment { .. }
            | Self::PastFees { .. } => None,
        }
    }

    /// The months it changes, open-ended without a last one; those that rise where it does not say itself.
    pub fn months(&self) -> Option<(Period, Option<Period>)> {
        match self {
            Self::Income { month, .. } => Some((*month, Some(*month))),
            Self::MoveIn { from, .. } => Some((*from, None)),
            Self::Year { .. } | Self::Register { .. } | Self::Instalment { .. } | Self::PastFees { .. } => {
                None
            }
        }
    }
}

impl Hearing {
    /// Whether nothing calls for it any more.
    pub fn is_superseded(&self) -> bool {
        self.ended.is_some_and(|ended| ended.outcome == HearingOutcome::Superseded)
    }

    /// The proof, when the citizen agreed, did not answer in time, or objected in vain.
    pub fn heard(&self) -> Option<Heard> {
        let ended = self.ended?;
        let stands = matches!(
            ended.outcome,
            HearingOutcome::Accepted | HearingOutcome::Unanswered | HearingOutcome::RaiseStands
        );
        let days = HeardParts {
            heard_on: self.written_on,
            answer_by: self.deadline,
            answered_on: ended.answered_on,
            ended_on: ended.on,
        };
        // The days of a hearing that ended with the raise standing prove it: `end_on` ends none before.
        stands.then(|| Heard::try_from(days).ok()).flatten()
    }

    /// Whether staff have dropped the raise.
    pub fn dropped(&self) -> bool {
        self.ended.is_some_and(|ended| ended.outcome == HearingOutcome::Dropped)
    }

    /// How the hearing ends today, if it does. `answers` in any order: of several rulings the last counts, and of one day
    /// the one for the citizen. An answer dated before the letter or after today is none yet, but an objection keeps the
    /// hearing open whatever its day.
    pub fn end_on(&self, today: Day, answers: &[Answer]) -> Option<Ended> {
        let ruling = answers.iter().filter_map(|answer| match answer {
            Answer::Ruling { on, raise_stands, .. } => Some((*on, !raise_stands)),
            Answer::Citizen { .. } => None,
        });
        let ruling = ruling.max().map(|(_, dropped)| !dropped);
        let of_citizen = |wanted: HearingAnswer| {
            answers.iter().filter_map(move |answer| match answer {
                Answer::Citizen { on, answer } if *answer == wanted => Some(*on),
                _ => None,
            })
        };
        let in_time = |on: &Day| self.written_on <= *on && *on <= today;
        let objected = of_citizen(HearingAnswer::Objects).next().is_some();
        let objected_on = of_citizen(HearingAnswer::Objects).filter(in_time).min();
        let accepted_on = of_citizen(HearingAnswer::Accepts).filter(in_time).min();
        let is_over = self.delivered && today > self.deadline;
        let ended = |outcome, answered_on| Some(Ended { on: today, outcome, answered_on });
        match (ruling, objected, accepted_on) {
            (Some(false), ..) => ended(HearingOutcome::Dropped, objected_on),
            (Some(true), true, _) if objected_on.is_some() || is_over => {
                ended(HearingOutcome::RaiseStands, objected_on)
            }
            (_, true, _) => None,
            (_, false, Some(on)) if self.delivered => ended(HearingOutcome::Accepted, Some(on)),
            _ if is_over => ended(HearingOutcome::Unanswered, None),
            _ => None,
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
            about: About::Income {
                payer: crate::tests::party(crate::tests::PAYER).person,
                month: "2023-01".parse().unwrap(),
                yearly: 400_000.into(),
            },
            letter: LetterId::derive(&["l"]),
            written_on: day("2023-02-12"),
            deadline: day("2023-02-20"),
            delivered: true,
            ended: None,
            because: None,
            objection_told: false,
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
        let rules =
            |raise_stands| Answer::Ruling { on: day("2023-02-17"), raise_stands, reason: String::new() };
        let stands = hearing().end_on(day("2023-02-17"), &[objects.clone(), rules(true)]).unwrap();
        assert_eq!(stands.outcome, HearingOutcome::RaiseStands);
        let dropped =
            Hearing { ended: hearing().end_on(day("2023-02-17"), &[rules(false), objects]), ..hearing() };
        assert!(dropped.dropped() && dropped.heard().is_none());
    }

    #[test]
    fn contradicting_rulings_end_alike_in_any_order_and_the_later_one_counts() {
        let objects = Answer::Citizen { on: day("2023-02-15"), answer: HearingAnswer::Objects };
        let rules =
            |on: &str, raise_stands| Answer::Ruling { on: day(on), raise_stands, reason: String::new() };
        let outcome = |answers: &[Answer]| hearing().end_on(day("2023-02-17"), answers).unwrap().outcome;
        for (first, second, expected) in [
            (("2023-02-16", true), ("2023-02-17", false), HearingOutcome::Dropped),
            (("2023-02-16", false), ("2023-02-17", true), HearingOutcome::RaiseStands),
            (("2023-02-16", true), ("2023-02-16", false), HearingOutcome::Dropped),
        ] {
            let (first, second) = (rules(first.0, first.1), rules(second.0, second.1));
            assert_eq!(outcome(&[objects.clone(), first.clone(), second.clone()]), expected);
            assert_eq!(outcome(&[second, first, objects.clone()]), expected);
        }
    }

    #[test]
    fn an_answer_of_an_impossible_day_neither_ends_a_hearing_nor_loses_an_objection() {
        let early = |answer| Answer::Citizen { on: day("2023-02-01"), answer };
        assert_eq!(hearing().end_on(day("2023-02-17"), &[early(HearingAnswer::Accepts)]), None);
        let late = day("2023-02-21");
        assert_eq!(hearing().end_on(late, &[early(HearingAnswer::Objects)]), None);
        let stands = Answer::Ruling { on: day("2023-02-17"), raise_stands: true, reason: String::new() };
        let answers = [early(HearingAnswer::Objects), stands];
        assert_eq!(hearing().end_on(day("2023-02-17"), &answers), None);
        let ended = Hearing { ended: hearing().end_on(late, &answers), ..hearing() };
        assert!(ended.heard().is_some());
    }

    #[test]
    fn an_open_or_superseded_hearing_proves_nothing() {
        assert!(hearing().heard().is_none());
        let outcome = HearingOutcome::Superseded;
        let ended = Some(Ended { on: day("2023-02-17"), outcome, answered_on: None });
        assert!(Hearing { ended, ..hearing() }.heard().is_none());
    }
}
