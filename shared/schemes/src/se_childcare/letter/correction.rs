//! The letter that corrects the fees of a year after its income check.

use super::super::{Settlement, articles};
use super::decision::{LANGUAGE, close, kronor};
use super::past::{capital, settled};
use super::{Authority, RenderedLetter};
use crate::Error;
use crate::letter::{Document, Row, swedish};
use domain::{CaseId, Day, Money, Period};
use rust_decimal::Decimal;

/// What a correction says.
#[derive(Debug, Clone, PartialEq)]
pub struct CorrectionFacts {
    /// The case.
    pub case: CaseId,
    /// Who writes.
    pub authority: Authority,
    /// The day on the letter.
    pub written_on: Day,
    /// The income year.
    pub year: i32,
    /// The incomes of the tax.
    pub incomes: Vec<TaxedIncome>,
    /// The months that are corrected.
    pub months: Vec<CorrectedMonth>,
    /// How the sum is settled.
    pub settlement: Settlement,
    /// In how many parts a claim falls due, a month apart.
    pub instalments: u32,
    /// The first day on which any of it falls due, where the letter is received in the month in which it is written.
    pub due_on: Day,
    /// The days of the hearing: of its letter, and the last one for an answer.
    pub heard: Option<(Day, Day)>,
}

/// An income of the tax in a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxedIncome {
    /// Whose.
    pub whose: Whose,
    /// Kronor a year.
    pub yearly: Money,
}

/// Whose income it is. The program knows no names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The whole household's.
    Household,
    /// The custodian's.
    Custodian,
    /// That of a spouse or cohabitant, in the household on these days of the year.
    Partner {
        /// The first.
        from: Day,
        /// The last.
        to: Day,
    },
}

impl Whose {
    fn in_words(self) -> String {
        match self {
            Self::Household => "hushållet".to_owned(),
            Self::Custodian => "vårdnadshavaren".to_owned(),
            Self::Partner { from, to } => {
                format!("make, maka eller sambo i hushållet {} till {}", swedish::day(from), swedish::day(to))
            }
        }
    }
}

/// A month that is corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CorrectedMonth {
    /// Which.
    pub month: Period,
    /// What was charged.
    pub charged: Money,
    /// What is owed by the income of the tax.
    pub right: Money,
}

impl CorrectedMonth {
    pub(super) fn difference(&self) -> Decimal {
        self.right.amount() - self.charged.amount()
    }
}

/// A correction after the income check (*beslut om rättelse efter inkomstkontroll*).
#[derive(Debug, Clone, PartialEq)]
pub struct CorrectionLetter {
    facts: CorrectionFacts,
}

impl CorrectionLetter {
    /// States a correction. Refuses one that claims without a hearing, and one that corrects nothing.
    pub fn new(facts: CorrectionFacts) -> Result<Self, Error> {
        let refuse = |problem: &str| {
            Err(Error::BadLetter { letter: "correction after the income check", problem: problem.to_owned() })
        };
        let sum: Decimal = facts.months.iter().map(CorrectedMonth::difference).sum();
        if sum.is_zero() {
            return refuse("nothing is corrected");
        }
        let claims = facts.months.iter().any(|month| month.difference() > Decimal::ZERO);
        if claims && facts.heard.is_none() {
            return refuse("it claims money and the custodian has not been heard");
        }
        Ok(Self { facts })
    }

    /// The letter's text and HTML.
    pub fn render(&self) -> RenderedLetter {
        let facts = &self.facts;
        let subject = format!("Beslut om rättad avgift efter inkomstkontroll för {}", facts.year);
        let mut letter = Document { subject, blocks: Vec::new() };
        letter.header(vec![
            Row::new("Kommun", &facts.authority.name, ""),
            Row::new("Ärende", facts.case.to_string(), ""),
            Row::new("Datum", swedish::day(facts.written_on), ""),
        ]);
        letter.paragraph(format!(
            "Vi har jämfört den inkomst som låg till grund för avgiften under {0} med hushållets taxerade inkomst för {0} och \
             rättar avgiften för de månader som står nedan.",
            facts.year
        ));
        let income = |income: &TaxedIncome| {
            let whose = format!("Taxerad inkomst {}, {}", facts.year, income.whose.in_words());
            Row::new(whose, swedish::kronor(income.yearly), "")
        };
        letter.rows(facts.incomes.iter().map(income).collect());
        letter.paragraph(
            "För varje månad räknas en tolftedel av årsinkomsten för var och en som ingår i hushållet. Den som ingår i hushållet \
             en del av månaden räknas med för de dagarna.",
        );
        if let Some((heard_on, answer_by)) = facts.heard {
            letter.paragraph(format!(
                "Du har fått möjlighet att yttra dig: vi skrev den {} och du kunde svara till och med den {}.",
                swedish::day(heard_on),
                swedish::day(answer_by)
            ));
        }
        months(&mut letter, &facts.months);
        letter.paragraph(settled(&facts.settlement, facts.instalments, facts.due_on));
        letter.paragraph(format!(
            "En avgift kan krävas i efterhand tre år tillbaka och betalas tillbaka tio år tillbaka ({}).",
            articles::LIMITATION
        ));
        close(&mut letter, &facts.authority);
        letter.render_in(LANGUAGE)
    }
}

fn months(letter: &mut Document, months: &[CorrectedMonth]) {
    for month in months {
        letter.heading(capital(&swedish::month(month.month)));
        letter.rows(vec![
            Row::new("Debiterad avgift", swedish::kronor(month.charged), ""),
            Row::new("Avgift efter taxerad inkomst", swedish::kronor(month.right), articles::HIGHEST_FEE),
            Row::new("Skillnad", kronor(month.difference()), ""),
        ]);
    }
    let sum: Decimal = months.iter().map(CorrectedMonth::difference).sum();
    letter.heading("Summa");
    let what = if sum.is_sign_negative() { "Du får tillbaka" } else { "Du ska betala" };
    letter.rows(vec![Row::new(what, kronor(sum.abs()), "")]);
}
