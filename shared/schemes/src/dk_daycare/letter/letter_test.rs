//! The letters as the citizen gets them, whole, and what cannot be written.

use super::*;
use crate::Part;
use crate::dk_daycare::{Input, Offer, PlaceInput, Settings, YearlyFormula, assess, parameters};
use domain::Currency;
use rust_decimal::Decimal;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn place(child: &str, place: &str, rate: i64, part: Part) -> PlaceInput {
    PlaceInput {
        child: child.into(),
        place: place.into(),
        offer: Offer::Daycare,
        monthly_rate: Decimal::from(rate),
        gross_cost: Decimal::from(rate * 4),
        treatment: child == "k2",
        social_percent: Decimal::ZERO,
        sibling_eligible: true,
        part,
    }
}

fn facts(previous: Option<&str>, economic: bool) -> LetterFacts {
    facts_of("2023-05", previous, economic)
}

fn facts_of(month: &str, previous: Option<&str>, economic: bool) -> LetterFacts {
    let input = Input {
        month: month.parse().unwrap(),
        economic,
        yearly_income: Decimal::from(396_000),
        single_provider: true,
        children_at_home: 3,
        places: vec![
            place("k1", "inst-7", 4331, Part::WHOLE),
            place("k2", "inst-9", 2762, Part::new(1, 2).unwrap()),
        ],
    };
    LetterFacts {
        case: CaseId::parse("DAY-2023-000123").unwrap(),
        authority: Authority {
            name: "Eksempel Kommune".into(),
            contact: "Pladsanvisningen, tlf. 00 00 00 00.".into(),
            complaint: "I kan klage inden 4 uger. Klagen sendes til os.".into(),
        },
        written_on: day("2023-07-03"),
        scope: Scope::Month("2023-05".parse().unwrap()),
        income_basis: IncomeBasis::IncomeRegister { month: "2023-05".parse().unwrap() },
        assessment: assess(&input, &parameters().unwrap(), &Settings::default()).unwrap(),
        child_labels: BTreeMap::from([("k1".to_owned(), "Åse <b>".to_owned())]),
        place_labels: BTreeMap::from([("inst-7".to_owned(), "Vuggestuen Æblet".to_owned())]),
        previous: previous.map(|text| Money::parse(text, Currency::DKK).unwrap()),
        settled_in: Some("2023-08".parse().unwrap()),
        begun: None,
        reasons: Vec::new(),
    }
}

#[test]
fn a_hearing_letter_announces_with_every_figure_and_decides_nothing() {
    let letter = HearingLetter::new(facts(Some("1000.00"), true), day("2023-07-13")).unwrap().render();
    insta::assert_snapshot!("hearing_text", letter.text);
    assert!(!letter.text.contains("Klagevejledning"));
}

#[test]
fn a_decision_after_a_hearing_states_every_figure_in_html() {
    let ground =
        Ground::Hearing { heard_on: day("2023-06-20"), answer_by: day("2023-06-30"), answered_on: None };
    let letter = DecisionLetter::new(facts(Some("1000.00"), true), ground).unwrap().render();
    insta::assert_snapshot!("decision_html", letter.html);
}

#[test]
fn a_reduction_without_a_grant_says_that_income_plays_no_part() {
    let letter = ReductionLetter::new(facts(Some("9000.00"), false)).unwrap().render();
    insta::assert_snapshot!("reduction_text", letter.text);
}

