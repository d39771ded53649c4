//! An order that can have no effect: told, without the family's bills waiting for it.

use super::input::{Family, Input, day};
use super::place::Place;
use crate::program;
use messages::{BillingMode, CaseOrder};
use std::path::Path;

fn asked(place: &Place, arguments: &[&str]) -> (Option<i32>, String) {
    let data = place.data().display().to_string();
    let output = program::rettidig(&[arguments, &["--data", &data]].concat(), Path::new("."));
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slip_of_staff_is_told_and_the_family_is_billed_as_before() {
    let (place, family, mut input) = (Place::new(), Family::new(0, 2, 1), Input::default());
    input.open(day("2023-01-02"), &family, BillingMode::Monthly, day("2023-01-01"), &[3_000]);
    let end = |last: &str| CaseOrder::EndPlace { place: family.place(0), last_day: day(last) };
    // The second one under the id of the first.
    input.order_as("end", day("2023-01-10"), &family, end("2023-12-31"));
    input.order_as("end", day("2023-01-11"), &family, end("2023-01-31"));
    input.write(&place.input());
    let report = place.run("2023-03-05", "").await;
    assert_eq!((report.parked_keys, report.dead_letters), (0, 1));

    let (_, listed) = asked(&place, &["dead-letters", "list"]);
    assert!(listed.contains(" open 2023-01-11 assessment DAY-0000 "), "{listed}");
    assert!(listed.contains("order end order_id_reused"), "{listed}");
    assert_eq!(listed.matches("ref_").count(), 1, "{listed}");
    let (_, tasks) = asked(&place, &["tasks"]);
    assert!(tasks.contains("order_id_reused, without effect"), "{tasks}");
    let (_, balance) = asked(&place, &["balance", "--by-case"]);
    assert!(balance.contains("2023-03") && !balance.contains("stands still"), "{balance}");
    assert!(balance.contains("1 orders in 1 cases were refused and have no effect"), "{balance}");

    let refusal = listed.split_whitespace().find(|word| word.starts_with("ref_")).unwrap();
    assert_eq!(asked(&place, &["dead-letters", "requeue", refusal]).0, Some(0));
    let (code, told) = asked(&place, &["dead-letters", "discard", refusal]);
    assert!(code == Some(2) && told.contains("was asked for before"), "{told}");
    place.run("2023-03-06", "").await;
    assert_eq!(asked(&place, &["dead-letters", "discard", refusal]).0, Some(0), "it was refused again");
    place.run("2023-03-07", "").await;
    assert!(asked(&place, &["dead-letters", "list"]).1.contains("Nothing is refused"));
}
