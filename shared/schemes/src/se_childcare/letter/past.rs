//! Months that are over and whose fee changes: they have been billed, so a letter names each, their sum, and when it is due.

use super::CorrectedMonth;
use crate::letter::{Document, Row, swedish};
use crate::se_childcare::Settlement;
use domain::{Currency, Day, Money};
use rust_decimal::Decimal;

/// The months of a letter that are over when it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct PastMonths {
    /// Each, with the fee that was decided until now and the one that is right.
    pub months: Vec<CorrectedMonth>,
    /// How their sum is settled.
    pub settlement: Settlement,
    /// In how many parts a claim falls due, a month apart.
    pub instalments: u32,
    /// The first day on which any of it falls due, where the letter is received in the month in which it is written.
    pub due_on: Day,
}

impl PastMonths {
    /// What is claimed (above 0) or given back, of all months together.
    pub fn sum(&self) -> Decimal {
        self.months.iter().map(CorrectedMonth::difference).sum()
    }

    /// Whether a month rises.
    pub fn claims(&self) -> bool {
        self.months.iter().any(|month| month.difference() > Decimal::ZERO)
    }

    /// The months, the sum and when it is due, under a heading of their own.
    pub(super) fn write(&self, letter: &mut Document) {
        letter.heading("Månader som har gått");
        for month in &self.months {
            letter.rows(vec![
                Row::new(
                    format!("{}, hittills", capital(&swedish::month(month.month))),
                    kronor(month.charged.amount()),
                    "",
                ),
                Row::new("Ny avgift", kronor(month.right.amount()), ""),
                Row::new("Skillnad", kronor(month.difference()), ""),
            ]);
        }
        let what = if self.sum().is_sign_negative() { "Du får tillbaka" } else { "Du ska betala" };
        letter.rows(vec![Row::new(format!("{what} sammanlagt"), kronor(self.sum().abs()), "")]);
        letter.paragraph(settled(&self.settlement, self.instalments, self.due_on));
    }
}

/// How a sum is settled, and when it falls due at the earliest: a letter that is received later binds later.
pub(super) fn settled(settlement: &Settlement, instalments: u32, due_on: Day) -> String {
    let due_on = swedish::day(due_on);
    match settlement {
        Settlement::Nothing => "Beloppet är noll.".to_owned(),
        Settlement::OnNextInvoice { added } => {
            let added = swedish::kronor(*added);
            format!(
                "{added} läggs till på nästa faktura, som förfaller till betalning tidigast den {due_on}."
            )
        }
        Settlement::SeparateInvoice { amount } => {
            let amount = swedish::kronor(*amount);
            format!("{amount} faktureras för sig och förfaller till betalning tidigast den {due_on}.")
        }
        Settlement::InstalmentPlan { amount } => {
            let amount = swedish::kronor(*amount);
            format!(
                "{amount} faktureras i högst {instalments} delar, en månad efter varandra. Den första förfaller till betalning \
                 tidigast den {due_on}."
            )
        }
        Settlement::Refund { deducted, repaid } => format!(
            "{} dras av på nästa faktura och {} betalas ut till dig.",
            swedish::kronor(*deducted),
            swedish::kronor(*repaid)
        ),
    }
}

fn kronor(amount: Decimal) -> String {
    Money::new(amount, Currency::SEK).map_or_else(|_| swedish::number(amount), swedish::kronor)
}

/// A line begins with a capital.
pub(super) fn capital(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}