#[test]
fn text_and_html_hold_the_same_figures() {
    let letter = HearingLetter::new(facts(Some("1000.00"), true), day("2023-07-13")).unwrap().render();
    let figures: Vec<&str> = letter
        .text
        .split([' ', '\n'])
        .filter(|w| w.contains(',') && w.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    assert!(figures.len() > 15, "{figures:?}");
    for figure in figures {
        assert!(letter.html.contains(figure), "{figure}");
    }
}

#[test]
fn a_childs_name_cannot_bring_markup_and_never_shows_in_debug() {
    let letter = HearingLetter::new(facts(Some("1000.00"), true), day("2023-07-13")).unwrap().render();
    assert!(letter.html.contains("Åse &lt;b&gt;") && !letter.html.contains("<b>"));
    assert!(letter.text.contains("Barn 2, inst-9"));
    assert!(!format!("{letter:?}").contains("Åse"));
}

#[test]
fn a_hearing_about_a_payment_that_does_not_rise_cannot_be_made() {
    for previous in [None, Some("9000.00"), Some(facts(None, true).assessment.total.to_text().as_str())] {
        assert!(HearingLetter::new(facts(previous, true), day("2023-07-13")).is_err());
    }
    assert!(HearingLetter::new(facts(Some("1000.00"), true), day("2023-07-03")).is_err());
}

#[test]
fn a_reduction_that_reduces_nothing_cannot_be_made() {
    for previous in [None, Some("1000.00")] {
        assert!(ReductionLetter::new(facts(previous, true)).is_err());
    }
}

#[test]
fn a_raise_cannot_be_decided_before_the_citizen_answered_or_the_last_day_passed() {
    let decide = |answer_by, answered_on: Option<&str>| {
        let ground = Ground::Hearing {
            heard_on: day("2023-06-20"),
            answer_by: day(answer_by),
            answered_on: answered_on.map(day),
        };
        DecisionLetter::new(facts(Some("1000.00"), true), ground)
    };
    assert!(decide("2023-07-02", None).is_ok());
    assert!(decide("2023-07-03", None).is_err());
    assert!(decide("2023-07-13", Some("2023-07-01")).is_ok());
    assert!(decide("2023-07-13", Some("2023-07-04")).is_err());
    assert!(decide("2023-06-20", None).is_err());
}

#[test]
fn a_read_letter_goes_through_the_same_gate_as_a_made_one() {
    let letter = LetterInput::HearingRaise(
        HearingLetter::new(facts(Some("1000.00"), true), day("2023-07-13")).unwrap(),
    );
    let json = serde_json::to_string(&letter).unwrap();
    assert_eq!(serde_json::from_str::<LetterInput>(&json).unwrap(), letter);
    let lowered = json.replace("\"amount\":\"1000.00\"", "\"amount\":\"9000.00\"");
    assert!(serde_json::from_str::<LetterInput>(&lowered).unwrap_err().to_string().contains("does not rise"));
}

#[test]
fn a_raise_by_income_cannot_be_decided_as_new_terms() {
    let decide = |own_percent_before| {
        DecisionLetter::new(facts(Some("1000.00"), true), Ground::NewTerms { own_percent_before })
    };
    assert!(decide(33).is_ok());
    assert!(decide(32).is_err());
}

#[test]
fn a_letter_about_2015_cites_the_order_of_2015_and_no_monthly_comparison() {
    let letter = DecisionLetter::new(
        facts_of("2015-05", Some("1000.00"), true),
        Ground::Application { applied_on: day("2015-04-10") },
    );
    let text = letter.unwrap().render().text;
    assert!(
        text.contains("BEK 441 af 6/5/2014") && text.contains("164.101 kr.") && text.contains("57.407 kr.")
    );
    assert!(!text.contains("Hver måned sammenholdes"));
    assert!(
        text.contains("[dagtilbudsbekendtgørelsen § 2]")
            && text.replace('\n', " ").contains("(dagtilbudsloven § 93)"),
        "{text}"
    );
    for later in ["dagtilbudsbekendtgørelsen § 28", "dagtilbudsbekendtgørelsen § 27", "93 a"] {
        assert!(!text.contains(later), "{later}: {text}");
    }
    assert!(text.contains("give os besked, hvis husstandens indkomst stiger"));
}

#[test]
fn what_is_new_and_why_staff_ruled_so_stand_in_the_hearing_and_the_decision() {
    let reasons = vec![
        Reason::MovedIn { since: day("2023-04-15") },
        Reason::Household,
        Reason::TakesOver,
        Reason::Ruling { reason: "I er samlevende <ifølge CPR>".into() },
    ];
    let facts = LetterFacts { reasons, ..facts(Some("1000.00"), true) };
    let ground =
        Ground::Hearing { heard_on: day("2023-06-20"), answer_by: day("2023-06-30"), answered_on: None };
    let letters = [
        HearingLetter::new(facts.clone(), day("2023-07-13")).unwrap().render(),
        DecisionLetter::new(facts, ground).unwrap().render(),
    ];
    for letter in letters {
        let text = letter.text.replace('\n', " ");
        for part in [
            "flyttet ind på jeres adresse den 15. april 2023",
            "nye oplysninger i CPR",
            "<ifølge CPR>",
            "i stedet for",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(letter.html.contains("&lt;ifølge CPR&gt;"));
    }
}

#[test]
fn whoever_pays_no_longer_is_told_from_when_and_nothing_of_the_other() {
    let facts = facts(None, false);
    let signs = (facts.case.clone(), facts.authority.clone());
    let month = |text: &str| text.parse::<Period>().unwrap();
    let of = |kroner| (month("2023-05"), Money::dkk(kroner));
    let paid = [("2023-05", 1_053), ("2023-06", 1_053), ("2023-07", 900)];
    let begun =
        BegunMonths::sum(paid.map(|(of, kroner)| (month(of), Money::dkk(kroner), Money::dkk(0)))).unwrap();
    let release = ReleaseLetter::new(signs.clone(), facts.written_on, (of(1_053), None), begun).unwrap();
    insta::assert_snapshot!("release_text", release.render().text);
    let until = (of(1_053), Some(month("2023-06")));
    let until = ReleaseLetter::new(signs.clone(), facts.written_on, until, None).unwrap().render();
    assert!(until.text.replace('\n', " ").contains("til og med den 30. juni 2023"), "{}", until.text);
    assert!(ReleaseLetter::new(signs, facts.written_on, (of(0), None), None).is_err());
}

#[test]
fn a_letter_about_many_months_names_the_sum_of_those_that_have_begun_and_when_it_is_settled() {
    let months = ["2023-04", "2023-05", "2023-06", "2023-07"];
    let sums = months.map(|of| (of.parse().unwrap(), Money::dkk(1_000), Money::dkk(1_250)));
    let begun = BegunMonths::sum(sums).unwrap();
    let scope = Scope::From(day("2023-04-01"));
    let facts = LetterFacts { scope, begun, settled_in: None, ..facts(Some("1000.00"), false) };
    let ground = Ground::NewTerms { own_percent_before: 100 };
    let decision = DecisionLetter::new(facts.clone(), ground).unwrap().render();
    let hearing = HearingLetter::new(facts, day("2023-07-13")).unwrap().render();
    for letter in [&decision, &hearing] {
        let sums = ["Hidtil fastsat i alt  4.000,00 kr.", "Forskel i alt         1.000,00 kr."];
        for figure in sums.into_iter().chain(["april 2023 til juli 2023"]) {
            assert!(letter.text.contains(figure), "{}", letter.text);
        }
    }
    assert!(decision.text.contains("tidligst i den for august 2023"), "{}", decision.text);
    assert!(!hearing.text.contains("tidligst"), "{}", hearing.text);
}

/// Two months of a year: the second as it is, or by another income.
fn year(second: i64) -> YearFacts {
    let facts = facts(None, true);
    let reckoned = |income: i64, own_percent, kroner| Reckoned {
        income: Decimal::from(income),
        own_percent,
        payment: Money::dkk(kroner),
    };
    let month = |of: &str, after: Reckoned| {
        let before = reckoned(300_000, 29, 870);
        YearMonth { month: of.parse().unwrap(), assessed: after.income, before, after }
    };
    let by = match second {
        300_000 => reckoned(300_000, 29, 870),
        252_000 => reckoned(252_000, 18, 540),
        _ => reckoned(348_000, 40, 1_200),
    };
    YearFacts {
        case: facts.case,
        authority: facts.authority,
        written_on: facts.written_on,
        year: 2023,
        months: vec![month("2023-01", reckoned(300_000, 29, 870)), month("2023-02", by)],
        formula: YearlyFormula::RegisterMonths,
        scale: facts.assessment.scale.unwrap(),
        economic: Money::dkk(870).minus(by.payment).unwrap(),
        dependent: Money::dkk(0),
    }
}

#[test]
fn the_letters_of_a_year_state_every_month_and_hear_before_a_rise() {
    let heard = HeardOn { heard_on: day("2023-06-20"), answer_by: day("2023-06-30"), answered_on: None };
    let ruling = |dropped| Some(YearRuling { dropped, reason: "sagen er klar".to_owned() });
    let hearing = YearLetter::hearing(year(348_000), day("2023-07-13")).unwrap().render();
    insta::assert_snapshot!("year_hearing_text", hearing.text);
    assert!(!hearing.text.contains("Klagevejledning"));
    let decision = YearLetter::decision(year(348_000), Some(heard), ruling(false)).unwrap();
    insta::assert_snapshot!("year_decision_text", decision.render().text);
    let unchanged = YearLetter::unchanged(year(300_000), None).unwrap().render();
    insta::assert_snapshot!("year_unchanged_text", unchanged.text);
    let falls = YearLetter::decision(year(252_000), None, ruling(true)).unwrap().render();
    assert!(falls.text.replace('\n', " ").contains("opgiver forhøjelsen af denne grund: sagen er klar"));
    let mut left = year(300_000);
    left.months[1].assessed = Decimal::from(348_000);
    let left = YearLetter::unchanged(left, None).unwrap().render();
    assert!(left.text.contains("348.000 kr., som ikke reguleres: 29 %, 870,00 kr."), "{}", left.text);
    for refused in [
        YearLetter::decision(year(348_000), None, None),
        YearLetter::decision(year(300_000), None, None),
        YearLetter::unchanged(year(252_000), None),
        YearLetter::hearing(year(252_000), day("2023-07-13")),
        YearLetter::hearing(year(348_000), day("2023-07-03")),
    ] {
        assert!(matches!(refused, Err(Error::BadLetter { .. })));
    }
}
