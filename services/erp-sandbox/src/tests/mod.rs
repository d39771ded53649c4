//! The sandbox over real HTTP.

mod billing;
mod contract;
mod control;
mod faults;
mod lapse;
mod restart;

use crate::{Faults, RunningSandbox, Sandbox, SandboxConfig};
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;

const TOKEN: &str = "a-token-of-the-tests";
const PAYER_KEY: &str = "per_0123456789abcdef0123456789abcdef";

/// A running sandbox and its client.
struct Erp {
    dir: TempDir,
    running: RunningSandbox,
    client: reqwest::Client,
}

impl Erp {
    async fn start(faults: &str) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), faults).await
    }

    /// Starts on an existing data directory.
    async fn start_in(dir: TempDir, faults: &str) -> Self {
        let running = Sandbox::start(SandboxConfig {
            data_dir: dir.path().join("erp"),
            bind: "127.0.0.1:0".parse().unwrap(),
            token: Some(SecretString::from(TOKEN)),
            faults: Faults::parse(&format!("seed: 7\nfaults: [{faults}]")).unwrap(),
            faults_log: Some(dir.path().join("faults.jsonl")),
        });
        Self { running: running.await.unwrap(), dir, client: reqwest::Client::new() }
    }

    async fn stop(self) -> TempDir {
        self.running.shutdown().await.unwrap();
        self.dir
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.running.base_url())).bearer_auth(TOKEN)
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> (StatusCode, Value) {
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// Posts a command under its own key.
    async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let key = body["command_id"].as_str().unwrap();
        self.send(self.request(Method::POST, path).header("Idempotency-Key", key).json(body)).await
    }

    /// Posts a command that is to be accepted.
    async fn accepted(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.post(path, body).await;
        assert_eq!(status, StatusCode::CREATED, "{path}: {answer}");
        answer
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.send(self.request(Method::GET, path)).await
    }

    async fn day(&self, date: &str) -> Value {
        let (status, answer) = self.control(Method::POST, "day", &json!({ "date": date })).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }

    async fn control(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        self.send(self.request(method, &format!("/sandbox/{path}")).json(body)).await
    }

    /// The whole ledger, read in small pages.
    async fn ledger(&self) -> Vec<Value> {
        let (mut entries, mut after) = (Vec::new(), 0);
        loop {
            let (status, page) = self.get(&format!("/ledger?after={after}&limit=7")).await;
            assert_eq!(status, StatusCode::OK);
            entries.extend(page["entries"].as_array().unwrap().iter().cloned());
            after = page["next"].as_i64().unwrap();
            if page["more"] == false {
                return entries;
            }
        }
    }

    async fn entries(&self, kind: &str) -> Vec<Value> {
        self.ledger().await.into_iter().filter(|entry| entry["kind"] == kind).collect()
    }

    async fn documents(&self) -> Vec<Value> {
        self.entries("document").await
    }

    /// The faults log.
    fn log(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.dir.path().join("faults.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn claim(number: u32) -> Value {
    json!({
        "command_id": format!("cmd_{number}"), "case": format!("C-{number}"), "authority": "0101",
        "charge_type": "dk-daycare/parental-payment", "payer": "2105440645", "payer_key": PAYER_KEY, "period": "2023-04",
        "amount": { "amount": "2137.00", "currency": "DKK" }, "due_on": "2023-04-01", "text": "Daginstitution",
    })
}

fn opening(number: u32, from: &str, valid_to: &str) -> Value {
    json!({
        "command_id": format!("cmd_open-{number}"), "subscription": format!("sub_{number}"),
        "case": format!("C-{number}"), "authority": "0101", "charge_type": "dk-daycare/parental-payment", "payer": "2105440645",
        "payer_key": PAYER_KEY, "from": from, "valid_to": valid_to,
        "amount": { "amount": "1000.00", "currency": "DKK" }, "due_day": 1,
    })
}

fn renewal(number: u32, valid_to: &str) -> Value {
    json!({ "command_id": format!("cmd_renew-{number}-{valid_to}"), "valid_to": valid_to })
}

fn field<'a>(entries: &'a [Value], name: &str) -> Vec<&'a str> {
    entries.iter().map(|entry| entry[name].as_str().unwrap()).collect()
}

fn amounts(documents: &[Value]) -> Vec<&str> {
    documents.iter().map(|document| document["amount"]["amount"].as_str().unwrap()).collect()
}
