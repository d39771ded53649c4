//! What the letters say. Every figure comes from the assessment; nothing is computed here but the difference between
//! the new payment and the old one.

use super::super::{PlaceAssessment, Scale, articles};
use super::{Ground, IncomeBasis, LetterFacts, Reason, RenderedLetter, Scope, begun};
use crate::letter::{Document, Row, danish, danish_frame};
use domain::{Day, Money, Period};
use std::collections::BTreeMap;

/// The year in which the monthly comparison with the income register began.
const MONTHLY_RECALCULATION_FROM: i32 = 2016;

pub(super) fn hearing(facts: &LetterFacts, answer_by: Day) -> RenderedLetter {
    let mut letter = open(facts, "Partshøring om højere forældrebetaling (agterskrivelse)");
    letter.paragraph(format!(
        "Vi påtænker at forhøje jeres forældrebetaling {}. Dette brev er ikke en afgørelse: I har først mulighed for \
         at udtale jer, og betalingen ændres ikke, før vi har truffet afgørelse.",
        scope(facts.scope)
    ));
    letter.paragraph(format!(
        "Har I bemærkninger til oplysningerne eller beregningen, skal vi have dem senest den {}. Herefter træffer vi \
         afgørelse på det foreliggende grundlag.",
        danish::day(answer_by)
    ));
    reasons(&mut letter, facts);
    body(&mut letter, facts, "Påtænkt betaling", false);
    close(letter, facts, false)
}

pub(super) fn decision(facts: &LetterFacts, ground: Ground) -> RenderedLetter {
    let mut letter = open(facts, "Afgørelse om forældrebetaling");
    let because = match ground {
        Ground::Application { applied_on } => {
            format!("på grundlag af jeres ansøgning af {}", danish::day(applied_on))
        }
        Ground::Hearing { heard_on, answer_by, answered_on } => {
            let answer = match answered_on {
                Some(day) => format!("jeres svar af {} er indgået i afgørelsen", danish::day(day)),
                None => format!("fristen for at svare udløb den {} uden svar", danish::day(answer_by)),
            };
            format!("efter partshøringen i vores brev af {}; {answer}", danish::day(heard_on))
        }
        Ground::Stated => "på grundlag af det, der er oplyst til os om husstanden".to_owned(),
        Ground::NewTerms { .. } if facts.previous.is_none() => {
            "for en plads, som I ikke før har fået en afgørelse om".to_owned()
        }
        Ground::NewTerms { .. } => "på grund af ændret plads, takst eller tilskud".to_owned(),
        Ground::NewScale { year, .. } => {
            format!("fordi indkomstgrænserne i fripladsskalaen er reguleret for {year}")
        }
    };
    letter.paragraph(format!("Vi har fastsat jeres forældrebetaling {} {because}.", scope(facts.scope)));
    reasons(&mut letter, facts);
    body(&mut letter, facts, "Betaling", true);
    close(letter, facts, true)
}

pub(super) fn reduction(facts: &LetterFacts) -> RenderedLetter {
    let mut letter = open(facts, "Afgørelse om lavere forældrebetaling");
    letter.paragraph(format!(
        "Vi har sat jeres forældrebetaling ned {}. En nedsættelse kræver ingen partshøring.",
        scope(facts.scope)
    ));
    body(&mut letter, facts, "Betaling", true);
    close(letter, facts, true)
}

/// The day whose rules are cited: the first of the month that is paid for.
fn month(facts: &LetterFacts) -> Day {
    facts.assessment.month.first_day()
}

fn open(facts: &LetterFacts, subject: &str) -> Document {
    danish_frame::begin(subject, &facts.authority, &facts.case, facts.written_on)
}

fn reasons(letter: &mut Document, facts: &LetterFacts) {
    for reason in &facts.reasons {
        letter.paragraph(match reason {
            Reason::MovedIn { since } => format!(
                "Baggrunden er, at en voksen ifølge CPR er flyttet ind på jeres adresse den {}. Lever I sammen, indgår \
                 vedkommende i husstanden, og tillægget for enlig forsørger bortfalder.",
                danish::day(*since)
            ),
            Reason::Household => "Baggrunden er nye oplysninger i CPR om, hvem der hører til husstanden, og hvor I bor.".to_owned(),
            Reason::TakesOver => {
                "Baggrunden er, at I betaler fra da af i stedet for en anden betaler i sagen.".to_owned()
            }
            Reason::Ruling { reason } => {
                format!("Vi har behandlet jeres indsigelse og fastholder forhøjelsen af denne grund: {reason}")
            }
        });
    }
}

