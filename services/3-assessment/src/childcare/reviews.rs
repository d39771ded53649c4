//! What waits for staff in a household's case, in Swedish.

use super::check::Checked;
use super::taxed::Missing;
use super::{CheckState, FeeDecision};
use crate::reviews::Review;
use crate::state::Case;
use domain::{Day, HearingId, Money, Period};
use rust_decimal::Decimal;
use schemes::letter::swedish;
use std::collections::BTreeMap;

/// A year without the income of the tax of everybody who was in the household.
pub fn not_done(case: &Case, year: i32) -> String {
    let missing = match case.tax_basis(year) {
        Ok(_) => "den beräknas på nytt".to_owned(),
        Err(Missing::HouseholdChanged) => {
            "hushållet har ändrats under året: ange taxerad inkomst för var och en (state_tax med adult)"
                .to_owned()
        }
        Err(Missing::Incomes { custodian, from }) => {
            let custodian = custodian.then(|| "vårdnadshavaren".to_owned());
            let others = from.iter().map(|from| format!("den som ingick i hushållet från {from}"));
            let of = custodian.into_iter().chain(others).collect::<Vec<_>>().join(" och ");
            format!("ange taxerad inkomst för {of} (state_tax med adult)")
        }
    };
    format!("inkomstkontroll för {year} är inte gjord: {missing}")
}

/// A correction that waits for a second person.
pub fn to_approve(year: i32, months: &BTreeMap<Period, Checked>, hear: bool) -> String {
    let sum: Decimal = months.values().map(Checked::difference).sum();
    let (what, count) = (if sum.is_sign_negative() { "ge tillbaka" } else { "kräva" }, months.len());
    let hear = if hear { ", efter att vårdnadshavaren har fått yttra sig" } else { "" };
    format!(
        "inkomstkontroll för {year}: {what} {} kr för {count} månader; attesteras av en annan person (approve_correction){hear}",
        swedish::number(sum.abs())
    )
}

/// A household that is charged the highest fee for want of a declared income.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undeclared {
    /// Since when: the first day of the household or of its first place.
    pub since: Day,
    /// Kronor a month.
    pub monthly: Money,
}

impl Undeclared {
    /// What to do, in Swedish.
    pub fn about(&self, today: Day) -> String {
        let days = (today - self.since).num_days();
        format!(
            "högsta avgift, {} i månaden, sedan {days} dagar, eftersom ingen inkomst är anmäld för hushållet: be vårdnadshavaren \
             om en inkomstanmälan (declare_income)",
            swedish::kronor(self.monthly)
        )
    }
}

impl Case {
    /// Since when the household is charged the highest fee because nobody has declared an income for it; none where one is
    /// declared, and where it pays nothing at the end of the month that was determined last.
    pub fn undeclared(&self) -> Option<Undeclared> {
        let (childcare, day) = (self.childcare.as_ref()?, self.assessed_to?.last_day());
        let household = childcare.households.range(..=day).next_back();
        let from = household.map_or(Day::MIN, |(from, _)| *from);
        let declared = childcare.declared.range(from..).next().is_some()
            || household.is_some_and(|(_, household)| household.what.monthly_income.is_some());
        let fees = childcare.decided_on(day).filter(|_| !declared)?;
        let monthly = super::decide::total(fees).ok().filter(|monthly| !monthly.is_zero())?;
        let held = childcare.places.values().filter_map(|place| Some(&place.held.as_ref()?.what));
        let held = held.filter(|held| fees.contains_key(held.child.person.as_str()));
        let first = held.map(|held| held.first_day).min()?;
        Some(Undeclared { since: first.max(from), monthly })
    }

    /// Decisions that have not been delivered, and income checks that are not done or not approved.
    pub fn childcare_reviews(&self) -> Vec<Review> {
        let Some(childcare) = &self.childcare else { return Vec::new() };
        // Whatever came before a decision about all days to come that binds is of no consequence any more.
        let binds = |decision: &FeeDecision| decision.issued().communicated_on().is_some();
        let binding = childcare.decisions.iter().rposition(|decision| binds(decision) && decision.is_open());
        let undelivered = childcare.decisions.iter().skip(binding.map_or(0, |at| at + 1));
        let undelivered = undelivered.filter(|decision| !binds(decision));
        let undelivered = undelivered.map(|decision| {
            let (from, written_on) = (decision.from(), decision.issued().written_on());
            let about = format!(
                "beslutet om avgiften från {from} är inte delgivet: inget debiteras efter det förrän brevet har nått fram"
            );
            Review { from: written_on, code: "fee_decision_not_delivered", about }
        });
        let checks = childcare.checks.iter().filter_map(|(year, check)| {
            let (code, about) = match &check.state {
                CheckState::NotDone => ("income_check_not_done", not_done(self, *year)),
                CheckState::Prepared { months, hear } => {
                    ("income_check_to_approve", to_approve(*year, months, *hear))
                }
                CheckState::NotNeeded | CheckState::Right | CheckState::Corrected { .. } => return None,
            };
            Some(Review { from: check.since, code, about })
        });
        let strangers = self.taxes_of_strangers().into_iter().map(|(year, from)| {
            let about = format!(
                "taxerad inkomst för {year} är angiven för någon som inte ingick i hushållet det året och räknas inte: ange \
                 hushållet (set_childcare_household) om personen ingick i det"
            );
            Review { from, code: "income_of_stranger", about }
        });
        undelivered.chain(checks).chain(strangers).collect()
    }

    /// By year, how many income checks are done, not done and not needed: 0 or 1 of a case.
    pub fn income_checks(&self) -> BTreeMap<i32, [u64; 3]> {
        let checks = self.childcare.iter().flat_map(|childcare| &childcare.checks);
        checks
            .map(|(year, check)| {
                let counts = match &check.state {
                    CheckState::Right | CheckState::Corrected { .. } => [1, 0, 0],
                    CheckState::NotDone | CheckState::Prepared { .. } => [0, 1, 0],
                    CheckState::NotNeeded => [0, 0, 1],
                };
                (*year, counts)
            })
            .collect()
    }
}

/// In Swedish, that an order names a place that the case does not have.
pub fn unknown(what: &str, named: &str) -> String {
    let what = match what {
        "authority" => {
            return format!(
                "order från myndigheten {named} kom innan en annan öppnade ärendet och har ingen verkan: den skickar dem för ett \
                 eget ärende; forget_unknown för {named} avslutar detta"
            );
        }
        "place" => "platsen",
        "notice" => "underrättelsen",
        "hearing" => "kommunikationen",
        _ => "tjänsten",
    };
    format!(
        "en order gäller {what} {named}, som inte finns i ärendet: skicka den igen med rätt id och forget_unknown för denna, eller \
         skicka det som saknas (dead-letters list visar om det har avvisats)"
    )
}

/// In Swedish, that the custodian objects in a hearing.
pub fn objected(hearing: &HearingId) -> String {
    format!(
        "vårdnadshavaren har invändningar i kommuniceringen {hearing}: avgör dem med ordern decide_hearing"
    )
}

/// In Swedish, that orders came for a case that nobody has opened.
pub fn not_opened(orders: usize, days: u64) -> String {
    format!(
        "order har kommit för ärendet ({orders}) och ingen har öppnat det på {days} dagar: öppna det; gällde de ett annat ärende, \
         skicka dem för det och avsluta detta"
    )
}

/// The first day on which anything of the case matters.
pub fn begun(case: &Case, today: Day) -> bool {
    let first = case.childcare.as_ref().and_then(super::Childcare::first_day);
    first.is_some_and(|first| Period::of(first) <= Period::of(today).next())
}
