//! Input by HTTP push, and the file ledger.
//!
//! | Request | Body | Answer |
//! |---|---|---|
//! | `POST /cpr` | an extract, `text/plain` or `application/octet-stream` | 202 receipt |
//! | `POST /eindkomst` | an answer, `application/xml`, `text/xml` or `application/soap+xml` | 202 receipt |
//! | `POST /case-commands` | one command as `application/json`, or one a line as `application/x-ndjson` | 202 receipt; 422 with every fault, and then nothing of it has effect |
//! | `POST /cpr?replaces=SHA256`, the same for the others | the file in the stead of a held one | 202 receipt |
//! | `GET /files?after=SHA256` | | a page of the ledger |
//! | `POST /files/{sha256}/release`, `POST /files/{sha256}/discard` | | 200 receipt |
//! | `POST /dead-letters/{refusal}/discard` | | 204: a refused line has been seen to |
//!
//! The pointers of a body with one command a line begin with the number of the line, counted from 0.
//!
//! Every request carries `Authorization: Bearer …`. Errors are problem details (RFC 9457). The same content again is
//! answered with the receipt of the first time and has no effect.

mod answer;
mod guard;
mod problem;
mod push;

pub use problem::Problem;

use crate::Intake;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use domain::Day;
use futures::future::BoxFuture;
use secrecy::SecretString;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

/// The largest body, in bytes: a daily extract of the largest municipality has under 20 MiB. What is larger goes
/// through a drop directory, which needs no memory for it.
pub const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What the routes need.
#[derive(Clone)]
pub struct HttpConfig {
    /// The file ledger. One request at a time takes a file.
    pub intake: Arc<Mutex<Intake>>,
    /// The token that callers must show: at least 16 characters.
    pub token: SecretString,
    /// The day on which what comes now is taken.
    pub today: Arc<dyn Fn() -> Day + Send + Sync>,
    /// The largest body, in bytes; [`BODY_BYTES_MAX`] unless there is a reason.
    pub body_bytes_max: usize,
}

/// The token is too short to keep anybody out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token for pushing to intake has fewer than 16 characters; make a longer one")]
pub struct WeakToken;

/// Serves the routes until `stopped`; requests under way are finished.
pub fn serve(
    listener: TcpListener,
    router: Router,
    stopped: BoxFuture<'static, ()>,
) -> BoxFuture<'static, std::io::Result<()>> {
    Box::pin(axum::serve(listener, router).with_graceful_shutdown(stopped).into_future())
}

/// The routes above.
pub fn router(config: HttpConfig) -> Result<Router, WeakToken> {
    let token = guard::Token::new(&config.token).ok_or(WeakToken)?;
    Ok(Router::new()
        .route("/cpr", post(push::cpr))
        .route("/eindkomst", post(push::eindkomst))
        .route("/case-commands", post(push::case_commands))
        .route("/files", get(answer::files))
        .route("/files/{sha256}/release", post(answer::release))
        .route("/files/{sha256}/discard", post(answer::discard))
        .route("/dead-letters/{refusal}/discard", post(answer::discard_refused))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(middleware::map_response(problem::of_framework))
        .layer(DefaultBodyLimit::max(config.body_bytes_max))
        .layer(middleware::from_fn_with_state(token, guard::guard))
        .with_state(config))
}

#[cfg(test)]
mod tests;
