//! The letter to a payer whom a decision frees because somebody else pays from then on. It tells nothing of the other's
//! household.

use super::{Authority, BegunMonths, begun};
use crate::Error;
use crate::letter::{Document, RenderedLetter, Row, danish};
use domain::{CaseId, Day, Money, Period};

/// A decision that somebody pays no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseLetter {
    case: CaseId,
    authority: Authority,
    written_on: Day,
    from: Period,
    previous: Money,
    begun: Option<BegunMonths>,
}

impl ReleaseLetter {
    /// Frees the payer from a month on, of months that have begun among them. Refused where nothing was paid until then.
    pub fn new(
        (case, authority): (CaseId, Authority),
        written_on: Day,
        (from, previous): (Period, Money),
        begun: Option<BegunMonths>,
    ) -> Result<Self, Error> {
        if previous.amount() <= Money::zero(previous.currency()).amount() {
            let problem = "nothing was paid until now, so nobody is freed".to_owned();
            return Err(Error::BadLetter { letter: "release", problem });
        }
        Ok(Self { case, authority, written_on, from, previous, begun })
    }

    /// The letter's text and HTML.
    pub fn render(&self) -> RenderedLetter {
        let subject = "Afgørelse om, at forældrebetalingen opkræves hos en anden";
        let mut letter = Document { subject: subject.to_owned(), blocks: Vec::new() };
        letter.header(vec![
            Row::new("Myndighed", &self.authority.name, ""),
            Row::new("Sag", self.case.to_string(), ""),
            Row::new("Dato", danish::day(self.written_on), ""),
        ]);
        letter.paragraph(format!(
            "Fra den {} opkræver vi ikke længere forældrebetaling hos dig i denne sag. Den opkræves fra da af hos en anden \
             betaler.",
            danish::day(self.from.first_day())
        ));
        letter.heading("Betaling");
        letter.rows(vec![
            Row::new("Hidtidig betaling pr. måned", danish::money(self.previous), ""),
            Row::new("Ny betaling pr. måned", danish::money(Money::zero(self.previous.currency())), ""),
        ]);
        if let Some(begun) = &self.begun {
            begun.write(&mut letter);
            begun::settled_after(&mut letter, Period::of(self.written_on));
        }
        letter.heading("Klagevejledning");
        letter.paragraph(&self.authority.complaint);
        letter.heading("Kontakt");
        letter.paragraph(format!("{}. {}", self.authority.name, self.authority.contact));
        letter.render()
    }
}
