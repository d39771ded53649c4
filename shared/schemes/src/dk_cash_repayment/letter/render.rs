//! What notice and decision say. Every figure comes from the facts; nothing is computed here but the sum of the claims.

use super::super::{Outcome, SetAsideReason, articles};
use super::{IncomeBasis, LetterFacts, Noticed, RenderedLetter};
use crate::letter::{Document, Row, danish, danish_frame};
use domain::Day;
use rust_decimal::Decimal;

pub(super) fn notice(facts: &LetterFacts, answer_by: Day, days_at_least: u32) -> RenderedLetter {
    let mut letter = opened("Varsel om afdrag på tilbagebetalingspligtig kontanthjælp", facts);
    letter.paragraph(format!(
        "Vi har beregnet, hvad du kan betale tilbage pr. måned, og vil træffe afgørelse om det. Du kan gøre indsigelse inden \
         afgørelsen ({}).",
        articles::NOTICE.on(facts.written_on)
    ));
    instalment(&mut letter, facts);
    claims(&mut letter, facts);
    grounds(&mut letter, facts);
    letter.heading("Hvis du ikke er enig");
    letter.paragraph(format!(
        "Skriv til os senest den {}, hvis oplysningerne er forkerte eller har ændret sig. Modtager du brevet senere, har du \
         altid mindst {days_at_least} dage fra modtagelsen. Beregningen kan ændres, hvis dine oplysninger ændrer sig. Hører vi ikke fra \
         dig, træffer vi afgørelse, som beregningen står.",
        danish::day(answer_by)
    ));
    closed(letter, facts, false)
}

pub(super) fn decision(
    facts: &LetterFacts,
    noticed: Option<Noticed>,
    ruling: Option<&str>,
) -> RenderedLetter {
    let set_aside = facts.assessment.outcome != Outcome::Instalment;
    let subject = match set_aside {
        true => "Afgørelse om henstand med tilbagebetaling af kontanthjælp",
        false => "Afgørelse om tilbagebetaling af kontanthjælp",
    };
    let mut letter = opened(subject, facts);
    match noticed {
        Some(Noticed { written_on, answer_by, answered_on }) => {
            let answered = answered_on.map_or_else(
                || "Vi har ikke hørt fra dig.".to_owned(),
                |on| format!("Du svarede den {}.", danish::day(on)),
            );
            letter.paragraph(format!(
                "Vi varslede afgørelsen den {} med frist den {} ({}). {answered}",
                danish::day(written_on),
                danish::day(answer_by),
                articles::NOTICE.on(facts.written_on)
            ));
        }
        None if !set_aside => letter.paragraph(
            "Afdraget stiger ikke, og afgørelsen er derfor ikke varslet. Den dækker de krav, der er nævnt nedenfor.",
        ),
        None => {}
    }
    if let Some(ruling) = ruling {
        letter.paragraph(format!("Vi har ikke fulgt din indsigelse: {ruling}"));
    }
    match facts.assessment.outcome {
        Outcome::Instalment => instalment(&mut letter, facts),
        Outcome::SetAside { reason, review_on } => deferral(&mut letter, facts, reason, review_on),
    }
    claims(&mut letter, facts);
    grounds(&mut letter, facts);
    closed(letter, facts, true)
}

fn opened(subject: &str, facts: &LetterFacts) -> Document {
    danish_frame::begin(subject, &facts.authority, &facts.case, facts.written_on)
}

fn instalment(letter: &mut Document, facts: &LetterFacts) {
    let mut rows = Vec::new();
    if let Some(previous) = facts.previous {
        rows.push(Row::new("Hidtidigt afdrag pr. måned", kroner(previous), ""));
    }
    let first = facts.assessment.monthly_instalment.amount().min(facts.total());
    rows.push(Row::new(
        "Afdrag pr. måned",
        danish::money(facts.assessment.monthly_instalment),
        articles::CAPACITY.on(facts.written_on),
    ));
    rows.push(Row::new("Første afdrag", kroner(first), ""));
    rows.push(Row::new("Første afdrag betales senest", danish::day(facts.first_due), ""));
    letter.heading("Afdrag");
    letter.rows(rows);
    letter.paragraph(format!(
        "Du betaler et afdrag hver måned, til gælden er betalt; det sidste afdrag er det, der er tilbage. Modtager du \
         afgørelsen efter den {}, begynder betalingen en måned senere.",
        danish::day(facts.first_month.first_day())
    ));
}

fn deferral(letter: &mut Document, facts: &LetterFacts, reason: SetAsideReason, review_on: Day) {
    let why = match reason {
        SetAsideReason::Benefit => {
            format!("du modtager {}", facts.benefit.as_deref().unwrap_or("en ydelse, der giver henstand"))
        }
        SetAsideReason::NoCapacity => "din nettoindkomst efter tabellen ikke giver et afdrag".to_owned(),
        SetAsideReason::CapacityUnderTheStep => {
            "din betalingsevne er mindre end det mindste afdrag".to_owned()
        }
        SetAsideReason::NothingOwed => "der ikke er noget at betale".to_owned(),
    };
    letter.heading("Henstand");
    letter.paragraph(format!(
        "Du skal ikke betale afdrag fra og med {}, fordi {why} ({}). Kravene er henlagt, og vi ser på dem igen den {}.",
        danish::month(facts.first_month),
        articles::DEFERRAL_IN_LETTERS.on(facts.written_on),
        danish::day(review_on)
    ));
    if let Some(previous) = facts.previous {
        letter.rows(vec![Row::new("Hidtidigt afdrag pr. måned", kroner(previous), "")]);
    }
}

