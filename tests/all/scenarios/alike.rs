//! The same input ends alike on files and on Apache Kafka and PostgreSQL, to the last document, finding and determination.

use super::Backend;
use super::place::Place;
use super::year::Year;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_year_ends_alike_on_both_backends() {
    let year = Year::to("2023-05");
    let mut left = Vec::new();
    for backend in [Backend::Embedded, Backend::Servers] {
        let place = Place::on(backend).await;
        year.input.write(&place.input());
        place.run("2023-06-20", "{kind: drop, share: 0.1}, {kind: lapse, share: 0.5, from: 2023-04}").await;
        left.push(place.left().await);
    }
    left[1].assert_same(&left[0]);
    assert!(!left[0].findings.is_empty() && !left[0].faults.is_empty(), "the faults have hit");
}
