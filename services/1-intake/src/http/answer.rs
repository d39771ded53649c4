//! Receipts and the ledger.

use super::{HttpConfig, Problem};
use crate::Error;
use crate::intake::Taken;
use crate::ledger::{FileEntry, FileState, Hold};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

/// How many entries a page of the ledger has at most.
const PAGE_MAX: usize = 200;

/// What came of a pushed file.
#[derive(Debug, Serialize)]
pub(super) struct Receipt {
    sha256: String,
    state: &'static str,
    /// Whether the content had been taken before.
    duplicate: bool,
    /// How many items were read: messages, refusals and remarks.
    records: u64,
    accepted: u64,
    refused: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<Hold>,
}

impl From<Taken> for Receipt {
    fn from(Taken { entry, duplicate }: Taken) -> Self {
        let (records, accepted, refused) = (entry.items_done, entry.accepted(), entry.refused);
        let (state, held) = match entry.state {
            FileState::Receiving => ("receiving", None),
            FileState::Accepted => ("accepted", None),
            FileState::Held(hold) => ("held", Some(hold)),
            FileState::Replaced { .. } => ("replaced", None),
            FileState::Discarded => ("discarded", None),
        };
        Self { sha256: entry.sha256, state, duplicate, records, accepted, refused, held }
    }
}

#[derive(Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Files {
    files: Vec<FileEntry>,
    /// Give it as `after` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// `GET /files`.
pub(super) async fn files(
    State(config): State<HttpConfig>,
    Query(After { after }): Query<After>,
) -> Result<Json<Files>, Problem> {
    let files = config.intake.lock().await.files(after.as_deref(), PAGE_MAX).await?;
    let next = files.last().filter(|_| files.len() == PAGE_MAX).map(|entry| entry.sha256.clone());
    Ok(Json(Files { files, next }))
}

/// `POST /dead-letters/{refusal}/discard`.
pub(super) async fn discard_refused(
    State(config): State<HttpConfig>,
    Path(refusal): Path<String>,
) -> Result<StatusCode, Problem> {
    let day = (config.today)();
    let was_open = config.intake.lock().await.discard_refused(&refusal, day).await?;
    if was_open { Ok(StatusCode::NO_CONTENT) } else { Err(Error::NoRefusal.into()) }
}

/// `POST /files/{sha256}/discard`.
pub(super) async fn discard(
    State(config): State<HttpConfig>,
    Path(sha256): Path<String>,
) -> Result<Json<Receipt>, Problem> {
    let day = (config.today)();
    let taken = config.intake.lock().await.discard(&sha256, day).await?;
    Ok(Json(taken.into()))
}

/// `POST /files/{sha256}/release`.
pub(super) async fn release(
    State(config): State<HttpConfig>,
    Path(sha256): Path<String>,
) -> Result<Json<Receipt>, Problem> {
    let day = (config.today)();
    let taken = config.intake.lock().await.release(&sha256, day).await?;
    Ok(Json(taken.into()))
}