fn claims(letter: &mut Document, facts: &LetterFacts) {
    letter.heading("Krav, der er omfattet");
    let row = |claim: &super::LetterClaim| {
        let name = format!("Kontanthjælp for {} (krav {})", danish::month(claim.month), claim.claim);
        Row::new(name, danish::money(claim.left), &claim.ground)
    };
    let mut rows: Vec<Row> = facts.claims.iter().map(row).collect();
    rows.push(Row::new("Gæld i alt", kroner(facts.total()), ""));
    letter.rows(rows);
    if facts.assessment.outcome == Outcome::Instalment {
        letter.paragraph("Kravene betales i den rækkefølge, de står i.");
    }
}

fn grounds(letter: &mut Document, facts: &LetterFacts) {
    letter.heading("Sådan er det beregnet");
    let a = &facts.assessment;
    let mut rows = Vec::new();
    match &facts.income {
        IncomeBasis::Months(months) => {
            let row = |(month, net): &(_, _)| {
                Row::new(format!("Nettoindkomst i {}", danish::month(*month)), danish::money(*net), "")
            };
            rows.extend(months.iter().map(row));
        }
        IncomeBasis::TaxYear(year, net) => {
            rows.push(Row::new(
                format!("Nettoindkomst efter årsopgørelsen for {year}"),
                danish::money(*net),
                "",
            ));
        }
        IncomeBasis::NotFound => {}
    }
    if let Some(net) = a.net_yearly_income {
        rows.push(Row::new(
            "Nettoindkomst pr. år, som er brugt",
            kroner(net),
            articles::INCOME.on(facts.written_on),
        ));
    }
    rows.push(Row::new(
        "Forsørger børn under 18 år",
        if facts.provider { "ja" } else { "nej" },
        articles::PROVIDER.on(facts.written_on),
    ));
    if let Some(row) = &facts.row {
        let under = row
            .net_under
            .map_or_else(|| "og derover".to_owned(), |under| format!("til under {}", danish::kroner(under)));
        rows.push(Row::new("Tabel, gældende fra", danish::day(row.valid_from), &row.article));
        rows.push(Row::new("Trin i tabellen", format!("{} {under}", danish::kroner(row.net_from)), ""));
    }
    if let Some(percent) = a.percent {
        rows.push(Row::new("Procent af nettoindkomsten", format!("{percent} %"), ""));
        rows.push(Row::new(
            "Betalingsevne pr. måned",
            danish::money(a.monthly_capacity),
            articles::CAPACITY.on(facts.written_on),
        ));
    }
    letter.rows(rows);
    if a.percent.is_some() {
        letter.paragraph(
            "Procenten af nettoindkomsten er delt med tolv, og afdraget er rundet ned til et helt antal gange 50 kr. Når de to \
             seneste måneder er forskellige, er måneden med den laveste indkomst brugt, gange tolv.",
        );
    } else if a.outcome == Outcome::Instalment {
        letter.paragraph(format!(
            "Vi har ingen aktuelle oplysninger om din indkomst. Derfor er afdraget det faste månedlige afdrag ({}).",
            articles::FIXED_IN_LETTERS.on(facts.written_on)
        ));
    }
    // A letter that knows nothing of the income names no source of it.
    let unknown = facts.income == IncomeBasis::NotFound && a.outcome == Outcome::Instalment;
    let fetched = match unknown {
        true => "Vi følger alene loven".to_owned(),
        false => format!(
            "Oplysningerne er hentet fra {} den {}. Vi følger alene loven og tabellen",
            facts.source,
            danish::day(facts.fetched_on)
        ),
    };
    letter.paragraph(format!(
        "{fetched} og kan ikke lave et individuelt budget ({}).",
        articles::TABLE_ONLY.on(facts.written_on)
    ));
}

fn closed(mut letter: Document, facts: &LetterFacts, decides: bool) -> RenderedLetter {
    letter.heading("Godt at vide");
    letter.paragraph(format!(
        "Afdragene bygger på {}. En aftale, der holdes, hindrer ikke modregning eller udlæg ({}). Et højere afdrag kræver et nyt \
         varsel. Fortæl os, hvis din indkomst eller din forsørgerpligt ændrer sig. Har du i tre år efter hjælpens ophør ikke \
         haft økonomisk mulighed for at betale, bortfalder kravet ({}).",
        articles::PLAN.on(facts.written_on),
        articles::SET_OFF.on(facts.written_on),
        articles::LAPSE
    ));
    letter.paragraph(format!("Brevet følger skabelon {}, som er den samme for alle.", facts.template));
    danish_frame::end(letter, &facts.authority, decides)
}

/// Kroner with øre.
pub(super) fn kroner(amount: Decimal) -> String {
    danish::money(domain::Money::dkk_half_up(amount))
}
