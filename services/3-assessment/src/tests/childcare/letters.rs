//! The decision letter has every figure that the fee rests on.

use super::*;

#[test]
fn the_letter_is_swedish_and_states_children_percent_income_cap_and_sum() {
    let mut life = Life::of_household("2024-01-01", Settings::default());
    life.starts("P-1", "2016-02-01", "2024-01-01", CareForm::AfterSchool);
    life.starts("P-2", "2021-05-03", "2024-01-01", CareForm::Preschool);
    life.declares(day("2024-01-01"), "41250.50");
    life.until("2024-01-02");
    let letter = &life.letters[0];
    assert_eq!(letter.title, "Beslut om avgift för förskola och fritidshem");
    for figure in [
        "Avgift från och med den 1 januari 2024",
        "Barn fött den 3 maj 2021, förskola, barn 1, 3 % av inkomsten",
        "1\u{a0}238\u{a0}kr",
        "Barn fött den 1 februari 2016, fritidshem, barn 2, 1 % av inkomsten",
        "413\u{a0}kr",
        "1\u{a0}651\u{a0}kr",
        "41\u{a0}250,50\u{a0}kr",
        "gäller från 1 januari 2024",
        "56\u{a0}250\u{a0}kr",
        "förordning (2001:160) 5 §",
        "Uppsägningstiden är 2 månader",
        "Kommun 0101",
    ] {
        assert!(letter.text.contains(figure), "{figure}: {}", letter.text);
        assert!(letter.html.contains(figure), "{figure}");
    }
    assert!(letter.html.contains("<html lang=\"sv\">"));
    // No number of a person stands in it.
    assert!(!domain::PersonalNumber::stands_in(&letter.text));
}

#[test]
fn the_new_years_cap_is_decided_ahead_with_the_fee_until_then() {
    let mut life = Life::of_household("2023-11-01", Settings::default());
    life.starts("P-1", "2021-05-03", "2023-11-01", CareForm::Preschool);
    life.until("2024-01-01");
    // 3 percent of 54,830 and of 56,250.
    assert_eq!(["2023-12", "2024-01"].map(|month| life.owed_in(month).unwrap()), ["1645.00", "1688.00"]);
    let letter = &life.letters[1];
    assert_eq!((life.letters.len(), letter.written_on), (2, day("2023-12-01")));
    for figure in
        ["Avgift per månad hittills", "1\u{a0}645\u{a0}kr", "1\u{a0}688\u{a0}kr", "årets högsta avgift"]
    {
        assert!(letter.text.contains(figure), "{figure}: {}", letter.text);
    }
}
