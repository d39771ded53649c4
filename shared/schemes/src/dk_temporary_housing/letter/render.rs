//! What the letter says. Every figure comes from the decision; nothing is computed here but sums of daily rates and what a
//! month of thirty days comes to.

use super::super::{CostFigures, Paragraph, ServiceInput, articles};
use super::{Ground, LetterFacts, RenderedLetter};
use crate::letter::{Document, Row, danish, danish_frame};
use rust_decimal::Decimal;

/// The month by which the letter makes the daily amount comparable.
const DAYS_OF_EXAMPLE: u32 = 30;

pub(super) fn decision(facts: &LetterFacts) -> RenderedLetter {
    let subject = "Afgørelse om egenbetaling i midlertidigt botilbud".to_owned();
    let mut letter = Document { subject, blocks: Vec::new() };
    letter.header(vec![
        Row::new("Myndighed", &facts.authority.name, ""),
        Row::new("Sag", facts.case.to_string(), ""),
        Row::new("Dato", danish::day(facts.written_on), ""),
        Row::new("Botilbud", &facts.facility, ""),
        Row::new("Ophold efter", facts.paragraph.in_words(), ""),
    ]);
    letter.paragraph(match facts.ground {
        Ground::Stay => "Vi har fastsat din egenbetaling for opholdet.".to_owned(),
        Ground::Year(year) => {
            format!("Vi har fastsat din egenbetaling for opholdet efter lovens takst for {year}.")
        }
    });
    letter.paragraph(format!(
        "Afgørelsen gælder fra den dag, du har modtaget den, og kun fremad. For dage før den dag ændrer den ikke, hvad du \
         betaler ({}).",
        articles::DECISION.on(facts.written_on)
    ));
    payment(&mut letter, facts);
    grounds(&mut letter, facts);
    close(letter, facts)
}

fn payment(letter: &mut Document, facts: &LetterFacts) {
    let of_107 = facts.paragraph == Paragraph::P107;
    let of_services: Decimal = facts.services.iter().map(|service| service.daily_rate).sum();
    let daily = facts.proposal.daily_rate + if of_107 { of_services } else { Decimal::ZERO };
    let mut rows = Vec::new();
    if let Some(previous) = facts.previous {
        rows.push(Row::new("Hidtidig betaling pr. døgn", kroner(previous), ""));
    }
    let of_stay = if of_107 {
        articles::STAY_107.on(facts.written_on)
    } else {
        articles::STAY_109_110.on(facts.written_on)
    };
    rows.push(Row::new("Ophold, el og varme pr. døgn", kroner(facts.proposal.daily_rate), of_stay));
    if of_107 {
        rows.extend(services(&facts.services, articles::SERVICES_107.on(facts.written_on)));
    }
    rows.push(Row::new("Betaling til kommunen pr. døgn", kroner(daily), articles::PAYMENT));
    let month = daily * Decimal::from(DAYS_OF_EXAMPLE);
    rows.push(Row::new(format!("Det er for en måned med {DAYS_OF_EXAMPLE} døgn"), kroner(month), ""));
    letter.heading("Betaling");
    letter.rows(rows);
    if !of_107 && !facts.services.is_empty() {
        letter.heading("Betales til botilbuddet");
        letter.rows(services(&facts.services, articles::SERVICES_109_110.on(facts.written_on)));
    }
    letter.paragraph(
        "Betalingen opkræves månedsvis bagud for de døgn, du har boet i botilbuddet. Fra dagen efter fraflytning betaler \
         du ikke. Fravælger du en ydelse, betaler du ikke for den de døgn.",
    );
}

fn services(services: &[ServiceInput], article: &str) -> Vec<Row> {
    let row = |service: &ServiceInput| {
        Row::new(format!("{} pr. døgn", service.name), kroner(service.daily_rate), article)
    };
    services.iter().map(row).collect()
}

fn grounds(letter: &mut Document, facts: &LetterFacts) {
    letter.heading("Sådan er betalingen beregnet");
    match (&facts.costs, facts.paragraph) {
        _ if facts.own_home_kept && facts.budget.is_none() && facts.paragraph == Paragraph::P107 => letter
            .paragraph(format!(
                "Du har beholdt din egen bolig. Som hovedregel betaler du derfor ikke for boligen i botilbuddet ({}).",
                articles::OWN_HOME_107.on(facts.written_on)
            )),
        (Some(costs), Paragraph::P107) => letter.rows(costs_rows(costs, facts)),
        _ => {
            let used = facts.proposal.step.all_parameters();
            let row = |rate: &&crate::ParameterUse| {
                let since = danish::day(rate.valid_from);
                Row::new(format!("Lovens takst pr. døgn, gældende fra {since}"), kroner(rate.value), &rate.article)
            };
            letter.rows(used.iter().map(row).collect());
        }
    }
    if let Some(budget) = &facts.budget {
        letter.heading("Din økonomi pr. måned");
        letter.rows(vec![
            Row::new("Indtægt efter skat", kroner(budget.income), ""),
            Row::new("Udgifter til egen bolig", kroner(budget.home_costs), ""),
            Row::new("Andre faste forpligtelser", kroner(budget.obligations), ""),
            Row::new("Rådighedsbeløb, som du beholder", kroner(budget.personal_needs), ""),
            Row::new("Plads til betaling", kroner(budget.room()), ""),
        ]);
    }
    if let Some(rent) = facts.comparable_rent {
        letter.rows(vec![Row::new(
            "Husleje efter boligstøtte i en tilsvarende bolig, pr. måned",
            kroner(rent),
            articles::COMPARABLE.on(facts.written_on),
        )]);
    }
    if facts.proposal.daily_rate < facts.proposal.full_rate {
        letter.paragraph(
            "Betalingen er sat lavere end den fulde pris, så du også i en måned med 31 døgn kan betale den.",
        );
    }
    letter.paragraph(format!(
        "Beregningen følger skabelon {}, som er den samme for alle botilbud.",
        facts.template
    ));
}

fn costs_rows(costs: &CostFigures, facts: &LetterFacts) -> Vec<Row> {
    let yearly = |amount: Option<Decimal>| kroner(amount.unwrap_or_default());
    vec![
        Row::new("Husleje pr. år", yearly(costs.rent), ""),
        Row::new("El pr. år", yearly(costs.electricity), ""),
        Row::new("Varme pr. år", yearly(costs.heat), ""),
        Row::new("Pladsdøgn pr. år", danish::number(Decimal::from(costs.place_days)), ""),
        Row::new(
            "Gennemsnitlig pris pr. døgn",
            kroner(facts.proposal.full_rate),
            articles::SERVICES_107.on(facts.written_on),
        ),
    ]
}

fn close(mut letter: Document, facts: &LetterFacts) -> RenderedLetter {
    let no_income = match facts.paragraph {
        Paragraph::P107 => articles::NO_INCOME_107.on(facts.written_on),
        Paragraph::P109 | Paragraph::P110 => articles::RELIEF_109_110.on(facts.written_on),
    };
    letter.heading("Giv os besked");
    letter.paragraph(format!(
        "Fortæl os, hvis din indkomst falder bort eller ændrer sig, eller hvis dine faste udgifter stiger. Har du ingen \
         indkomst, betaler du ikke ({no_income}). Du kan søge om nedsættelse. En højere betaling kræver en ny afgørelse."
    ));
    danish_frame::end(letter, &facts.authority, true)
}

/// Kroner with øre.
fn kroner(amount: Decimal) -> String {
    domain::Money::new(amount, domain::Currency::DKK).map_or_else(|_| danish::kroner(amount), danish::money)
}
