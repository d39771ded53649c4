//! What the debtor is told when an instalment is not paid.

use super::super::articles;
use super::{MissedLetter, MissedLetterStep, RenderedLetter};
use crate::letter::{Row, danish, danish_frame};

pub(super) fn letter(facts: &MissedLetter) -> RenderedLetter {
    let subject = match facts.step {
        MissedLetterStep::Reminder { .. } => "Rykker for afdrag på tilbagebetaling af kontanthjælp",
        MissedLetterStep::Determination { .. } => "Fastsættelse af tilbagebetaling af kontanthjælp",
    };
    let mut letter = danish_frame::begin(subject, &facts.authority, &facts.case, facts.written_on);
    letter.paragraph(format!("Vi har ikke modtaget dit afdrag for {}.", danish::month(facts.month)));
    let mut rows = vec![
        Row::new("Afdrag", danish::money(facts.amount), articles::PLAN),
        Row::new("Skulle være betalt senest", danish::day(facts.due_on), ""),
    ];
    match facts.step {
        MissedLetterStep::Reminder { fee, determined_on } => {
            if let Some(fee) = fee {
                rows.push(Row::new(
                    "Rykkergebyr, som opkræves for sig",
                    danish::money(fee),
                    articles::REMINDER_FEE,
                ));
            }
            letter.rows(rows);
            letter.paragraph(format!(
                "Betal med det samme. Har vi ikke modtaget afdraget den {}, fastsætter vi tilbagebetalingen uden videre varsel.",
                danish::day(determined_on)
            ));
        }
        MissedLetterStep::Determination { transfer_from } => {
            letter.rows(rows);
            letter.paragraph(format!(
                "Vi har rykket dig uden resultat og fastsætter hermed, at afdraget skal betales. Er det ikke betalt, kan kravet \
                 fra den {} overgå til inddrivelse ({}).",
                danish::day(transfer_from),
                articles::TRANSFER
            ));
        }
    }
    let decides = matches!(facts.step, MissedLetterStep::Determination { .. });
    danish_frame::end(letter, &facts.authority, decides)
}
