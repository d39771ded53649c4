//! A decision that has been communicated and states a concrete amount. There is no other kind: what is announced,
//! drafted or without an amount is no [`Decision`].

use super::{Input, Paragraph, articles};
use crate::Error;
use domain::Day;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// A communicated decision with a concrete amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    communicated_on: Day,
    rate: Rate,
}

/// The concrete amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// The statutory daily rate of §§ 109 and 110.
    Statutory,
    /// Kroner a day.
    Daily(Decimal),
}

impl Decision {
    /// A decision as recorded. Refuses § 107 without an amount: the nation sets none that could stand in.
    pub fn communicated(paragraph: Paragraph, on: Day, daily_rate: Option<Decimal>) -> Result<Self, Error> {
        let rate = match (daily_rate, paragraph) {
            (Some(rate), _) => Rate::Daily(rate),
            (None, Paragraph::P109 | Paragraph::P110) => Rate::Statutory,
            (None, Paragraph::P107) => {
                let problem = format!(
                    "is missing: a decision states a concrete amount ({})",
                    articles::DECISION.on(on)
                );
                return Err(Error::input("decided_daily_rate", problem));
            }
        };
        super::input::check_amount("decided_daily_rate", daily_rate)?;
        Ok(Self { communicated_on: on, rate })
    }

    /// The day on which it was communicated: it works from then on and never before.
    pub fn communicated_on(&self) -> Day {
        self.communicated_on
    }

    /// The concrete amount.
    pub fn rate(&self) -> Rate {
        self.rate
    }
}

/// The days on which something was communicated that states no concrete amount, in order.
pub(super) fn without_amount(input: &Input) -> BTreeSet<Day> {
    let none = |(on, rate)| Decision::communicated(input.paragraph, on, rate).is_err().then_some(on);
    recorded(input).filter_map(none).collect()
}

/// What was recorded: the day of communication and the amount.
fn recorded(input: &Input) -> impl Iterator<Item = (Day, Option<Decimal>)> {
    let main = input.decision_communicated_on.map(|on| (on, input.decided_daily_rate));
    main.into_iter().chain(input.further_decisions.iter().map(|d| (d.communicated_on, d.daily_rate)))
}

/// The decisions of a stay, by communication. What the input calls a decision and is none is left out: nothing is
/// charged under it. Refuses two of one day.
pub(super) fn decisions(input: &Input) -> Result<Vec<Decision>, Error> {
    let mut found: Vec<Decision> = recorded(input)
        .filter_map(|(on, rate)| Decision::communicated(input.paragraph, on, rate).ok())
        .collect();
    found.sort_by_key(|d| d.communicated_on);
    match found.windows(2).any(|pair| pair[0].communicated_on == pair[1].communicated_on) {
        true => Err(Error::input(
            "further_decisions",
            "two decisions were communicated on one day; send the one that holds",
        )),
        false => Ok(found),
    }
}
