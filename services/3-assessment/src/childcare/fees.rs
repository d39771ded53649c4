//! The household's fees as they run from day to day: by the facts, and by what has been decided.

use super::{Childcare, ChildcareRules, FeeDecision};
use crate::state::Case;
use domain::{Currency, Day, Money, Period};
use schemes::Error;
use schemes::se_childcare::{Assessment, Care, Settings, assess, fee_of_days};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The fees of a household's children, by the child's key. Who holds no place is not among them.
pub type Fees = BTreeMap<String, Fee>;

/// A child's fee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// Date of birth.
    pub born: Day,
    /// The form of care.
    pub care: Care,
    /// Its place among the siblings; none: not in fee-charged care.
    pub order: Option<u32>,
    /// The municipality's reduction.
    pub reduction: Option<String>,
    /// Kronor a month.
    pub monthly: Money,
}

/// The fees from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeesFrom {
    /// The first day.
    pub from: Day,
    /// The fees.
    pub fees: Fees,
}

/// The fees that hold on a day.
pub fn on(steps: &[FeesFrom], day: Day) -> Option<&Fees> {
    steps.iter().rfind(|step| step.from <= day).map(|step| &step.fees)
}

/// What a month costs at the fees that hold on its days, kronor.
pub fn amount<'a>(
    fees_on: impl Fn(Day) -> Option<&'a Fees>,
    month: Period,
    settings: &Settings,
) -> Result<Money, Error> {
    let mut children: BTreeMap<&str, Vec<(Money, u32)>> = BTreeMap::new();
    for day in month.first_day().iter_days().take_while(|day| month.contains(*day)) {
        for (child, fee) in fees_on(day).into_iter().flatten() {
            let days = children.entry(child).or_default();
            match days.last_mut().filter(|(monthly, _)| *monthly == fee.monthly) {
                Some((_, days)) => *days += 1,
                None => days.push((fee.monthly, 1)),
            }
        }
    }
    let mut sum = Money::zero(Currency::SEK);
    for days in children.values() {
        let fee = fee_of_days(days, month.days(), settings)?;
        sum = sum
            .plus(fee)
            .map_err(|error| Error::BadInput { field: "monthly".to_owned(), problem: error.to_string() })?;
    }
    Ok(sum)
}

impl Case {
    /// What is owed for a month by its facts; none when no child holds a place in it.
    pub fn fee_of_month(&self, rules: &ChildcareRules, month: Period) -> Result<Option<Assessment>, Error> {
        let facts = self.month_facts(rules, month)?;
        facts.map(|facts| assess(&facts, &rules.parameters, &rules.settings)).transpose()
    }

    /// The fees by the facts, on each day on which they change, up to the end of a month or of the last one that can be
    /// computed; and that day.
    pub fn fees_by_facts(&self, rules: &ChildcareRules, last: Period) -> (Vec<FeesFrom>, Option<Day>) {
        let (mut steps, mut known_to): (Vec<FeesFrom>, _) = (Vec::new(), None);
        let Some(first) = self.childcare.as_ref().and_then(Childcare::first_day) else {
            return (steps, known_to);
        };
        for month in Period::of(first).through(last) {
            let Ok(owed) = self.fee_of_month(rules, month) else { break };
            let facts = self.month_facts(rules, month).ok().flatten();
            for day in month.first_day().iter_days().take_while(|day| month.contains(*day)) {
                let mut fees = Fees::new();
                for line in owed.iter().flat_map(|owed| &owed.lines) {
                    let Some(fee) = line.fees.iter().find(|fee| fee.from <= day && day <= fee.to) else {
                        continue;
                    };
                    let child =
                        facts.iter().flat_map(|facts| &facts.children).find(|child| child.id == line.child);
                    let Some(born) = child.map(|child| child.born) else { continue };
                    let (care, order, reduction) = (fee.care, fee.order, fee.reduction.clone());
                    fees.insert(
                        line.child.clone(),
                        Fee { born, care, order, reduction, monthly: fee.monthly_fee },
                    );
                }
                if steps.last().is_none_or(|before| before.fees != fees) {
                    steps.push(FeesFrom { from: day, fees });
                }
            }
            known_to = Some(month.last_day());
        }
        (steps, known_to)
    }
}

impl Childcare {
    /// The fees that the decision made last about a day states for it.
    pub fn decided_on(&self, day: Day) -> Option<&Fees> {
        let about = self.decisions.iter().rfind(|decision| decision.is_about(day))?;
        on(about.steps(), day)
    }

    /// The decision that binds on a day: of those communicated the one made last about it.
    pub fn binding_on(&self, day: Day) -> Option<(&FeeDecision, Day)> {
        let about = self
            .decisions
            .iter()
            .rfind(|made| made.issued().communicated_on().is_some() && made.is_about(day))?;
        Some((about, about.issued().communicated_on()?))
    }
}
