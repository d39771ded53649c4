//! From when a declaration counts, and until when a fee runs.

use super::{DeclarationEffect, Settings};
use chrono::Months;
use domain::{Day, Period};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a placement ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PlacementEnd {
    /// The custodian gives notice (*uppsägning*).
    Notice {
        /// The day of the notice.
        given_on: Day,
        /// The day of a move to another municipality within the notice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        moved_on: Option<Day>,
    },
    /// The child moves to another municipality.
    Move {
        /// The first day in the other municipality.
        moved_on: Day,
    },
}

/// The last day with a fee. The fee runs through the notice, whose last day bears the number of its first (in a shorter
/// month: the last of it); a move to another municipality ends the fee at once, also within a notice.
pub fn last_day_with_fee(end: PlacementEnd, settings: &Settings) -> Day {
    let before = |day: Day| day.pred_opt().unwrap_or(day);
    match end {
        PlacementEnd::Move { moved_on } => before(moved_on),
        PlacementEnd::Notice { given_on, moved_on } => {
            let last = given_on.checked_add_months(Months::new(settings.notice_months)).unwrap_or(given_on);
            moved_on.map_or(last, |moved_on| last.min(before(moved_on)))
        }
    }
}

/// From when an income declared on a day counts. Only forward: what was charged before is a matter of the yearly check.
pub fn effect_of_declaration(declared_on: Day, settings: &Settings) -> Day {
    match settings.declaration_effect {
        DeclarationEffect::Date => declared_on,
        DeclarationEffect::NextFirst => Period::of(declared_on).next().first_day(),
    }
}
