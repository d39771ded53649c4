//! The one who talks to the ERP, as in `schemas/erp-claims.openapi.yaml`.

mod breaker;
mod exchange;
mod meaning;
mod rate;

pub use meaning::meaning_of;

use crate::call::{ErpCall, ErpOutcome, Trouble};
use crate::tls::Tls;
use crate::wire::Request;
use crate::{Error, Gateway};
use breaker::Breaker;
use domain::CommandId;
use exchange::{Answer, NoAnswer};
use messages::InvoiceCommand;
use rate::RateLimit;
use reqwest::{RequestBuilder, Url, header};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use tokio::time::Instant;

/// The largest answer about an order, in bytes: a receipt or a problem of a few hundred, generously.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// The largest page of the ledger, in bytes: a thousand entries of four kilobytes.
const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How the ERP is reached. Made by [`crate::ErpConfig::validate`].
#[derive(Debug, Clone)]
pub struct Connection {
    /// Where it is.
    pub url: Url,
    /// What we show it.
    pub token: SecretString,
    /// By what we know it, and by what it knows us.
    pub tls: Tls,
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// How long a call may take in all once it is its turn.
    pub timeout: Duration,
    /// Calls a second, at least 1.
    pub rate_per_second: u32,
    /// Calls at once after a pause, at least 1.
    pub rate_burst: u32,
    /// So many failures in a row open the circuit.
    pub breaker_failures: u32,
    /// How long it stays open.
    pub breaker_open: Duration,
    /// Entries a page, 1-1,000.
    pub page_entries: u32,
    /// The day of the month on which a subscription's documents fall due, 1-28.
    pub due_day: u8,
}

/// A client of the ERP. It makes each call once: what is to be tried again is planned in the gateway's state, where a
/// restart does not lose it. A call ends within twice the total timeout: once to wait for its turn, once to be made.
#[derive(Debug)]
pub struct ErpClient {
    http: reqwest::Client,
    connection: Connection,
    rate: RateLimit,
    breaker: Breaker,
}

impl ErpClient {
    /// Builds the client; connects to nothing yet. Proxies of the environment are not used, redirects are not followed:
    /// personal numbers go where the configuration says and nowhere else.
    pub fn new(connection: Connection) -> Result<Self, Error> {
        #[cfg(feature = "tls")]
        // Whoever came first in this process has chosen for all; that is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .user_agent("rettidig")
            .connect_timeout(connection.connect_timeout)
            .timeout(connection.timeout)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy();
        let http = connection.tls.apply(http).build().map_err(Error::Client)?;
        let rate = RateLimit::new(connection.rate_per_second, connection.rate_burst, Instant::now());
        let breaker = Breaker::new(connection.breaker_failures, connection.breaker_open);
        Ok(Self { http, connection, rate, breaker })
    }

    async fn post(&self, command: &InvoiceCommand) -> ErpOutcome {
        let Ok(Request { path, body }) = Request::of(command, self.connection.due_day) else {
            return meaning::unsendable();
        };
        let Ok(key) = header::HeaderValue::from_str(command.command.as_str()) else {
            return meaning::unsendable();
        };
        let request = self
            .http
            .post(self.place(path.iter().map(String::as_str)))
            .header("idempotency-key", key)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
        match self.exchange(request, ANSWER_BYTES_MAX).await {
            Ok(answer) => meaning::of_post(&answer, &command.command),
            Err(no_answer) => no_answer.into(),
        }
    }

    async fn query(&self, command: &CommandId) -> ErpOutcome {
        let request = self.http.get(self.place(["commands", command.as_str()]));
        match self.exchange(request, ANSWER_BYTES_MAX).await {
            Ok(answer) => meaning::of_query(&answer, command),
            Err(no_answer) => no_answer.into(),
        }
    }

    async fn ledger(&self, after: u64) -> ErpOutcome {
        let mut place = self.place(["ledger"]);
        place
            .query_pairs_mut()
            .append_pair("after", &after.to_string())
            .append_pair("limit", &self.connection.page_entries.to_string());
        match self.exchange(self.http.get(place), PAGE_BYTES_MAX).await {
            Ok(answer) => meaning::of_page(&answer, after),
            Err(no_answer) => no_answer.into(),
        }
    }

    /// Waits for its turn, makes the call and reads the answer.
    async fn exchange(&self, request: RequestBuilder, bytes_max: usize) -> Result<Answer, NoAnswer> {
        match self.rate.take(Instant::now(), self.connection.timeout) {
            Ok(wait) => tokio::time::sleep(wait).await,
            Err(wait) => return Err(NoAnswer::not_sent(Trouble::RateLimited, wait)),
        }
        if let Err(wait) = self.breaker.admit(Instant::now()) {
            return Err(NoAnswer::not_sent(Trouble::BreakerOpen, wait));
        }
        let request = request
            .header(header::ACCEPT, "application/json, application/problem+json")
            .bearer_auth(self.connection.token.expose_secret());
        let answer = exchange::make(request, bytes_max).await;
        let healthy = answer.as_ref().is_ok_and(|answer| answer.status < 500 || answer.is_clear_refusal());
        self.breaker.report(Instant::now(), healthy);
        answer
    }

    /// The place under the base URL; ids are percent-encoded.
    fn place<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.connection.url.clone();
        // An http or https URL, which the configuration asserts, always has path segments.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }
}

#[async_trait::async_trait]
impl runtime::Caller<Gateway> for ErpClient {
    async fn call(&self, _key: &str, id: &str, request: ErpCall) -> ErpOutcome {
        let begun = Instant::now();
        let outcome = match &request {
            ErpCall::Post(command) => self.post(command).await,
            ErpCall::Query(command) => self.query(command).await,
            ErpCall::ReadLedger { after } => self.ledger(*after).await,
        };
        log(id, &outcome, begun.elapsed());
        outcome
    }
}

fn log(id: &str, outcome: &ErpOutcome, took: Duration) {
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    match outcome {
        ErpOutcome::NotTaken { trouble, .. } | ErpOutcome::Unknown { trouble, .. } => {
            let code = trouble.code();
            tracing::warn!(
                call.id = id,
                duration_ms,
                trouble = code,
                "a call to the ERP had no clear answer: {trouble}"
            );
        }
        ErpOutcome::Rejected { code, .. } => {
            tracing::info!(call.id = id, duration_ms, erp.code = code, "the ERP has rejected an order");
        }
        ErpOutcome::Accepted { .. } | ErpOutcome::NotKnown | ErpOutcome::Page(_) => {
            tracing::debug!(call.id = id, duration_ms, "the ERP has answered");
        }
    }
}

#[cfg(test)]
mod tests;
