//! Years with and without a rate.

use super::*;
use messages::DeadLetter;

fn shelter_in(first_day: &str) -> Life {
    let mut life = Life::begin(first_day);
    life.resident();
    life.moves_in("P-1", HousingParagraph::P110, first_day);
    life.states(first_day, means(true));
    life
}

#[test]
fn an_order_to_decide_in_a_year_without_a_rate_waits_for_it_and_says_so_by_name() {
    let mut life = shelter_in("2024-02-01");
    life.decide("P-1", Vec::new());
    life.until("2024-02-03");
    assert_eq!(life.awaited(), ["2024-02-02 1 Rate"]);
    let waiting = life.case().housing.as_ref().unwrap().waiting.values().next().unwrap().clone();
    assert!(
        waiting.detail.contains("daily_rate_110") && waiting.detail.contains("2024"),
        "{}",
        waiting.detail
    );
    assert!(life.letters.is_empty());
}

#[test]
fn a_case_that_reaches_a_year_without_a_rate_is_told_in_its_first_month_and_not_charged_by_the_old_one() {
    let mut life = shelter_in("2023-11-01");
    life.decide("P-1", Vec::new());
    life.until("2024-03-05");
    assert_eq!(life.owed_in("2023-12").as_deref(), Some("2998.01"));
    assert_eq!((life.owed_in("2024-01"), life.owed_in("2024-02")), (None, None));
    let told: Vec<String> = life
        .dead_letters
        .iter()
        .map(|letter| match letter {
            DeadLetter::Refused(refused) => format!("{} {} {}", refused.on, refused.code, refused.detail),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].starts_with("2024-01-01 month_not_assessable 2024-01 is not determined"), "{told:?}");
    assert!(told[0].contains("daily_rate_110"));
    assert_eq!(life.case().housing.as_ref().unwrap().unassessable.len(), 3);
}

#[test]
fn a_higher_rate_of_a_new_year_is_decided_anew_and_counts_from_its_communication() {
    let mut life = shelter_in("2020-11-01");
    life.decide("P-1", Vec::new());
    life.until("2020-12-31");
    life.letters_wait = true;
    life.until("2021-01-20");
    assert_eq!(life.letters.len(), 2);
    assert!(life.letters[1].text.contains("lovens takst for 2021"), "{}", life.letters[1].text);
    let (letter, delivered_on) = (life.letter(1), day("2021-01-11"));
    life.order(CaseOrder::LetterDelivered { letter, delivered_on, channel: "post".to_owned() });
    life.until("2021-02-01");
    // Ten days at the 91 kroner of 2020, 21 at the 93 of 2021.
    assert_eq!(life.owed_in("2021-01").as_deref(), Some("2863.00"));
}
