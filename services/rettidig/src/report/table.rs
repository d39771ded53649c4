//! The report as a table, for a billing manager.

use super::{Obligations, Report, Share, Undecided};
use domain::Currency;
use std::fmt;

/// What was due and what was invoiced.
pub struct Due<'a>(&'a Report);

impl Report {
    /// What was due and what was invoiced, as a table.
    pub fn due(&self) -> Due<'_> {
        Due(self)
    }
}

impl fmt::Display for Due<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let obligations = &self.0.obligations;
        writeln!(f, "What was due and what was invoiced       a payer's months              kroner")?;
        for (name, Share { count, amount }) in [
            ("had to be invoiced", &obligations.expected),
            ("charged by the ERP; months right by that", &obligations.confirmed),
            ("credited; months right after a credit", &obligations.credited),
            ("lawfully not charged", &obligations.exempt),
            ("open", &obligations.open),
            ("  of this of months that are to come", &self.0.open_in_advance),
        ] {
            writeln!(f, "  {name:<40} {count:>14} {:>19}", grouped(amount))?;
        }
        let Share { count, amount } = &self.0.misposted;
        if *count > 0 {
            writeln!(
                f,
                "  {:<40} {count:>14} {:>19}",
                "beside it: wrong month or payer, no order",
                grouped(amount)
            )?;
        }
        writeln!(
            f,
            "Had to be invoiced, by what is charged   a payer's months              kroner   of it open"
        )?;
        for (name, Obligations { currency, expected, open, .. }) in &self.0.by_charge_type {
            let (amount, open) = (grouped(&expected.amount), grouped(&open.amount));
            let other = if *currency == Currency::DKK { String::new() } else { format!(" {currency}") };
            writeln!(f, "  {name:<40} {:>14} {amount:>19} {open:>12}{other}", expected.count)?;
        }
        let Undecided { residents, since } = &self.0.undecided;
        if let Some(since) = since {
            writeln!(
                f,
                "  {residents} residents of temporary housing live without a decision on their payment, the first since {since}: they\n  \
                 are not charged, also not later (rettidig tasks)"
            )?;
        }
        if !self.0.claims.is_empty() {
            writeln!(f, "Claims to repayment, as registered               claims              kroner")?;
            for (state, Share { count, amount }) in &self.0.claims {
                writeln!(f, "  {state:<40} {count:>14} {:>19}", grouped(amount))?;
            }
        }
        if !self.0.agreements.is_empty() {
            let made: u64 = self.0.agreements.values().sum();
            writeln!(f, "Agreements on instalments               {made:>16} made")?;
            for (state, count) in &self.0.agreements {
                writeln!(f, "  {state:<40} {count:>14}")?;
            }
        }
        if !self.0.arrears.is_empty() {
            writeln!(f, "Instalments that are not paid          instalments              kroner")?;
            for (how_far, Share { count, amount }) in &self.0.arrears {
                writeln!(f, "  {how_far:<40} {count:>14} {:>19}", grouped(amount))?;
            }
        }
        if self.0.refused_open > 0 {
            writeln!(
                f,
                "  {} orders, lines or cases are refused or lack something: what they would change is not in these figures",
                self.0.refused_open
            )?;
        }
        if self.0.parked_keys > 0 {
            writeln!(
                f,
                "  {} cases or persons stand still and wait for somebody: what they owe from then on is not in these figures",
                self.0.parked_keys
            )?;
        }
        Ok(())
    }
}

/// An amount with its thousands apart: `-1,234,567.89`.
pub fn grouped(amount: &str) -> String {
    let digits = amount.split('.').next().map_or(0, |whole| whole.trim_start_matches('-').len());
    let sign = usize::from(amount.starts_with('-'));
    let mut grouped = String::with_capacity(amount.len() + digits / 3);
    for (place, character) in amount.chars().enumerate() {
        let digit = place.wrapping_sub(sign);
        if place > sign && digit < digits && (digits - digit).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(character);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let written = ["0.00", "-12.50", "999.99", "1000.00", "-841140.16", "58582750.94"].map(grouped);
        assert_eq!(written, ["0.00", "-12.50", "999.99", "1,000.00", "-841,140.16", "58,582,750.94"]);
    }
}
