//! What the decision says. Every figure comes from the decision; nothing is computed here but sums.

use super::super::{Care, articles};
use super::{ChildFee, FeeStep, Ground, LetterFacts, RenderedLetter, child_born};
use crate::letter::{Document, Row, swedish};
use domain::{Currency, Money};
use rust_decimal::Decimal;

/// The language of the letter.
pub(super) const LANGUAGE: &str = "sv";

pub(super) fn write(facts: &LetterFacts) -> RenderedLetter {
    let subject = "Beslut om avgift för förskola och fritidshem".to_owned();
    let mut letter = Document { subject, blocks: Vec::new() };
    header(&mut letter, facts);
    letter.paragraph(match facts.ground {
        Ground::Place => "Vi har beslutat om hushållets avgift, eftersom en placering börjar, ändras eller upphör.",
        Ground::Declared => "Vi har beslutat om hushållets avgift efter din anmälan.",
        Ground::Rules => {
            "Vi har beslutat om hushållets avgift, eftersom årets högsta avgift eller ett barns ålder ändrar den."
        }
        Ground::PastMonths => {
            "Vi har beslutat att höja avgiften för månader som har gått, efter en uppgift om hushållet eller placeringen."
        }
    });
    heard(&mut letter, facts);
    if let Some(previous) = facts.previous {
        letter.rows(vec![Row::new("Avgift per månad hittills", swedish::kronor(previous), "")]);
    }
    for step in &facts.steps {
        fees(&mut letter, step);
    }
    if let Some(past) = &facts.past {
        past.write(&mut letter);
    }
    letter.paragraph(by_the_day(facts.thirtieths));
    grounds(&mut letter, facts);
    duties(&mut letter, facts);
    close(&mut letter, &facts.authority);
    letter.render_in(LANGUAGE)
}

/// Who writes, about what, when.
pub(super) fn header(letter: &mut Document, facts: &LetterFacts) {
    letter.header(vec![
        Row::new("Kommun", &facts.authority.name, ""),
        Row::new("Ärende", facts.case.to_string(), ""),
        Row::new("Datum", swedish::day(facts.written_on), ""),
    ]);
}

/// That the custodian has been heard, and why the raise stands where they objected.
fn heard(letter: &mut Document, facts: &LetterFacts) {
    let Some(heard) = &facts.heard else { return };
    let answered = match heard.answered_on {
        Some(day) => format!("Du svarade den {}.", swedish::day(day)),
        None => "Vi har inte fått något svar.".to_owned(),
    };
    letter.paragraph(format!(
        "Du har fått möjlighet att yttra dig: vi skrev den {} och du kunde svara till och med den {}. {answered}",
        swedish::day(heard.written_on),
        swedish::day(heard.answer_by)
    ));
    if let Some(ruling) = &heard.ruling {
        letter
            .paragraph(format!("Du hade invändningar. Vi har ändå beslutat så, av följande skäl: {ruling}"));
    }
}

pub(super) fn fees(letter: &mut Document, step: &FeeStep) {
    let to = step.to.map(|to| format!(" till och med den {}", swedish::day(to))).unwrap_or_default();
    letter.heading(format!("Avgift från och med den {}{to}", swedish::day(step.from)));
    if step.children.is_empty() {
        letter.paragraph(match step.to {
            Some(_) => "Inget barn hade någon placering. Ingen avgift tas ut.",
            None => "Inget barn har längre någon placering. Avgiften upphör.",
        });
        return;
    }
    let mut rows: Vec<Row> = step.children.iter().map(child).collect();
    let total: Decimal = step.children.iter().map(|child| child.monthly_fee.amount()).sum();
    rows.push(Row::new("Hushållets avgift per månad", kronor(total), ""));
    letter.rows(rows);
}

fn child(child: &ChildFee) -> Row {
    let care = match child.care {
        Care::Preschool => "förskola",
        Care::AfterSchool => "fritidshem",
    };
    let basis = match (child.order, child.percent) {
        (Some(order), Some(percent)) => format!("barn {order}, {} % av inkomsten", swedish::number(percent)),
        (Some(order), None) => format!("barn {order}, avgiftsfritt"),
        (None, _) => "avgiftsfritt".to_owned(),
    };
    let reduction = child.reduction.as_ref().map(|name| format!(", nedsatt: {name}")).unwrap_or_default();
    let name = format!("{}, {care}, {basis}{reduction}", child_born(child.born));
    Row::new(name, swedish::kronor(child.monthly_fee), articles::HIGHEST_FEE)
}

pub(super) fn grounds(letter: &mut Document, facts: &LetterFacts) {
    letter.heading("Så har avgiften räknats ut");
    for step in &facts.steps {
        if step.children.is_empty() {
            continue;
        }
        let from = swedish::day(step.from);
        let income = step.income.map_or_else(|| "ej anmäld".to_owned(), kronor);
        letter.rows(vec![
            Row::new(format!("Hushållets inkomst per månad före skatt, från {from}"), income, ""),
            Row::new(
                format!(
                    "Högsta avgiftsgrundande inkomst per månad, gäller från {}",
                    swedish::day(step.cap.valid_from)
                ),
                kronor(step.cap.value),
                &step.cap.article,
            ),
        ]);
    }
    if facts.steps.iter().any(|step| step.income.is_none() && !step.children.is_empty()) {
        letter.paragraph(
            "Ingen inkomst är anmäld för hushållet. Därför tas den högsta avgiften ut. En anmälan gäller framåt från den dag \
             den kommer in.",
        );
    }
    letter.paragraph(
        "Avgiften är en andel av hushållets inkomst. Det yngsta barnet är barn 1, det näst yngsta barn 2 och så vidare; från \
         och med det fjärde barnet tas ingen avgift ut. Avgiften avrundas till hela kronor.",
    );
}

fn by_the_day(thirtieths: bool) -> &'static str {
    if thirtieths {
        "Avgiften tas ut tolv månader om året. För en del av en månad tas en trettiondel av månadsavgiften ut per dag."
    } else {
        "Avgiften tas ut tolv månader om året. För en del av en månad betalar du bara för de dagar som barnet har plats."
    }
}

fn duties(letter: &mut Document, facts: &LetterFacts) {
    letter.heading("Anmäl ändringar");
    letter.paragraph(
        "Anmäl till oss när hushållets inkomst ändras och när någon flyttar in i eller ut ur hushållet. Inkomsten kontrolleras i \
         efterhand mot den taxerade inkomsten. Är avgiften för låg kan vi kräva mellanskillnaden tre år tillbaka, är den för hög \
         kan du få tillbaka den tio år tillbaka.",
    );
    letter.paragraph(format!(
        "En plats sägs upp hos oss. Uppsägningstiden är {}; under den tas avgiften ut. Flyttar barnet till en annan kommun upphör \
         avgiften genast.",
        months(facts.notice_months)
    ));
}

fn months(count: u32) -> String {
    if count == 1 { "en månad".to_owned() } else { format!("{count} månader") }
}

pub(super) fn close(letter: &mut Document, authority: &super::Authority) {
    letter.heading("Om du inte är nöjd med beslutet");
    letter.paragraph(&authority.complaint);
    letter.heading("Kontakt");
    letter.paragraph(format!("{}. {}", authority.name, authority.contact));
}

/// Kronor, with öre where there are any.
pub(super) fn kronor(amount: Decimal) -> String {
    Money::new(amount, Currency::SEK).map_or_else(|_| swedish::number(amount), swedish::kronor)
}
