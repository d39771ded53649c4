//! What follows when an instalment is not paid in time: each step with its day, the same for everybody.

use super::{Parameters, SCHEME, Settings, articles};
use crate::{Error, Step, Trace};
use chrono::Days;
use domain::{Day, Money, Period};
use rust_decimal::prelude::ToPrimitive;

/// A step after a missed instalment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MissedStep {
    /// A reminder (*rykker*) with its fee.
    Reminder {
        /// Its day.
        on: Day,
        /// The fee.
        fee: Money,
    },
    /// A determination of the repayment (*fastsættelse*) is entered, without a person.
    Determination {
        /// Its day.
        on: Day,
    },
    /// The reminder and the determination were in vain: the claim may go to recovery (*inddrivelse*).
    Transfer {
        /// The first day on which it may.
        on: Day,
    },
}

/// The steps that an instalment due on `due` has taken by `on`, in order. A step whose day comes on or after the day
/// of payment is not taken: who pays late has the steps of until then.
pub fn steps_after_missed(
    due: Day,
    paid_on: Option<Day>,
    on: Day,
    parameters: &Parameters,
    settings: &Settings,
) -> Result<Vec<MissedStep>, Error> {
    let reminder_on = later(due, settings.reminder_days);
    let determination_on = later(reminder_on, settings.determination_days);
    let notice = parameters.get("notice_days_minimum", determination_on)?.value.to_u32().unwrap_or_default();
    let transfer_on = later(later(determination_on, notice), 1);
    let fee = Money::dkk_half_up(parameters.get("reminder_fee", reminder_on)?.value);
    let steps = [
        (reminder_on, MissedStep::Reminder { on: reminder_on, fee }),
        (determination_on, MissedStep::Determination { on: determination_on }),
        (transfer_on, MissedStep::Transfer { on: transfer_on }),
    ];
    let taken = |day: Day| day <= on && paid_on.is_none_or(|paid| day < paid);
    Ok(steps.into_iter().filter(|(day, _)| taken(*day)).map(|(_, step)| step).collect())
}

/// What a reminder of a month's instalment costs, and why; nothing where it was not to be sent after all.
pub fn reminder_fee(
    month: Period,
    reminded_on: Day,
    stands: bool,
    parameters: &Parameters,
) -> Result<(Money, Trace), Error> {
    let mut root = Step::new("fee of a reminder (rykkergebyr)", articles::REMINDER_FEE);
    root.input_text("instalment of", month.to_string());
    root.input_text("reminded on", reminded_on.to_string());
    let fee = match stands {
        true => root.parameter(parameters.get("reminder_fee", reminded_on)?),
        false => {
            root.input_text("not paid in time", "no: it was paid before the day of the reminder");
            rust_decimal::Decimal::ZERO
        }
    };
    let fee = Money::dkk_half_up(root.result("payable", fee));
    Ok((fee, Trace { scheme: SCHEME.to_owned(), root }))
}

fn later(day: Day, days: u32) -> Day {
    day.checked_add_days(Days::new(days.into())).unwrap_or(Day::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::parameters;
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn steps(paid_on: Option<&str>, on: &str) -> Vec<MissedStep> {
        let settings = Settings::default();
        steps_after_missed(day("2026-02-02"), paid_on.map(day), day(on), &parameters().unwrap(), &settings)
            .unwrap()
    }

    fn reminder() -> MissedStep {
        MissedStep::Reminder { on: day("2026-02-07"), fee: Money::dkk(250) }
    }

    fn determination() -> MissedStep {
        MissedStep::Determination { on: day("2026-02-17") }
    }

    #[test]
    fn reminder_determination_and_transfer_follow_on_their_days() {
        assert_eq!(steps(None, "2026-02-06"), []);
        assert_eq!(steps(None, "2026-02-07"), [reminder()]);
        assert_eq!(steps(None, "2026-02-16"), [reminder()]);
        assert_eq!(steps(None, "2026-02-17"), [reminder(), determination()]);
        assert_eq!(steps(None, "2026-03-03"), [reminder(), determination()]);
        let transfer = MissedStep::Transfer { on: day("2026-03-04") };
        assert_eq!(steps(None, "2026-03-04"), [reminder(), determination(), transfer]);
    }

    #[test]
    fn a_payment_stops_what_would_come_on_its_day_or_later() {
        assert_eq!(steps(Some("2026-02-07"), "2026-12-31"), []);
        assert_eq!(steps(Some("2026-02-08"), "2026-12-31"), [reminder()]);
        assert_eq!(steps(Some("2026-02-18"), "2026-12-31"), [reminder(), determination()]);
    }

    #[test]
    fn a_reminder_costs_the_laws_fee_and_nothing_where_it_does_not_stand() {
        let month = "2026-01".parse().unwrap();
        let fee = |stands| reminder_fee(month, day("2026-02-07"), stands, &parameters().unwrap()).unwrap();
        let (charged, trace) = fee(true);
        assert_eq!((charged, trace.root.parameters[0].name.as_str()), (Money::dkk(250), "reminder_fee"));
        assert_eq!(fee(false).0, Money::dkk(0));
    }

    #[test]
    fn a_day_of_outage_delays_no_step_and_loses_none() {
        // Asked late, the steps still have the days that they had.
        assert_eq!(steps(None, "2026-12-31").len(), 3);
    }
}
