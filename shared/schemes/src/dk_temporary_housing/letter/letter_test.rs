//! The letter as the resident gets it, whole, and what cannot be written.

use super::*;
use crate::dk_temporary_housing::{CostBasis, Grounds, ServiceKind, parameters, propose};

fn amount(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn facts(paragraph: Paragraph, income: Option<&str>) -> LetterFacts {
    let costs = CostFigures {
        facility: "BO-7".to_owned(),
        valid_from: day("2023-01-01"),
        valid_to: day("2023-12-31"),
        rent: Some(amount("300000")),
        electricity: Some(amount("40000.50")),
        heat: Some(amount("25000")),
        place_days: 3_650,
        provisional: false,
        owner: "bo-teamet".to_owned(),
    };
    let budget = income.map(|income| Budget {
        income: amount(income),
        home_costs: amount("0"),
        obligations: amount("1200"),
        personal_needs: amount("4500"),
    });
    let service = |name: &str, rate: &str| ServiceInput {
        service: ServiceKind::Food,
        name: name.to_owned(),
        daily_rate: amount(rate),
        opted_out_days: 0,
    };
    let services = vec![service("Morgenmad <kold>", "17"), service("Aftensmad", "36.50")];
    let basis = CostBasis::of(costs.clone()).unwrap();
    let of_107 = paragraph == Paragraph::P107;
    let grounds = Grounds {
        paragraph,
        on: day("2023-05-04"),
        basis: of_107.then_some(&basis),
        services: &services,
        own_home_kept: false,
        budget: budget.as_ref(),
        comparable_rent: None,
        set: None,
        template: "2023-1",
        made_by: "egenbetaling",
    };
    let proposal = propose(&grounds, &parameters().unwrap()).unwrap();
    LetterFacts {
        case: CaseId::parse("BO-2023-000123").unwrap(),
        authority: Authority {
            name: "Eksempel Kommune".into(),
            contact: "Egenbetaling, tlf. 00 00 00 00.".into(),
            complaint: "Du kan klage inden 4 uger. Klagen sendes til os.".into(),
        },
        written_on: day("2023-05-04"),
        paragraph,
        facility: "Botilbuddet Åsen".to_owned(),
        costs: of_107.then_some(costs),
        services,
        own_home_kept: false,
        budget,
        comparable_rent: of_107.then(|| amount("5200")),
        proposal,
        previous: None,
        template: "2023-1".to_owned(),
        ground: Ground::Stay,
    }
}

#[test]
fn a_decision_by_costs_states_every_figure_of_them_and_of_the_budget() {
    let letter = DecisionLetter::new(facts(Paragraph::P107, Some("9500"))).unwrap().render();
    insta::assert_snapshot!("costs_text", letter.text);
    assert!(letter.html.contains("&lt;kold&gt;"));
}

#[test]
fn a_decision_by_the_law_names_the_rate_and_what_is_paid_to_the_facility() {
    let facts = LetterFacts {
        previous: Some(amount("93")),
        ground: Ground::Year(2023),
        ..facts(Paragraph::P110, None)
    };
    let letter = DecisionLetter::new(facts).unwrap().render();
    insta::assert_snapshot!("law_html", letter.html);
}

#[test]
fn a_decision_cites_the_ruling_only_once_it_was_made() {
    let written = |on: &str| {
        let facts = LetterFacts { written_on: day(on), ..facts(Paragraph::P110, None) };
        DecisionLetter::new(facts).unwrap().render().text
    };
    let before = written("2019-08-20");
    assert!(!before.contains("43-19") && before.contains("163)"), "{before}");
    assert!(written("2019-08-21").contains("43-19"));
}

#[test]
fn an_own_home_kept_is_said_to_be_the_reason_that_the_housing_is_free() {
    let mut facts = LetterFacts { own_home_kept: true, costs: None, ..facts(Paragraph::P107, Some("9500")) };
    assert!(DecisionLetter::new(facts.clone()).is_err());
    facts.budget = None;
    (facts.proposal.daily_rate, facts.proposal.full_rate) = Default::default();
    let text = DecisionLetter::new(facts).unwrap().render().text;
    assert!(text.contains("Du har beholdt din egen bolig") && !text.contains("Husleje pr. år"), "{text}");
}

#[test]
fn a_decision_without_its_basis_or_above_it_cannot_be_written() {
    let good = facts(Paragraph::P107, Some("9500"));
    let without = [LetterFacts { costs: None, ..good.clone() }, LetterFacts { budget: None, ..good.clone() }];
    let mut above = good.clone();
    above.proposal.daily_rate += amount("0.01");
    above.proposal.full_rate = good.proposal.daily_rate;
    for facts in without.into_iter().chain([above]) {
        assert!(DecisionLetter::new(facts).is_err());
    }
}
