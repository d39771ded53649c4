//! What the authority chooses in its settings file decides what is owed, asked and written.

use super::input::{Family, Input, day, month};
use super::place::Place;
use super::registers::{Home, Resident};
use messages::{AssessmentEvent, AssessmentFact, BillingMode, CaseNotice, Letter};

const STRATEGY: &str = include_str!("../../../services/2-routing/data/advis-strategy.yaml");

/// A child begins in the middle of January, and moves inside the municipality in February and in April.
fn written() -> Place {
    let (place, family, mut input) = (Place::new(), Family::new(0, 2, 1), Input::default());
    input.open(day("2023-01-02"), &family, BillingMode::Monthly, day("2023-01-20"), &[3_100]);
    input.settled(day("2023-01-02"), &family);
    for (house, on) in [(8, "2023-02-06"), (9, "2023-04-03")] {
        let (produced_on, cpr) = (day(on), family.children[0].clone());
        let municipality_since = family.home().municipality_since;
        let home = Some(Home { house, since: produced_on, municipality_since, ..family.home() });
        input.resident(Resident {
            produced_on,
            cpr,
            status: ("01", None),
            home,
            event: ("A05", produced_on),
        });
    }
    input.write(&place.input());
    place
}

async fn january(place: &Place) -> String {
    let events = place.messages::<AssessmentEvent>().await;
    let determined = events.into_iter().rev().find_map(|event| match event.fact {
        AssessmentFact::Determined(made) if made.period == month("2023-01") => Some(made.amount.to_text()),
        _ => None,
    });
    determined.unwrap()
}

async fn strategies(place: &Place) -> Vec<String> {
    let mut notices: Vec<_> =
        place.messages::<CaseNotice>().await.into_iter().flat_map(|notice| notice.notices).collect();
    notices.sort_by_key(|notice| notice.deadline);
    notices.into_iter().map(|notice| notice.strategy).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_settings_file_decides_amounts_signatures_and_which_version_of_the_strategy_raises_a_notice() {
    let place = written();
    place.run("2023-04-05", "").await;
    assert_eq!(january(&place).await, "1550.00", "half a month");
    assert_eq!(strategies(&place).await, ["2016-1", "2016-1"]);

    let place = written();
    let (_, first) = STRATEGY.split_once("versions:\n").unwrap();
    let second = first.replace("2016-1", "2023-1").replace("2000-01-01", "2023-03-01");
    std::fs::write(place.file("strategy.yaml"), format!("{STRATEGY}{second}")).unwrap();
    std::fs::write(
        place.file("settings.yaml"),
        "daycare: {partial_month: day_by_day}\n\
         authorities: {\"0101\": {name: Prøvestad Kommune, contact: Pladsanvisningen, complaint: Klag til kommunen.}}\n\
         advis_strategy: strategy.yaml\n",
    )
    .unwrap();
    let settings = place.file("settings.yaml").display().to_string();
    place.run_with("2023-04-05", &["--settings", &settings]).await;
    assert_eq!(january(&place).await, "1200.00", "12 of 31 days");
    assert_eq!(strategies(&place).await, ["2016-1", "2023-1"]);
    let letters = place.messages::<Letter>().await;
    assert!(!letters.is_empty() && letters.iter().all(|letter| letter.text.contains("Prøvestad Kommune")));

    let again = |more: &[&str]| {
        let mut arguments = place.arguments("2023-04-06", "");
        arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = crate::program::rettidig(&arguments, std::path::Path::new("."));
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, told) = again(&[]);
    assert!(code == Some(2) && told.contains("daycare.partial_month"), "{told}");
    let (code, told) = again(&["--accept-changed-settings"]);
    assert!(code == Some(0) && told.contains("other settings than last time"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_out_of_range_end_a_run_before_it_begins() {
    let place = written();
    std::fs::write(place.file("settings.yaml"), "daycare: {hearing_days: 0}\n").unwrap();
    let settings = place.file("settings.yaml").display().to_string();
    let mut arguments = place.arguments("2023-04-05", "");
    arguments.extend(["--settings".to_owned(), settings]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = crate::program::rettidig(&arguments, std::path::Path::new("."));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("hearing_days") && told.contains("1 to 92"), "{told}");
    assert!(!place.data().exists(), "nothing was made");
}
