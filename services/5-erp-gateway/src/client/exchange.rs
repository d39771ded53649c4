//! One request and its answer.

use crate::call::{ErpOutcome, Trouble};
use crate::wire;
use reqwest::{RequestBuilder, Response, header};
use std::time::Duration;

/// An answer of the ERP.
#[derive(Debug)]
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) status: u16,
    /// How long the ERP wants us to stay away, in milliseconds.
    pub(super) retry_after_ms: Option<u64>,
    /// The body, within its limit.
    pub(super) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// Nothing was sent.
    NotSent { trouble: Trouble, after_ms: Option<u64> },
    /// Something was sent, and nobody knows what became of it.
    Lost(Trouble),
}

/// The longest that an ERP can keep us away at once, in seconds. It may ask for longer, and is asked again instead: a
/// wrong figure in its answer must not stop the invoicing of a day.
const RETRY_AFTER_S_MAX: u64 = 900;

impl Answer {
    /// Whether the ERP itself says that it has not processed the request: 503 with a problem of the contract. A proxy's
    /// own 503 says nothing of the kind.
    pub(super) fn is_clear_refusal(&self) -> bool {
        self.status == 503 && wire::problem(&self.body).is_some()
    }
}

impl NoAnswer {
    pub(super) fn not_sent(trouble: Trouble, wait: Duration) -> Self {
        Self::NotSent { trouble, after_ms: u64::try_from(wait.as_millis()).ok() }
    }
}

impl From<NoAnswer> for ErpOutcome {
    fn from(no_answer: NoAnswer) -> Self {
        match no_answer {
            NoAnswer::NotSent { trouble, after_ms } => Self::NotTaken { trouble, after_ms },
            NoAnswer::Lost(trouble) => Self::Unknown { trouble, after_ms: None },
        }
    }
}

/// Makes the request and reads at most so many bytes of the answer.
pub(super) async fn make(request: RequestBuilder, bytes_max: usize) -> Result<Answer, NoAnswer> {
    let mut response = request.send().await.map_err(|error| no_answer(&error))?;
    let status = response.status().as_u16();
    let retry_after_ms = retry_after_ms(&response);
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| NoAnswer::Lost(lost(&error)))? {
        if body.len() + chunk.len() > bytes_max {
            return Err(NoAnswer::Lost(Trouble::AnswerTooLarge));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, retry_after_ms, body })
}

/// Only a connection that never came about tells that nothing was sent.
fn no_answer(error: &reqwest::Error) -> NoAnswer {
    if error.is_connect() {
        NoAnswer::NotSent { trouble: Trouble::NotConnected, after_ms: None }
    } else {
        NoAnswer::Lost(lost(error))
    }
}

fn lost(error: &reqwest::Error) -> Trouble {
    if error.is_timeout() { Trouble::Timeout } else { Trouble::BrokenConnection }
}

/// `Retry-After` in whole seconds, as in the contract. Anything else is as good as none: our own back-off holds.
fn retry_after_ms(response: &Response) -> Option<u64> {
    let seconds: u64 = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(seconds.min(RETRY_AFTER_S_MAX) * 1_000)
}
