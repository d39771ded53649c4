//! What operators see: probes, metrics and traces.

use super::world::World;
use crate::{Health, Monitor, WorkerConfig, telemetry};
use ::messages::{Topic, header};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

async fn get(url: &str) -> (u16, String) {
    let response = reqwest::get(url).await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn probes_and_metrics_tell_how_a_worker_stands() {
    let mut world = World::new(2).await;
    world.config = WorkerConfig { reclaim_after: Duration::from_secs(60), ..WorkerConfig::live() };
    for (key, title) in [("a", "one"), ("a", "call 1 0"), ("b", "poison"), ("b", "two")] {
        world.say(key, title).await;
    }
    let monitor = Monitor::default();
    let health = Health::bind(([127, 0, 0, 1], 0).into(), &monitor).await.unwrap();
    let at = format!("http://{}", health.address().unwrap());
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(health.serve(shutdown.clone()));
    assert_eq!(get(&format!("{at}/ready")).await.0, 503, "before the first step");

    let mut worker = world.tape_worker();
    worker.watch(&monitor);
    let running = tokio::spawn(Box::new(worker).run(shutdown.clone()));
    while world.track("a").await.len() < 3 || get(&format!("{at}/ready")).await.0 != 200 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(get(&format!("{at}/live")).await, (200, "live\n".to_owned()));
    let metrics = get(&format!("{at}/metrics")).await.1;
    for line in [
        "rettidig_inputs_decided_total{stage=\"tape\",topic=\"alerts\"} 2",
        "rettidig_inputs_decided_total{stage=\"tape\",topic=\"outcome\"} 1",
        "rettidig_inputs_refused_total{stage=\"tape\",topic=\"alerts\"} 1",
        "rettidig_inputs_parked_total{stage=\"tape\",topic=\"alerts\"} 1",
        "rettidig_messages_out_total{stage=\"tape\",topic=\"dead-letters\"} 4",
        "rettidig_calls_total{stage=\"tape\",outcome=\"ended\"} 1",
        "# TYPE rettidig_commit_seconds histogram",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }

    // Another process takes a partition over.
    world.tape_store.claim(0).await.unwrap();
    world.tape_store.claim(1).await.unwrap();
    world.say("a", "three").await;
    let ready = loop {
        let (status, ready) = get(&format!("{at}/ready")).await;
        if status == 503 {
            break ready;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert!(ready.contains("another process has written to it"), "{ready}");
    shutdown.cancel();
    running.await.unwrap().unwrap();
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn gauges_show_what_waits() {
    let mut world = World::new(1).await;
    world.config = WorkerConfig::live();
    for (key, title) in [("b", "poison"), ("b", "two"), ("a", "wake t 2026-01-09")] {
        world.say(key, title).await;
    }
    let mut worker = world.tape_worker();
    while worker.step().await.unwrap() {}
    worker.measure().await.unwrap();
    let metrics = worker.monitor.text().unwrap();
    for line in [
        "rettidig_parked_keys{stage=\"tape\",partition=\"0\"} 1",
        "rettidig_parked_inputs{stage=\"tape\",partition=\"0\"} 1",
        "rettidig_dead_letters_open{stage=\"tape\",partition=\"0\"} 1",
        "rettidig_timers{stage=\"tape\",partition=\"0\"} 1",
        "rettidig_position{stage=\"tape\",topic=\"alerts\",partition=\"0\"} 3",
        "rettidig_lag_messages{stage=\"tape\",topic=\"alerts\",partition=\"0\"} 0",
        "rettidig_day{stage=\"tape\",partition=\"0\"} 20454",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
}

#[tokio::test]
async fn spans_are_exported_with_the_ids_that_stand_in_the_headers() {
    let received: Arc<Mutex<Vec<Value>>> = Arc::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}", listener.local_addr().unwrap());
    let into = Arc::clone(&received);
    let collect = move |Json(body): Json<Value>| {
        let into = Arc::clone(&into);
        async move {
            into.lock().unwrap().push(body);
            Json(serde_json::json!({}))
        }
    };
    let router = Router::new().route("/v1/traces", post(collect));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let telemetry = telemetry::export(Some(&at), "rettidig-test").unwrap();
    let world = World::new(1).await;
    world.say("traced-1", "one").await;
    world.say("traced-2", "poison").await;
    world.run().await;
    telemetry.finish().await;

    let sent = &world.records(Topic::DeadLetters).await[0];
    let parent = sent.header(header::TRACE_PARENT).unwrap();
    let spans: Vec<Value> = received
        .lock()
        .unwrap()
        .iter()
        .flat_map(|body| body["resourceSpans"][0]["scopeSpans"].as_array().unwrap().clone())
        .flat_map(|scope| scope["spans"].as_array().unwrap().clone())
        .collect();
    let of = |trace: &str| -> Vec<&Value> { spans.iter().filter(|span| span["traceId"] == trace).collect() };
    let trace = of(&parent[3..35]);
    let names: Vec<&str> = trace.iter().map(|span| span["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["process alerts", "process dead-letters"], "both stages are in one trace: {spans:?}");
    assert_eq!(trace[0]["spanId"], parent[36..52]);
    assert_eq!(trace[1]["parentSpanId"], parent[36..52]);
    let refused = &world.records(Topic::DeadLetters).await[1];
    let trace = of(&refused.header(header::TRACE_PARENT).unwrap()[3..35]);
    assert_eq!(trace[0]["status"]["message"], "poison");
}

#[tokio::test]
async fn settings_that_cannot_be_used_are_refused_by_name() {
    let options = telemetry::TelemetryOptions {
        log: "not=a=filter".to_owned(),
        log_format: telemetry::LogFormat::Json,
        otlp_endpoint: None,
    };
    let refused = telemetry::start(&options, "x").err().unwrap().to_string();
    assert!(refused.contains("RETTIDIG_LOG"), "{refused}");
    let refused = telemetry::export(Some("https://collector"), "x").err().unwrap().to_string();
    assert!(refused.contains("OTEL_EXPORTER_OTLP_ENDPOINT"), "{refused}");
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refused = Health::bind(taken.local_addr().unwrap(), &Monitor::default()).await.err().unwrap();
    assert!(refused.to_string().contains("RETTIDIG_HEALTH_BIND"), "{refused}");
}
