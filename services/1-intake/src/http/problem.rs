//! Problem details (RFC 9457).

use crate::Error;
use crate::commands::CommandFault;
use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// The content type of a problem.
const PROBLEM: &str = "application/problem+json";

/// What is wrong with a request. Holds no value of the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Always `about:blank`: the status tells the type.
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    /// What is wrong and what to do.
    detail: String,
    /// Every fault with a JSON pointer into the body.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<CommandFault>,
}

impl Problem {
    /// A problem with one sentence.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        Self {
            kind: "about:blank",
            title,
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// The same problem with its faults.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<CommandFault>) -> Self {
        self.errors = errors;
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, [(header::CONTENT_TYPE, PROBLEM)], Json(self)).into_response()
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::NoFile(_) | Error::NoRefusal => StatusCode::NOT_FOUND,
            Error::NotHeld(_)
            | Error::NotReleasable(_)
            | Error::SameContent(_)
            | Error::OtherKind { .. }
            | Error::OtherExtract { .. }
            | Error::TakenAlready(_) => StatusCode::CONFLICT,
            Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if status.is_server_error() {
            tracing::error!(error = &error as &dyn std::error::Error, "a pushed file could not be taken");
            // What lies where on this machine is none of the sender's business.
            return Self::new(
                status,
                "it could not be taken; send it again, and ask the operator if it lasts",
            );
        }
        Self::new(status, error.to_string())
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the body is too large; split it, or use a drop directory",
            ),
            status => Self::new(status, "the body could not be read to its end; send it again"),
        }
    }
}

/// Turns an error that the framework has answered, in words that may repeat the request, into a problem.
pub(super) async fn of_framework(response: Response) -> Response {
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM);
    if is_problem || !(response.status().is_client_error() || response.status().is_server_error()) {
        return response;
    }
    let detail = match response.status() {
        StatusCode::BAD_REQUEST => {
            "the path or the query cannot be read: each name once, and no other than documented"
        }
        status => status.canonical_reason().unwrap_or("it could not be done"),
    };
    Problem::new(response.status(), detail).into_response()
}

/// 404 for what is no route.
pub(super) async fn not_found() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "there are /cpr, /eindkomst, /case-commands, /files, /files/{sha256}/release, /files/{sha256}/discard and \
         /dead-letters/{refusal}/discard",
    )
}

/// 405 for a route with another method.
pub(super) async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "files are pushed and released with POST, the ledger is read with GET",
    )
}
