//! The yearly reconciliation (*efterregulering*): when a year's tax assessment (*årsopgørelse*) has come, what each month of
//! the year costs by the income that was really had. One income year at a time.

use crate::{Error, Parameters};
use domain::Period;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// From this year a month is paid by the income that was really had, whichever way it differs and by however little. Until
/// then only a rise beyond a tolerance was regulated, and only where it was received against better knowledge.
pub const BOTH_DIRECTIONS_FROM: i32 = 2016;

/// The months of a year: a month's income is read on a scale of yearly income.
const MONTHS: u32 = 12;

/// How the income of a year belongs to its months. No rule was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum YearlyFormula {
    /// A month has what the income register shows for it, and a twelfth of what the tax assessment shows beyond the register's
    /// year; of an adult whose year in the register is not known whole, a twelfth of the year.
    RegisterMonths,
    /// Every month has a twelfth of the year.
    Twelfths,
}

/// One adult's income of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdultYear {
    /// Kroner in the year by the tax assessment, as BEK § 28 counts it. May be negative.
    pub assessed: Decimal,
    /// What the income register shows, where all of the year is known of it.
    pub register: Option<RegisterYear>,
}

/// What the income register shows for an adult.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegisterYear {
    /// Kroner in the year.
    pub year: Decimal,
    /// Kroner in the month.
    pub month: Decimal,
}

impl YearlyFormula {
    /// Kroner a year: twelve times the income that these adults really had in a month. Exact: nothing is divided.
    pub fn yearly_income(self, adults: &[AdultYear]) -> Result<Decimal, Error> {
        let too_large = || Error::input("yearly_income", "is too large to be a year's income");
        adults.iter().try_fold(Decimal::ZERO, |sum, adult| {
            let of_adult = match (self, adult.register) {
                (Self::Twelfths, _) | (Self::RegisterMonths, None) => Some(adult.assessed),
                (Self::RegisterMonths, Some(register)) => register
                    .month
                    .checked_mul(Decimal::from(MONTHS))
                    .and_then(|month| month.checked_add(adult.assessed))
                    .and_then(|sum| sum.checked_sub(register.year)),
            };
            of_adult.and_then(|of_adult| sum.checked_add(of_adult)).ok_or_else(too_large)
        })
    }
}

/// How far the income of a year lies from the one that was granted by: percent of the granted one, down to whole ones. None
/// where nothing was granted by.
pub fn deviation_percent(assessed: Decimal, granted: Decimal) -> Option<Decimal> {
    if granted <= Decimal::ZERO {
        return None;
    }
    let percent = assessed.checked_sub(granted)?.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(granted)?;
    Some(percent.trunc())
}

/// The bands of the work list: what deviates most is seen to first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviationBand {
    /// More than 50 percent, or a deviation that has no percentage because nothing was granted by.
    Above50,
    /// From 20 percent.
    From20,
    /// From 10 percent.
    From10,
    /// Less.
    Below10,
}

impl DeviationBand {
    /// The band of a year.
    pub fn of(assessed: Decimal, granted: Decimal) -> Self {
        match deviation_percent(assessed, granted).map(|percent| percent.abs()) {
            None if assessed == granted => Self::Below10,
            None => Self::Above50,
            // Whole percent are cut: 50.4 is more than 50, and is told from it by the kroner.
            Some(percent) if percent > Decimal::from(50) => Self::Above50,
            Some(percent)
                if percent == Decimal::from(50) && (assessed - granted).abs() * Decimal::TWO > granted =>
            {
                Self::Above50
            }
            Some(percent) if percent >= Decimal::from(20) => Self::From20,
            Some(percent) if percent >= Decimal::TEN => Self::From10,
            Some(_) => Self::Below10,
        }
    }

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Above50 => "above 50 %",
            Self::From20 => "20-50 %",
            Self::From10 => "10-20 %",
            Self::Below10 => "below 10 %",
        }
    }
}

