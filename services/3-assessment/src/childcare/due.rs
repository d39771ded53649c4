//! When what is owed falls due: the fee of a month on its last day, what corrects an earlier one as it is settled.

use domain::{Currency, Day, Money, Period};
use rust_decimal::Decimal;
use schemes::Error;
use schemes::collection::{Country, due_date};
use schemes::se_childcare::{Settings, Settlement, settle};
use std::collections::BTreeMap;

/// The day on which the fee of a month falls due: its last day, or the first weekday after it.
pub fn of_month(month: Period) -> Day {
    due_date(Country::Sweden, month.last_day())
}

/// The first day on which what corrects earlier months falls due, where it is settled on this day: with the invoice of the next
/// month. Nothing falls due before whoever owes it knows.
pub fn first(today: Day) -> Day {
    of_month(Period::of(today).next())
}

/// How the changes of months that are over are settled together. `next_fee` is the fee of the next invoice.
pub fn settlement(
    changes: &BTreeMap<Period, Decimal>,
    next_fee: Money,
    settings: &Settings,
) -> Result<Settlement, Error> {
    let sum = Money::new(changes.values().sum(), Currency::SEK)
        .map_err(|error| Error::BadInput { field: "difference".to_owned(), problem: error.to_string() })?;
    settle(sum, next_fee, settings.claim_instalments <= 1, settings)
}

/// When the change of each of these months falls due: with the next invoice, or on one of its own as late as that, or in parts a
/// month apart from then on.
pub fn of_changes(
    changes: &BTreeMap<Period, Decimal>,
    today: Day,
    next_fee: Money,
    settings: &Settings,
) -> Result<BTreeMap<Period, Day>, Error> {
    let settled = settlement(changes, next_fee, settings)?;
    let next = Period::of(today).next();
    let count = changes.len();
    let parts = usize::try_from(settings.claim_instalments).unwrap_or(1).clamp(1, count.max(1));
    let due = |(nth, month): (usize, &Period)| {
        let day = match settled {
            Settlement::InstalmentPlan { .. } => {
                let part = u32::try_from(nth * parts / count.max(1)).unwrap_or_default();
                of_month(next.plus_months(part))
            }
            Settlement::Nothing
            | Settlement::OnNextInvoice { .. }
            | Settlement::SeparateInvoice { .. }
            | Settlement::Refund { .. } => first(today),
        };
        (*month, day)
    };
    Ok(changes.keys().enumerate().map(due).collect())
}