fn scope(scope: Scope) -> String {
    match scope {
        Scope::Month(month) => format!("for {}", danish::month(month)),
        Scope::From(day) => format!("fra den {}", danish::day(day)),
    }
}

fn body(letter: &mut Document, facts: &LetterFacts, title: &str, decided: bool) {
    letter.heading(title);
    letter.rows(totals(facts));
    if let Some(month) = facts.settled_in {
        let settled = match (facts.previous, decided) {
            (None, true) => "Beløbet opkræves",
            (None, false) => "Beløbet vil blive opkrævet",
            (Some(_), true) => "Forskellen reguleres",
            (Some(_), false) => "Forskellen vil blive reguleret",
        };
        letter.paragraph(format!("{settled} i opkrævningen for {}.", danish::month(month)));
    }
    if let Some(begun) = &facts.begun {
        begun.write(letter);
        if decided {
            begun::settled_after(letter, Period::of(facts.written_on));
        } else {
            letter.paragraph("Træffer vi afgørelsen, bliver forskellen for disse måneder reguleret.");
        }
    }
    let labels = child_labels(facts);
    for place in &facts.assessment.places {
        let child = labels.get(&place.child).cloned().unwrap_or_default();
        let name = facts.place_labels.get(&place.place).unwrap_or(&place.place);
        letter.heading(format!("{child}, {name}"));
        letter.rows(place_rows(place, month(facts), facts.assessment.scale.is_some()));
    }
    letter.heading("Indkomstgrundlag");
    match &facts.assessment.scale {
        Some(scale) => income(letter, facts, scale),
        None => letter.paragraph(
            "Der er ikke bevilget økonomisk fripladstilskud. Husstandens indkomst indgår derfor ikke, og egenbetalingen \
             er 100 % af taksten, før andre tilskud.",
        ),
    }
}

fn totals(facts: &LetterFacts) -> Vec<Row> {
    let new = facts.assessment.total;
    let each = match facts.scope {
        Scope::Month(_) => "",
        Scope::From(_) => " pr. måned",
    };
    let mut rows = Vec::new();
    if let Some(old) = facts.previous {
        rows.push(Row::new(format!("Hidtidig betaling{each}"), danish::money(old), ""));
    }
    rows.push(Row::new(format!("Ny betaling{each}"), danish::money(new), articles::ORDER.on(month(facts))));
    // One scheme has one currency; a mixed pair has no difference to show.
    if let Some(difference) = facts.previous.and_then(|old| new.minus(old).ok()) {
        rows.push(Row::new(format!("Forskel{each}"), danish::money(difference), ""));
    }
    rows
}

fn place_rows(place: &PlaceAssessment, on: Day, granted: bool) -> Vec<Row> {
    let mut rows = vec![Row::new("Takst pr. måned", danish::money(place.rate), articles::RATE)];
    if !place.part.is_whole() {
        let part = if place.part.is_none() { "ingen".to_owned() } else { place.part.to_string() };
        rows.push(Row::new("Andel af måneden", part, ""));
        rows.push(Row::new("Takst for andelen", danish::money(place.full), ""));
    }
    if granted {
        rows.push(Row::new(
            "Egenbetaling efter indkomst",
            format!("{} %", place.own_percent),
            articles::ECONOMIC,
        ));
    }
    let subsidies: [(&str, Money, &str); 4] = [
        ("Økonomisk fripladstilskud", place.economic_subsidy, articles::ECONOMIC),
        ("Søskendetilskud", place.sibling_subsidy, articles::SIBLING),
        ("Behandlingsmæssigt fripladstilskud", place.treatment_subsidy, articles::TREATMENT.on(on)),
        ("Socialpædagogisk fripladstilskud", place.social_subsidy, articles::SOCIAL.on(on)),
    ];
    for (name, subsidy, article) in subsidies {
        let shown = if subsidy.is_zero() { subsidy } else { subsidy.negated() };
        rows.push(Row::new(name, danish::money(shown), article));
    }
    rows.push(Row::new("At betale", danish::money(place.payable), articles::ORDER.on(on)));
    rows
}

