//! The letter to a payer whom a decision frees because somebody else pays from then on. It tells nothing of the other's
//! household.

use super::{Authority, BegunMonths, begun};
use crate::Error;
use crate::letter::{RenderedLetter, Row, danish, danish_frame};
use domain::{CaseId, Day, Money, Period};

/// A decision that somebody pays no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseLetter {
    case: CaseId,
    authority: Authority,
    written_on: Day,
    from: Period,
    to: Option<Period>,
    previous: Money,
    begun: Option<BegunMonths>,
}

impl ReleaseLetter {
    /// Frees the payer from a month on, to another one where it ends; with the sum of the months that have begun. Refused where nothing was paid until then.
    pub fn new(
        (case, authority): (CaseId, Authority),
        written_on: Day,
        ((from, previous), to): ((Period, Money), Option<Period>),
        begun: Option<BegunMonths>,
    ) -> Result<Self, Error> {
        if previous.amount() <= Money::zero(previous.currency()).amount() {
            let problem = "nothing was paid until now, so nobody is freed".to_owned();
            return Err(Error::BadLetter { letter: "release", problem });
        }
        Ok(Self { case, authority, written_on, from, to, previous, begun })
    }

    /// The letter's text and HTML.
    pub fn render(&self) -> RenderedLetter {
        let subject = "Afgørelse om, at forældrebetalingen opkræves hos en anden";
        let mut letter = danish_frame::begin(subject, &self.authority, &self.case, self.written_on);
        let from = danish::day(self.from.first_day());
        letter.paragraph(match self.to {
            Some(to) => format!(
                "Fra den {from} til og med den {} opkræver vi ikke forældrebetaling hos dig i denne sag. Den opkræves for den \
                 tid hos en anden betaler.",
                danish::day(to.last_day())
            ),
            None => format!(
                "Fra den {from} opkræver vi ikke længere forældrebetaling hos dig i denne sag. Den opkræves fra da af hos en \
                 anden betaler."
            ),
        });
        letter.heading("Betaling");
        letter.rows(vec![
            Row::new("Hidtidig betaling pr. måned", danish::money(self.previous), ""),
            Row::new("Ny betaling pr. måned", danish::money(Money::zero(self.previous.currency())), ""),
        ]);
        if let Some(begun) = &self.begun {
            begun.write(&mut letter);
            begun::settled_after(&mut letter, Period::of(self.written_on));
        }
        danish_frame::end(letter, &self.authority, true)
    }
}
