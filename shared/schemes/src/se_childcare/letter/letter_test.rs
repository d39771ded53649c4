//! The letters as the custodian gets them, whole, and what cannot be written.

use super::super::{Settlement, parameters};
use super::*;
use domain::{Currency, Period};

fn kronor(text: &str) -> Money {
    Money::parse(text, Currency::SEK).unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn authority() -> Authority {
    Authority {
        name: "Exempelstads kommun".into(),
        contact: "Barnomsorgens avgifter, tfn 000-00 00 00.".into(),
        complaint: "Du kan begära att vi omprövar beslutet. Skriv till oss inom tre veckor.".into(),
    }
}

fn child(born: &str, care: Care, order: Option<u32>, percent: Option<i64>, fee: &str) -> ChildFee {
    ChildFee {
        born: day(born),
        care,
        order,
        percent: percent.map(Decimal::from),
        reduction: None,
        monthly_fee: kronor(fee),
    }
}

fn step(from: &str, income: Option<&str>, children: Vec<ChildFee>) -> FeeStep {
    let cap = parameters().unwrap().get("income_cap", day(from)).unwrap().clone();
    FeeStep { from: day(from), to: None, income: income.map(|income| income.parse().unwrap()), cap, children }
}

/// Three children, of whom the youngest turns three in the year.
fn facts() -> LetterFacts {
    let older = || {
        vec![
            child("2018-02-03", Care::Preschool, Some(2), Some(2), "825"),
            child("2014-06-07", Care::AfterSchool, Some(3), Some(1), "413"),
        ]
    };
    let youngest = child("2021-11-20", Care::Preschool, Some(1), Some(3), "1238");
    let reduced = ChildFee {
        monthly_fee: kronor("929"),
        reduction: Some("allmän <förskola>".to_owned()),
        ..youngest.clone()
    };
    let with = |youngest: ChildFee| [vec![youngest], older()].concat();
    LetterFacts {
        case: CaseId::parse("FSK-2024-000123").unwrap(),
        authority: authority(),
        written_on: day("2024-07-01"),
        steps: vec![
            step("2024-07-15", Some("41250.5"), with(youngest)),
            step("2024-08-01", Some("41250.5"), with(reduced)),
        ],
        past: None,
        heard: None,
        previous: Some(kronor("2814")),
        ground: Ground::Declared,
        notice_months: 2,
        thirtieths: false,
    }
}

fn correction(difference: &str, heard: bool) -> CorrectionFacts {
    let charged = kronor("600");
    let right = charged.plus(kronor(difference)).unwrap();
    let months = ["2022-11", "2022-12"].map(|month| CorrectedMonth {
        month: month.parse::<Period>().unwrap(),
        charged,
        right,
    });
    CorrectionFacts {
        case: CaseId::parse("FSK-2024-000123").unwrap(),
        authority: authority(),
        written_on: day("2024-03-01"),
        year: 2022,
        incomes: vec![
            TaxedIncome { whose: Whose::Custodian, yearly: kronor("240000") },
            TaxedIncome {
                whose: Whose::Partner { from: day("2022-11-01"), to: day("2022-12-31") },
                yearly: kronor("120000"),
            },
        ],
        months: months.into(),
        settlement: Settlement::InstalmentPlan { amount: kronor("600") },
        instalments: 2,
        due_on: day("2024-04-30"),
        heard: heard.then(|| (day("2024-02-01"), day("2024-02-20"))),
    }
}

#[test]
fn the_decision_states_every_figure_in_text_and_html() {
    let letter = DecisionLetter::new(facts()).unwrap().render();
    insta::assert_snapshot!("decision_text", letter.text);
    insta::assert_snapshot!("decision_html", letter.html);
}

#[test]
fn the_end_of_the_fee_and_a_missing_declaration_are_told() {
    let free = child("2010-01-02", Care::AfterSchool, Some(4), None, "0");
    let steps = vec![step("2024-07-15", None, vec![free]), step("2024-09-01", None, Vec::new())];
    let (ground, notice_months, thirtieths) = (Ground::Place, 1, true);
    let facts = LetterFacts { steps, previous: None, ground, notice_months, thirtieths, ..facts() };
    let text = DecisionLetter::new(facts).unwrap().render().text.replace('\n', " ");
    for told in [
        "avgiftsfritt",
        "Inget barn har längre någon placering. Avgiften upphör.",
        "Ingen inkomst är anmäld",
        "Uppsägningstiden är en månad",
        "en trettiondel",
        "eftersom en placering börjar, ändras eller upphör",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(!text.contains("hittills"));
}

#[test]
fn the_correction_states_every_month_and_how_it_is_settled() {
    let letter = CorrectionLetter::new(correction("300", true)).unwrap().render();
    insta::assert_snapshot!("correction_text", letter.text);
    for (settlement, told) in [
        (
            Settlement::SeparateInvoice { amount: kronor("600") },
            "600\u{a0}kr faktureras för sig och förfaller till betalning tidigast den 30 april 2024.",
        ),
        (
            Settlement::OnNextInvoice { added: kronor("600") },
            "600\u{a0}kr läggs till på nästa faktura, som förfaller till betalning tidigast den 30 april 2024.",
        ),
        (
            Settlement::Refund { deducted: kronor("500"), repaid: kronor("100") },
            "500\u{a0}kr dras av på nästa faktura och 100\u{a0}kr betalas ut till dig.",
        ),
    ] {
        let facts = CorrectionFacts { settlement, ..correction("300", true) };
        let text = CorrectionLetter::new(facts).unwrap().render().text.replace('\n', " ");
        assert!(text.contains(told), "{told}: {text}");
    }
}

/// Two months that are over, of which one rises by 300 kronor and the other by as much as given.
fn past(other: &str) -> LetterFacts {
    let month = |month: &str, right: &str| CorrectedMonth {
        month: month.parse::<Period>().unwrap(),
        charged: kronor("600"),
        right: kronor(right),
    };
    let only = |from: &str, to: &str| {
        let fees = vec![child("2021-11-20", Care::Preschool, Some(1), Some(3), "900")];
        FeeStep { to: Some(day(to)), ..step(from, Some("30000"), fees) }
    };
    let past = PastMonths {
        months: vec![month("2024-02", "900"), month("2024-04", other)],
        settlement: Settlement::SeparateInvoice { amount: kronor("500") },
        instalments: 1,
        due_on: day("2024-08-30"),
    };
    let heard = HeardInLetter {
        written_on: day("2024-06-01"),
        answer_by: day("2024-06-22"),
        answered_on: Some(day("2024-06-10")),
        ruling: Some("Folkbokföringen visar samma adress.".to_owned()),
    };
    LetterFacts {
        steps: vec![only("2024-02-01", "2024-02-29"), only("2024-04-01", "2024-04-30")],
        past: Some(past),
        heard: Some(heard),
        previous: None,
        ground: Ground::PastMonths,
        ..facts()
    }
}

#[test]
fn a_raise_of_past_months_names_each_the_sum_the_hearing_and_when_it_is_due() {
    insta::assert_snapshot!("past_months_text", DecisionLetter::new(past("800")).unwrap().render().text);
}

#[test]
fn a_hearing_names_the_same_and_the_last_day_for_an_answer() {
    let asked = || LetterFacts { heard: None, ..past("800") };
    let letter = HearingLetter::new(asked(), day("2024-07-22")).unwrap().render();
    insta::assert_snapshot!("hearing_text", letter.text);
    assert!(HearingLetter::new(asked(), day("2024-07-01")).is_err(), "no time to answer");
    assert!(HearingLetter::new(facts(), day("2024-07-22")).is_err(), "nothing to ask about");
}

#[test]
fn a_letter_that_claims_unheard_or_states_a_fee_without_its_ground_cannot_be_written() {
    assert!(CorrectionLetter::new(correction("300", false)).is_err());
    assert!(CorrectionLetter::new(correction("-300", false)).is_ok());
    assert!(CorrectionLetter::new(correction("0", true)).is_err());
    assert!(DecisionLetter::new(LetterFacts { steps: Vec::new(), ..facts() }).is_err());
    let mut unordered = facts();
    unordered.steps.reverse();
    assert!(DecisionLetter::new(unordered).is_err());
    let mut unfounded = facts();
    unfounded.steps[0].children[0].percent = None;
    assert!(DecisionLetter::new(unfounded).is_err());
}