fn income(letter: &mut Document, facts: &LetterFacts, scale: &Scale) {
    let source = match facts.income_basis {
        IncomeBasis::Application { received_on } => {
            format!(
                "Indkomsten er den, I har oplyst i ansøgningen, modtaget den {}.",
                danish::day(received_on)
            )
        }
        IncomeBasis::IncomeRegister { month } => {
            format!(
                "Indkomsten er den, indkomstregistret viser for {}, før skat og efter arbejdsmarkedsbidrag og eget \
                 ATP-bidrag, ganget med 12.",
                danish::month(month)
            )
        }
        IncomeBasis::TaxAssessment { year } => format!("Indkomsten er den, årsopgørelsen for {year} viser."),
    };
    letter.paragraph(source);
    let income = facts.assessment.yearly_income;
    // The scale has moved between articles over the years: the parameter knows its own.
    let used = facts.assessment.trace.root.all_parameters();
    let of = |name: &str| used.iter().find(|p| p.name == name).map_or("", |p| p.article.as_str());
    let limits = of("lower_limit");
    letter.rows(vec![
        Row::new("Husstandsindkomst pr. år", danish::kroner(income), articles::INCOME.on(month(facts))),
        Row::new("Nedre grænse i fripladsskalaen", danish::kroner(scale.lower), limits),
        Row::new("Øvre grænse i fripladsskalaen", danish::kroner(scale.upper), of("upper_limit")),
        Row::new(
            "Forhøjelse for flere børn",
            danish::kroner(scale.children_addition),
            of("extra_child_addition"),
        ),
        Row::new(
            "Forhøjelse for enlig forsørger",
            danish::kroner(scale.single_addition),
            of("single_provider_addition"),
        ),
        Row::new("Nedre grænse for husstanden", danish::kroner(scale.household_lower()), ""),
        Row::new("Øvre grænse for husstanden", danish::kroner(scale.household_upper()), ""),
        Row::new("Trin i skalaen (1 procentpoint)", danish::kroner(scale.step), limits),
        Row::new("Egenbetaling", format!("{} % af taksten", scale.own_percent), articles::ECONOMIC),
    ]);
    letter.paragraph(
        "Er indkomsten under den nedre grænse, betaler I intet. Fra den nedre grænse betaler I 5 % af taksten og 1 \
         procentpoint mere for hvert trin. Fra den øvre grænse betaler I hele taksten.",
    );
}

fn close(mut letter: Document, facts: &LetterFacts, decided: bool) -> RenderedLetter {
    letter.heading("Jeres pligt til at give besked");
    letter.paragraph(format!(
        "I skal straks give os besked, hvis husstandens indkomst stiger, hvis en voksen flytter ind, eller hvis andre \
         forhold af betydning for tilskuddet ændrer sig. Tilskud, der er modtaget med urette, kan kræves tilbage ({}).",
        articles::REPAYMENT.on(month(facts))
    ));
    if facts.assessment.scale.is_some() && facts.assessment.month.year() >= MONTHLY_RECALCULATION_FROM {
        letter.paragraph(format!(
        "Hver måned sammenholdes indkomsten med indkomstregistret. Afviger den med mindst 5 trin, beregnes måneden på \
         ny ({}).",
        articles::RECALCULATION.on(month(facts))
    ));
    }
    danish_frame::end(letter, &facts.authority, decided)
}

/// The caller's names; a child without one is numbered among all children of the letter.
fn child_labels(facts: &LetterFacts) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    for place in &facts.assessment.places {
        let number = labels.len() + 1;
        let label =
            || facts.child_labels.get(&place.child).cloned().unwrap_or_else(|| format!("Barn {number}"));
        labels.entry(place.child.clone()).or_insert_with(label);
    }
    // Twins are called alike: they are told apart by a number.
    let alike = |label: &String| labels.values().filter(|other| *other == label).count() > 1;
    let twins: Vec<String> =
        labels.iter().filter(|(_, label)| alike(label)).map(|(child, _)| child.clone()).collect();
    for (number, twin) in (1..).zip(twins) {
        labels.entry(twin).and_modify(|label| *label = format!("{label}, nr. {number}"));
    }
    labels
}
