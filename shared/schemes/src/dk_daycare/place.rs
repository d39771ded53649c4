//! One place: from the rate to the payment, in the order of BEK § 2.

use super::siblings::Siblings;
use super::{PaymentRounding, PlaceInput, Settings, articles};
use crate::{Error, Parameters, Part, Step, rounding};
use domain::{Money, Period};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is paid for one place. `full` less the four subsidies is `payable`, to the øre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceAssessment {
    /// The child, as in the input.
    pub child: String,
    /// The place.
    pub place: String,
    /// The council's rate for a whole month.
    pub rate: Money,
    /// The part of the month.
    pub part: Part,
    /// The rate for that part, rounded.
    pub full: Money,
    /// Percent of it that the parents pay by their income, 0-100; 100 without a grant.
    pub own_percent: u32,
    /// Økonomisk fripladstilskud.
    pub economic_subsidy: Money,
    /// Søskendetilskud.
    pub sibling_subsidy: Money,
    /// Behandlingsmæssigt fripladstilskud.
    pub treatment_subsidy: Money,
    /// Socialpædagogisk fripladstilskud.
    pub social_subsidy: Money,
    /// What the parents pay.
    pub payable: Money,
}

/// What is common to all places of the household.
pub(super) struct Household<'a> {
    pub(super) month: Period,
    pub(super) economic: bool,
    pub(super) own_percent: u32,
    pub(super) siblings: &'a Siblings,
    pub(super) parameters: &'a Parameters,
    pub(super) settings: &'a Settings,
}

impl Household<'_> {
    /// The rate as the council may set it: [`Error::RateAboveShare`] above the law's share of the gross cost.
    pub(super) fn check_rate(&self, place: &PlaceInput, trace: &mut Step) -> Result<(), Error> {
        let Some(name) = place.offer.share_parameter() else { return Ok(()) };
        let parameter = self.parameters.get(name, self.month.first_day())?;
        let mut step =
            Step::new("the rate is within the highest share of the cost", parameter.article.clone());
        let share = step.parameter(parameter);
        let exact = step.input("gross operating cost", place.gross_cost) * share / Decimal::ONE_HUNDRED;
        let rate = step.input("rate", place.monthly_rate);
        // Rounding down must not refuse a rate with øre that is within the exact share.
        let limit = step.result("highest rate", exact.max(rounding::rate(exact)));
        step.rounding = Some("to whole kroner, halves up, also past the share".to_owned());
        if rate > limit {
            return Err(Error::RateAboveShare {
                place: place.place.clone(),
                month: self.month,
                rate,
                limit,
                share,
                article: parameter.article.clone(),
            });
        }
        trace.steps.push(step);
        Ok(())
    }

    /// The payment for one place and its trace.
    pub(super) fn pay(&self, place: &PlaceInput, trace: &mut Step) -> Result<PlaceAssessment, Error> {
        let on = self.month.first_day();
        let mut step = Step::new(
            format!("payment for place {} of child {}", place.place, place.child),
            articles::ORDER.on(on),
        );
        self.check_rate(place, &mut step)?;
        let mut left = Remaining::of_rate(place, self.settings.payment_rounding, &mut step);
        let full = left.amount;

        let free = Decimal::from(100 - self.own_percent.min(100));
        let economic = match self.economic {
            true => {
                left.cut("economic subsidy (økonomisk fripladstilskud)", articles::ECONOMIC, |_| Ok(free))?
            }
            false => Decimal::ZERO,
        };
        let sibling = match self.siblings.subsidises(place) {
            true => left.cut("sibling subsidy (søskendetilskud)", articles::SIBLING, |s| {
                Ok(s.parameter(self.parameters.get("sibling_share", on)?))
            })?,
            false => Decimal::ZERO,
        };
        let treatment = match place.treatment {
            true => left.cut("treatment subsidy (behandlingsmæssigt)", articles::TREATMENT.on(on), |s| {
                Ok(s.parameter(self.parameters.get("treatment_share", on)?))
            })?,
            false => Decimal::ZERO,
        };
        let social = match place.social_percent.is_zero() {
            false => {
                left.cut("social-pedagogical subsidy (socialpædagogisk)", articles::SOCIAL.on(on), |_| {
                    Ok(place.social_percent)
                })?
            }
            true => Decimal::ZERO,
        };
        let payable = left.amount;
        step.result("payable", payable);
        trace.steps.push(step);
        Ok(PlaceAssessment {
            child: place.child.clone(),
            place: place.place.clone(),
            rate: Money::dkk_half_up(place.monthly_rate),
            part: place.part,
            full: Money::dkk_half_up(full),
            own_percent: self.own_percent,
            economic_subsidy: Money::dkk_half_up(economic),
            sibling_subsidy: Money::dkk_half_up(sibling),
            treatment_subsidy: Money::dkk_half_up(treatment),
            social_subsidy: Money::dkk_half_up(social),
            payable: Money::dkk_half_up(payable),
        })
    }
}

/// What is left of a payment. It is rounded after each subsidy, and the subsidy is the difference of two rounded
/// amounts: each line can be checked by hand from the line above it, and the lines add up.
struct Remaining<'a> {
    amount: Decimal,
    rounding: PaymentRounding,
    trace: &'a mut Step,
}

impl<'a> Remaining<'a> {
    fn of_rate(place: &PlaceInput, rounding: PaymentRounding, trace: &'a mut Step) -> Self {
        let mut step = Step::new("rate for the part of the month", articles::RATE);
        step.input("rate", place.monthly_rate);
        step.input_text("part of the month", place.part.to_string());
        let amount = step.result("full payment", rounding.round(place.part.of(place.monthly_rate)));
        step.rounding = Some(rounding.in_words().to_owned());
        trace.steps.push(step);
        Self { amount, rounding, trace }
    }

    /// Takes a percentage off and gives the subsidy. `percent` takes it from a parameter of the step, or knows it.
    fn cut(
        &mut self,
        rule: &str,
        article: &str,
        percent: impl FnOnce(&mut Step) -> Result<Decimal, Error>,
    ) -> Result<Decimal, Error> {
        let mut step = Step::new(rule, article);
        let before = step.input("payment before", self.amount);
        let percent = percent(&mut step)?;
        step.input("percent of it", percent);
        let after = self.rounding.round(before * (Decimal::ONE_HUNDRED - percent) / Decimal::ONE_HUNDRED);
        let subsidy = step.result("subsidy", before - after);
        self.amount = step.result("payment after", after);
        step.rounding = Some(self.rounding.in_words().to_owned());
        self.trace.steps.push(step);
        Ok(subsidy)
    }
}
