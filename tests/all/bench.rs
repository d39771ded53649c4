//! The figures of the bench fit together, on files and on the servers. How fast it was is no test.

use eventlog::kafka::KafkaConfig;
use rettidig::bench::{Backend, Report, Size, measure};

/// More than one partition, so that the stages' messages cross them.
const SIZE: Size = Size { households: 20, months: 1, seed: 7, partitions: 2, no_floor: false };

async fn measured(backend: Backend) -> Report {
    let place = tempfile::tempdir().unwrap();
    measure(&SIZE, &backend, place.path()).await.unwrap()
}

/// What holds on every backend and every machine.
fn check(report: &Report) {
    assert!(report.register_events > 50, "there is something to measure");
    assert_eq!(report.register_events, report.outcome.register_events, "as `run` counts them");
    assert!(report.outcome.documents > 0, "they went through to the ERP");
    assert_eq!((report.outcome.dead_letters, report.outcome.parked_keys), (0, 0));
    let floor = report.floor.as_ref().unwrap();
    assert_eq!((floor.missed, floor.unknown), (0, 0), "the floor has done all of it and nothing else");
    assert_eq!(report.real.rests, floor.measured.rests);
    for (real, idle) in report.real.parts.iter().zip(&floor.measured.parts) {
        assert_eq!((&real.name, real.inputs), (&idle.name, idle.inputs));
        let sent = |part: &rettidig::bench::Part| (part.traffic.published, part.traffic.published_bytes);
        assert_eq!(sent(real), sent(idle), "{}", real.name);
        assert!(real.inputs == 0 || real.traffic.commits > 0, "{}", real.name);
    }
    let part = |name: &str| report.real.parts.iter().find(|part| part.name == name).unwrap();
    assert!(part("routing").inputs >= report.register_events);
    assert!(part("assessment").inputs >= part("intake").traffic.published - report.register_events);
    for run in [&report.real, &floor.measured] {
        let events = run.events_per_s * run.elapsed_s;
        assert!((events.round() - f64::from(u32::try_from(report.register_events).unwrap())).abs() < 0.5);
        assert!(run.waited_s <= run.elapsed_s);
    }
    let ratio = report.real.events_per_s / floor.measured.events_per_s;
    assert!((ratio - floor.ratio).abs() < 1e-9);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_a_bench_on_files_fit_together() {
    check(&measured(Backend::Embedded).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_a_bench_on_kafka_and_postgresql_fit_together() {
    let kafka = KafkaConfig::new(tests::kafka_bootstrap());
    check(&measured(Backend::servers(kafka, tests::postgres_url())).await);
}
