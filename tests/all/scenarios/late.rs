//! What is put into the folder of a day that has passed.

use super::input::{Family, Input, day};
use super::place::Place;
use messages::{BillingMode, CaseCommand};

/// A family's commands in the folder of a day.
fn put(place: &Place, on: &str, number: u32) -> Family {
    let family = Family::new(number, 1, 1);
    let mut input = Input::default();
    input.open(day(on), &family, BillingMode::Monthly, day("2023-02-01"), &[3_000]);
    input.write(&place.input());
    family
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_in_the_folder_of_a_day_that_has_passed_is_taken_on_the_next_day_and_once() {
    let place = Place::new();
    put(&place, "2023-01-02", 0);
    place.run("2023-01-10", "").await;

    let late = put(&place, "2023-01-04", 1);
    let closed = put(&place, "2023-01-10", 2);
    let folder = place.input().join("2023-01-05");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(place.input().join("2023-01-02/commands.jsonl"), folder.join("again.jsonl")).unwrap();
    let report = place.run("2023-01-10", "").await;
    assert_eq!((report.files.late, report.files.untaken), (0, 2), "no day is left that could take them");

    let report = place.run("2023-02-10", "").await;
    assert_eq!((report.files.accepted, report.files.late, report.files.untaken), (3, 2, 0));
    let again = place.run("2023-02-12", "").await;
    assert_eq!((again.files.accepted, again.files.late, again.files.untaken), (3, 2, 0));
    let commands = place.messages::<CaseCommand>().await;
    let given = commands.iter().filter(|command| command.issued_by != "letters").count();
    assert_eq!(given, 6, "two orders of each family, each once");
    let billed: Vec<String> = place.billed().await.into_keys().map(|(case, ..)| case).collect();
    for family in [late, closed] {
        assert!(billed.contains(&family.case.to_string()), "{} is billed", family.case);
    }
}
