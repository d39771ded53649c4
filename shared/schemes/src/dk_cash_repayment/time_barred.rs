//! Claims that were time-barred (*forældet*) before they were registered: nobody writes a letter about those.

use crate::collection::{Claim, LimitationRule, limitation};
use crate::{Error, Parameters};
use domain::Day;

/// The last day on which the claim could have been demanded, where that lies before the day of its registration. A claim
/// of which no earlier demand is known is not barred by one. `parameters`: the Danish ones of collection.
pub fn time_barred(
    claim: &str,
    demanded_by: Option<Day>,
    registered_on: Day,
    parameters: &Parameters,
) -> Result<Option<Day>, Error> {
    let Some(starts_on) = demanded_by else { return Ok(None) };
    let claim = Claim {
        claim: claim.to_owned(),
        rule: LimitationRule::DanishOrdinary,
        starts_on,
        interrupted_on: Vec::new(),
    };
    let (last_day, _) = limitation(&claim, parameters)?;
    Ok(Some(last_day).filter(|last_day| *last_day < registered_on))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_claim_is_barred_the_day_after_its_last_day_and_not_before() {
        let parameters = crate::collection::danish_parameters().unwrap();
        let barred = |demanded_by: Option<&str>, registered_on: &str| {
            time_barred("k1", demanded_by.map(day), day(registered_on), &parameters).unwrap()
        };
        // The 10th of March 2023 is a Friday.
        assert_eq!(barred(Some("2020-03-10"), "2023-03-10"), None);
        assert_eq!(barred(Some("2020-03-10"), "2023-03-11"), Some(day("2023-03-10")));
        // The 12th of March 2023 is a Sunday: the last day moves to Monday.
        assert_eq!(barred(Some("2020-03-12"), "2023-03-13"), None);
        assert_eq!(barred(Some("2020-03-12"), "2023-03-14"), Some(day("2023-03-13")));
        assert_eq!(barred(None, "2023-03-14"), None);
    }
}
