//! The months of a year as they are and as they would be.

use crate::target::Target;
use domain::{Money, MoneyError, Period, PersonKey};
use messages::Evidence;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// How much of a fingerprint's SHA-256 is kept, in bytes.
const FINGERPRINT_BYTES: usize = 8;

/// A month as it is and as it would be.
pub(super) struct Month {
    /// Which.
    pub(super) period: Period,
    /// Kroner a year by the tax assessments.
    pub(super) assessed: Decimal,
    /// As it stands.
    pub(super) now: Target,
    /// As it would be.
    pub(super) then: Target,
    /// It is left as it stands: its raise was dropped.
    pub(super) left: bool,
}

/// A year's months with subsidy of one payer.
#[derive(Default)]
pub(super) struct OfPayer {
    pub(super) months: Vec<Month>,
}

impl Month {
    pub(super) fn rises(&self) -> bool {
        self.then.assessment.total.amount() > self.now.assessment.total.amount()
    }

    pub(super) fn changes(&self) -> bool {
        self.then.assessment.total != self.now.assessment.total
    }

    pub(super) fn leave(&mut self) {
        self.then = self.now.clone();
        self.left = true;
    }
}

impl OfPayer {
    pub(super) fn rises(&self) -> bool {
        self.months.iter().any(Month::rises)
    }

    pub(super) fn changes(&self) -> bool {
        self.months.iter().any(Month::changes)
    }

    /// Leaves the months that rise as they are.
    pub(super) fn without_rises(mut self) -> Self {
        self.months.iter_mut().filter(|month| month.rises()).for_each(Month::leave);
        self
    }

    /// Whose incomes count in them.
    pub(super) fn adults(&self) -> impl Iterator<Item = &PersonKey> {
        self.months.iter().filter_map(|month| month.now.grant.as_ref()).flat_map(|grant| &grant.adults)
    }

    /// What each month would cost.
    pub(super) fn totals(&self) -> impl Iterator<Item = (Period, Decimal)> {
        self.months.iter().map(|month| (month.period, month.then.assessment.total.amount()))
    }

    /// Tells what is asked about from what another time is: the payer is heard about the kroner of each month.
    pub(super) fn fingerprint(&self, told: u32) -> String {
        let mut hash = Sha256::new();
        hash.update(told.to_string());
        for (period, total) in self.totals() {
            hash.update(format!(";{period} {}", total.normalize()));
        }
        hex::encode(&hash.finalize()[..FINGERPRINT_BYTES])
    }

    pub(super) fn sum(&self, of: impl Fn(&Month) -> &Target) -> Result<Money, MoneyError> {
        let mut totals = self.months.iter().map(|month| of(month).assessment.total);
        totals.try_fold(Money::dkk(0), Money::plus)
    }

    /// By how much the income-dependent subsidy changes, and all others with it.
    pub(super) fn subsidies(&self) -> Result<(Money, Money), MoneyError> {
        let zero = Money::dkk(0);
        let of = |target: &Target| -> Result<(Money, Money), MoneyError> {
            target.assessment.places.iter().try_fold((zero, zero), |(own, others), place| {
                let other =
                    place.sibling_subsidy.plus(place.treatment_subsidy)?.plus(place.social_subsidy)?;
                Ok((own.plus(place.economic_subsidy)?, others.plus(other)?))
            })
        };
        self.months.iter().try_fold((zero, zero), |(economic, dependent), month| {
            let (before, after) = (of(&month.now)?, of(&month.then)?);
            Ok((economic.plus(after.0.minus(before.0)?)?, dependent.plus(after.1.minus(before.1)?)?))
        })
    }

    /// Raw records behind them.
    pub(super) fn evidence(&self) -> Vec<Evidence> {
        let all: BTreeSet<_> =
            self.months.iter().flat_map(|month| month.now.evidence.iter().cloned()).collect();
        all.into_iter().collect()
    }
}
