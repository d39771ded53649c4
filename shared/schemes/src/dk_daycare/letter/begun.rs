//! What a decision about many months says of those that have begun: they may have been billed, so the letter names the sum.

use crate::letter::{Document, Row, danish};
use domain::{Money, MoneyError, Period};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The months of a letter that have begun when it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BegunMonths {
    /// The first.
    pub from: Period,
    /// The last.
    pub to: Period,
    /// What was determined for them until now, together.
    pub before: Money,
    /// What they cost now, together.
    pub after: Money,
}

impl BegunMonths {
    /// Sums them up from what each month cost and costs; `None` where there are none.
    pub fn sum(months: impl IntoIterator<Item = (Period, Money, Money)>) -> Result<Option<Self>, MoneyError> {
        let mut sum: Option<Self> = None;
        for (month, before, after) in months {
            sum = Some(match sum {
                None => Self { from: month, to: month, before, after },
                Some(sum) => Self {
                    from: sum.from.min(month),
                    to: sum.to.max(month),
                    before: sum.before.plus(before)?,
                    after: sum.after.plus(after)?,
                },
            });
        }
        Ok(sum)
    }

    /// The sums, under a heading of their own.
    pub(super) fn write(&self, letter: &mut Document) {
        let months = match self.from == self.to {
            true => danish::month(self.from),
            false => format!("{} til {}", danish::month(self.from), danish::month(self.to)),
        };
        letter.heading(format!("Måneder, der er begyndt: {months}"));
        let mut rows = vec![
            Row::new("Hidtil fastsat i alt", danish::money(self.before), ""),
            Row::new("Ny betaling i alt", danish::money(self.after), ""),
        ];
        // One scheme has one currency; a mixed pair has no difference to show.
        rows.extend(
            self.after
                .minus(self.before)
                .ok()
                .map(|difference| Row::new("Forskel i alt", danish::money(difference), "")),
        );
        letter.rows(rows);
    }
}

/// When the difference is settled: with the first bill after the letter, which is the month's after it at the earliest.
pub(super) fn settled_after(letter: &mut Document, written_in: Period) {
    letter.paragraph(format!(
        "Forskellen for disse måneder reguleres i den første opkrævning, efter at I har fået dette brev, tidligst i den for {}.",
        danish::month(written_in.next())
    ));
}
