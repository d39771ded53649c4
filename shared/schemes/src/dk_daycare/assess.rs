//! The one computation: amount and explanation together.

use super::place::Household;
use super::siblings::Siblings;
use super::{Input, PlaceAssessment, PlaceInput, SCHEME, Scale, Settings, articles};
use crate::{Error, Parameters, Step, Trace};
use domain::{Money, Period};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a household pays for one month, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// The month.
    pub month: Period,
    /// Kroner a year: the income read on the scale, as given.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub yearly_income: Decimal,
    /// The limits used and the percentage; `None` without a granted economic subsidy.
    pub scale: Option<Scale>,
    /// One entry a place, by the names of child and place.
    pub places: Vec<PlaceAssessment>,
    /// The sum of what is payable.
    pub total: Money,
    /// How it came to be.
    pub trace: Trace,
}

impl Assessment {
    /// Whether places, rates and income are those of the other month, and only the scale of the year is another.
    pub fn differs_by_scale_only(&self, other: &Self) -> bool {
        let terms = |assessment: &Self| {
            let place = |place: &PlaceAssessment| {
                // What these come to follows the scale: they count as terms of their own.
                let others = [place.treatment_subsidy, place.social_subsidy].map(Money::is_zero);
                (others == [true; 2])
                    .then(|| (place.child.clone(), place.place.clone(), place.rate, place.part))
            };
            assessment.places.iter().map(place).collect::<Option<Vec<_>>>()
        };
        // The amounts of additions are the year's; who has them is the household's.
        let additions = |scale: &Scale| {
            [scale.single_addition, scale.children_addition].map(|addition| addition.is_zero())
        };
        let household = |assessment: &Self| assessment.scale.as_ref().map(additions);
        self.yearly_income == other.yearly_income
            && self.scale != other.scale
            && household(self).is_some_and(|ours| household(other) == Some(ours))
            && terms(self).is_some_and(|ours| terms(other) == Some(ours))
    }
}

/// Computes what a household pays for a month. Refuses facts out of range, a month without a parameter it needs
/// ([`Error::NoParameter`]) and a rate above the law's share ([`Error::RateAboveShare`]).
pub fn assess(input: &Input, parameters: &Parameters, settings: &Settings) -> Result<Assessment, Error> {
    Error::first(input.faults())?;
    let mut root = Step::new(
        "parental payment for a month (forældrebetaling)",
        articles::ORDER.on(input.month.first_day()),
    );
    root.input_text("month", input.month.to_string());
    let scale = match input.economic {
        true => Some(Scale::read(
            input.yearly_income,
            input.single_provider,
            input.children_at_home,
            input.month.first_day(),
            (parameters, settings.scale_rows),
            &mut root,
        )?),
        false => {
            root.input_text("economic subsidy", "not granted");
            None
        }
    };
    let mut places: Vec<&PlaceInput> = input.places.iter().collect();
    places.sort_by(|a, b| (&a.child, &a.place).cmp(&(&b.child, &b.place)));
    let siblings = Siblings::find(&places, settings, &mut root)?;
    let household = Household {
        month: input.month,
        economic: input.economic,
        own_percent: scale.as_ref().map_or(100, |s| s.own_percent),
        siblings: &siblings,
        parameters,
        settings,
    };
    let places = places.into_iter().map(|p| household.pay(p, &mut root)).collect::<Result<Vec<_>, _>>()?;
    let total: Decimal = places.iter().map(|p| p.payable.amount()).sum();
    root.result("total payable", total);
    Ok(Assessment {
        month: input.month,
        yearly_income: input.yearly_income,
        scale,
        places,
        total: Money::dkk_half_up(total),
        trace: Trace { scheme: SCHEME.to_owned(), root },
    })
}