/// Whether an income year to 2015 is regulated at all: the income lies further above the granted one than tolerated. That it
/// was received against better knowledge is for staff to say. [`Error::NoParameter`] from 2016: there is no tolerance then.
pub fn is_beyond_tolerance(
    assessed: Decimal,
    granted: Decimal,
    year: i32,
    parameters: &Parameters,
) -> Result<bool, Error> {
    let first = Period::new(year, 1).map_err(|error| Error::input("year", error.to_string()))?;
    let tolerance = parameters.get("yearly_tolerance", first.first_day())?.value;
    let rise = assessed.checked_sub(granted).and_then(|rise| rise.checked_mul(Decimal::ONE_HUNDRED));
    let tolerated = granted.checked_mul(tolerance);
    match (rise, tolerated) {
        (Some(rise), Some(tolerated)) => Ok(rise > tolerated.max(Decimal::ZERO)),
        _ => Err(Error::input("yearly_income", "is too large to be a year's income")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dk_daycare::parameters;

    fn adult(assessed: i64, year: i64, month: i64) -> AdultYear {
        let [assessed, year, month] = [assessed, year, month].map(Decimal::from);
        AdultYear { assessed, register: Some(RegisterYear { year, month }) }
    }

    #[test]
    fn the_register_says_when_and_the_tax_assessment_how_much() {
        // 300,000 in the register, 25,000 of it in the month, and 12,000 of capital in the year: 25,000 + 1,000 a month.
        let of = |formula: YearlyFormula, adults: &[AdultYear]| formula.yearly_income(adults).unwrap();
        let adults = [adult(312_000, 300_000, 25_000)];
        assert_eq!(of(YearlyFormula::RegisterMonths, &adults), Decimal::from(26_000 * 12));
        // A month without work, and a loss.
        assert_eq!(
            of(YearlyFormula::RegisterMonths, &[adult(300_000, 300_000, 0), adult(-12_000, 0, 0)]),
            Decimal::from(-12_000)
        );
        assert_eq!(of(YearlyFormula::Twelfths, &adults), Decimal::from(312_000));
        let half_known = [AdultYear { register: None, ..adults[0] }];
        assert_eq!(of(YearlyFormula::RegisterMonths, &half_known), Decimal::from(312_000));
    }

    #[test]
    fn the_months_of_a_year_add_up_to_the_year() {
        let months = [10_000, 0, 31_000, 25_500, 0, 0, 18_000, 18_000, 18_000, 20_000, 21_000, 40_000];
        let register_year: i64 = months.iter().sum();
        let yearly = months.map(|month| {
            YearlyFormula::RegisterMonths.yearly_income(&[adult(260_000, register_year, month)]).unwrap()
        });
        assert_eq!(yearly.iter().sum::<Decimal>(), Decimal::from(260_000 * 12));
    }

    #[test]
    fn bands_end_where_the_work_list_says() {
        for (assessed, band) in [
            (300_001, DeviationBand::Above50),
            (300_000, DeviationBand::From20),
            (240_000, DeviationBand::From20),
            (239_999, DeviationBand::From10),
            (220_000, DeviationBand::From10),
            (219_999, DeviationBand::Below10),
            (180_001, DeviationBand::Below10),
            (180_000, DeviationBand::From10),
            (160_000, DeviationBand::From20),
            (99_999, DeviationBand::Above50),
        ] {
            assert_eq!(DeviationBand::of(assessed.into(), 200_000.into()), band, "{assessed}");
        }
        assert_eq!(DeviationBand::of(1.into(), 0.into()), DeviationBand::Above50);
        assert_eq!(DeviationBand::of(0.into(), 0.into()), DeviationBand::Below10);
    }

    #[test]
    fn to_2015_a_rise_of_ten_percent_is_tolerated_and_a_krone_more_is_not() {
        let parameters = parameters().unwrap();
        let beyond =
            |assessed: i64, year| is_beyond_tolerance(assessed.into(), 200_000.into(), year, &parameters);
        assert_eq!(beyond(220_000, 2015), Ok(false));
        assert_eq!(beyond(220_001, 2015), Ok(true));
        assert_eq!(beyond(100_000, 2013), Ok(false), "a fall was not regulated");
        assert!(matches!(beyond(220_001, 2016), Err(Error::NoParameter { .. })));
        assert!(matches!(beyond(220_001, 2012), Err(Error::NoParameter { .. })));
    }
}
