//! What the debtor is told when an instalment is not paid.

use super::super::articles;
use super::{MissedLetter, MissedLetterStep, RenderedLetter};
use crate::letter::{Row, danish, danish_frame};

pub(super) fn letter(facts: &MissedLetter) -> RenderedLetter {
    let subject = match facts.step {
        MissedLetterStep::Reminder { .. } => "Rykker for afdrag på tilbagebetaling af kontanthjælp",
        MissedLetterStep::Determination { .. } => "Fastsættelse af tilbagebetaling af kontanthjælp",
        MissedLetterStep::Transfer => "Underretning om inddrivelse af tilbagebetaling af kontanthjælp",
    };
    let mut letter = danish_frame::begin(subject, &facts.authority, &facts.case, facts.written_on);
    let month = danish::month(facts.month);
    letter.paragraph(match facts.returned {
        None => format!("Vi har ikke modtaget dit afdrag for {month}."),
        Some(paid_on) => format!(
            "Dit afdrag for {month} blev meldt betalt den {}, men betalingen er ført tilbage. Afdraget er derfor ikke betalt.",
            danish::day(paid_on)
        ),
    });
    let mut rows = vec![
        Row::new("Afdrag", danish::money(facts.amount), articles::PLAN.on(facts.written_on)),
        Row::new("Skulle være betalt senest", danish::day(facts.due_on), ""),
    ];
    match facts.step {
        MissedLetterStep::Reminder { fee, determined_on, days } => {
            if let Some(fee) = fee {
                rows.push(Row::new(
                    "Rykkergebyr, som opkræves for sig",
                    danish::money(fee),
                    articles::REMINDER_FEE,
                ));
            }
            letter.rows(rows);
            letter.paragraph(format!(
                "Betal med det samme. Har vi ikke modtaget afdraget inden den {}, fastsætter vi tilbagebetalingen uden videre \
                 varsel. Modtager du brevet senere end den {}, regnes de {days} dage fra modtagelsen.",
                danish::day(determined_on),
                danish::day(facts.written_on)
            ));
        }
        MissedLetterStep::Determination { transfer_from, days } => {
            letter.rows(rows);
            letter.paragraph(format!(
                "Vi har rykket dig uden resultat og fastsætter hermed, at afdraget skal betales. Er det ikke betalt inden den {}, \
                 kan kravet overgå til inddrivelse ({}). Det får du brev om først. Modtager du dette brev senere end den {}, har \
                 du altid {days} dage fra modtagelsen.",
                danish::day(transfer_from),
                articles::TRANSFER,
                danish::day(facts.written_on)
            ));
        }
        MissedLetterStep::Transfer => {
            letter.rows(rows);
            letter.paragraph(format!(
                "Vi har rykket dig og fastsat tilbagebetalingen uden resultat. Når du har modtaget dette brev, kan vi overgive \
                 kravet til inddrivelse ({}). Betal med det samme, hvis du vil undgå det.",
                articles::TRANSFER
            ));
        }
    }
    let decides = matches!(facts.step, MissedLetterStep::Determination { .. });
    danish_frame::end(letter, &facts.authority, decides)
}
