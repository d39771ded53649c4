//! The sandbox's own endpoints.

use super::*;

#[tokio::test]
async fn faults_are_added_and_lifted_while_it_runs() {
    let erp = Erp::start("").await;
    erp.day("2023-03-20").await;
    let faults = json!({ "seed": 1, "faults": [{ "kind": "drop" }] });
    assert_eq!(erp.control(Method::POST, "faults", &faults).await, (StatusCode::OK, json!({ "faults": 1 })));
    erp.accepted("/claims", &claim(1)).await;
    let lifted = erp.control(Method::DELETE, "faults/drop", &json!({})).await;
    assert_eq!(lifted, (StatusCode::OK, json!({ "faults": 1 })));
    erp.accepted("/claims", &claim(2)).await;
    assert_eq!(field(&erp.documents().await, "case"), ["C-2"]);
}

#[tokio::test]
async fn unknown_faults_are_refused_by_name() {
    let erp = Erp::start("").await;
    let (status, problem) = erp.control(Method::DELETE, "faults/vanish", &json!({})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(problem["detail"].as_str().unwrap().contains("timeout_after_post"));
    let faults = json!({ "seed": 1, "faults": [{ "kind": "drop", "count": 0 }] });
    let (status, problem) = erp.control(Method::POST, "faults", &faults).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (StatusCode::BAD_REQUEST, &json!("/faults/0")));
    let faults = json!({ "seed": 1, "faults": [{ "kind": "vanish" }] });
    let (_, problem) = erp.control(Method::POST, "faults", &faults).await;
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("vanish"), "{problem}");
}

#[tokio::test]
async fn without_a_token_only_a_loopback_address_is_listened_on() {
    let dir = tempfile::tempdir().unwrap();
    let config = SandboxConfig {
        data_dir: dir.path().to_owned(),
        bind: "0.0.0.0:0".parse().unwrap(),
        token: None,
        faults: Faults::default(),
        faults_log: None,
    };
    assert!(Sandbox::start(config).await.unwrap_err().to_string().contains("token"));
}

#[tokio::test]
async fn who_comes_while_too_many_wait_is_told_to_come_again() {
    use axum::response::IntoResponse;
    let (jobs, _nobody_works) = tokio::sync::mpsc::channel(1);
    let dir = tempfile::tempdir().unwrap();
    let app = crate::http::App { jobs, reads: crate::store::connect(dir.path()).unwrap() };
    let job = || {
        let (reply, _) = tokio::sync::oneshot::channel();
        crate::writer::Job::LiftFaults { kind: crate::FaultKind::Drop, reply }
    };
    crate::http::send(&app, job()).unwrap();
    let answer = crate::http::send(&app, job()).unwrap_err().into_response();
    assert_eq!(
        (answer.status(), &answer.headers()["retry-after"]),
        (StatusCode::TOO_MANY_REQUESTS, &"1".parse().unwrap())
    );
}
