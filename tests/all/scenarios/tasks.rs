//! What `rettidig tasks` shows staff.

use super::input::{Family, Input, day, month};
use super::place::Place;
use crate::program;
use messages::{BillingMode, CaseOrder, HearingAnswer};
use std::path::Path;

fn tasks(place: &Place) -> String {
    let data = place.data().display().to_string();
    let output = program::rettidig(&["tasks", "--data", &data], Path::new("."));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_hearing_is_listed_with_the_id_that_an_answer_names_until_it_has_ended() {
    let (place, family, mut input) = (Place::new(), Family::new(0, 2, 1), Input::default());
    input.open(day("2023-01-02"), &family, BillingMode::Monthly, day("2023-01-01"), &[3_000]);
    input.apply(day("2023-01-02"), &family, 25_000, day("2023-01-01"));
    input.pay(&family, &family.payer.clone(), month("2023-01"), 40_000);
    input.write(&place.input());
    place.run("2023-02-05", "").await;
    assert!(tasks(&place).contains("Nothing waits for staff"));
    place.run("2023-02-14", "").await;
    let listed = tasks(&place);
    assert!(listed.contains(" DAY-0000 hearing hea_") && listed.contains(" income of 2023-01"), "{listed}");
    let id = listed.split_whitespace().find(|word| word.starts_with("hea_")).unwrap();
    let hearing = domain::HearingId::parse(id).unwrap();
    let mut later = input.follow_up();
    let (answered_on, answer) = (day("2023-02-15"), HearingAnswer::Objects);
    later.order(day("2023-02-15"), &family, CaseOrder::AnswerHearing { hearing, answered_on, answer });
    later.write(&place.input());
    place.run("2023-02-16", "").await;
    assert!(tasks(&place).contains("objected: rule on it"), "{}", tasks(&place));
}
