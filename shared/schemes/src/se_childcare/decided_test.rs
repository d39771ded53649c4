//! What may be charged of a month when decisions state less than is owed, or nothing.

use super::{Assessment, Input, PartialMonth, Settings, assess, charge, parameters};
use domain::{Currency, Day, Money};

fn owed(settings: &Settings) -> Assessment {
    let input = r#"{"month": "2024-03", "monthly_income": "30000", "children": [
        {"id": "a", "born": "2022-05-01", "care": "preschool", "from": "2024-03-11"},
        {"id": "b", "born": "2016-05-01", "care": "after_school"}]}"#;
    let input: Input = serde_json::from_str(input).unwrap();
    assess(&input, &parameters().unwrap(), settings).unwrap()
}

fn kronor(amount: i64) -> Money {
    Money::new(amount.into(), Currency::SEK).unwrap()
}

fn march(number: u32) -> Day {
    Day::from_ymd_opt(2024, 3, number).unwrap()
}

#[test]
fn decisions_that_state_what_is_owed_or_more_change_nothing_not_even_the_reasons() {
    let owed = owed(&Settings::default());
    for more in [0, 1_000] {
        let decided = |child: &str, day: Day| {
            Some(kronor(
                more + if child == "a" {
                    900
                } else if day < march(11) {
                    600
                } else {
                    300
                },
            ))
        };
        assert_eq!(charge(&owed, decided, &Settings::default()).unwrap(), owed);
    }
}

#[test]
fn a_day_costs_at_most_what_is_decided_for_it_and_nothing_where_nothing_is() {
    // The younger: nothing on five days, 300 on ten, 900 on six, of 31. The older is not decided.
    let decided = |child: &str, day: Day| match (child, day) {
        ("a", day) if day < march(16) => None,
        ("a", day) if day < march(26) => Some(kronor(300)),
        ("a", _) => Some(kronor(2_000)),
        _ => None,
    };
    let charged = charge(&owed(&Settings::default()), decided, &Settings::default()).unwrap();
    // (10 * 300 + 6 * 900) / 31 = 270.97.
    assert_eq!(charged.payable, kronor(271));
    assert_eq!(charged.lines[1].payable, kronor(0));
    let text = charged.trace.to_string();
    assert!(text.contains("what communicated decisions state for child a"), "{text}");
    assert!(text.ends_with("> total payable = 271\n"), "{text}");
}

#[test]
fn parts_in_thirtieths_stay_parts_in_thirtieths() {
    let settings = Settings { part_of_month: PartialMonth::Thirtieths, ..Settings::default() };
    let decided = |child: &str, _| (child == "a").then(|| kronor(300));
    // 21 of 30 days.
    assert_eq!(charge(&owed(&settings), decided, &settings).unwrap().payable, kronor(210));
}
