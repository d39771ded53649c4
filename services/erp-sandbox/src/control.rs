//! The sandbox's own endpoints: its day and its faults. No part of the contract.

use crate::faults::{FaultKind, Faults};
use crate::http::{App, Sent, send};
use crate::problem::{FieldFault, Problem};
use crate::writer::{DayAnswer, Job};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::Day;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::oneshot;

/// `POST /sandbox/day`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDay {
    date: Day,
    /// Whether every document that falls due by then is paid.
    #[serde(default)]
    payments: bool,
}

/// The day as it is now.
#[derive(Serialize)]
pub(crate) struct DaySet {
    date: Day,
    /// How many ledger entries came.
    entries: i64,
}

pub(crate) async fn set_day(
    State(app): State<Arc<App>>,
    Sent { body: NewDay { date, payments }, .. }: Sent<NewDay>,
) -> Result<Json<DaySet>, Problem> {
    let (reply, answer) = oneshot::channel();
    send(&app, Job::Day { date, payments, reply })?;
    let conflict = |code: &str, detail: String| Err(Problem::new(StatusCode::CONFLICT, code, detail));
    match answer.await.map_err(|_| Problem::internal())? {
        DayAnswer::Set { entries } => Ok(Json(DaySet { date, entries })),
        DayAnswer::Back { current } => {
            conflict("day_back", format!("it is {current} already; a day never comes back"))
        }
        DayAnswer::TooFar { current, days_max } => {
            conflict("day_too_far", format!("it is {current}; at most {days_max} days ahead in one step"))
        }
        DayAnswer::Failed { why } => {
            let detail = format!("the ERP failed: {why}; set the day again");
            Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail))
        }
    }
}

/// How many faults were added or lifted.
#[derive(Serialize)]
pub(crate) struct FaultsChanged {
    faults: usize,
}

pub(crate) async fn add_faults(
    State(app): State<Arc<App>>,
    Sent { body: faults, .. }: Sent<Faults>,
) -> Result<Json<FaultsChanged>, Problem> {
    let refusals = faults.refusals();
    if !refusals.is_empty() {
        let errors = refusals.into_iter().map(|(pointer, detail)| FieldFault::new(pointer, detail)).collect();
        return Err(Problem::invalid_body(errors));
    }
    let (reply, answer) = oneshot::channel();
    send(&app, Job::AddFaults { faults, reply })?;
    changed(answer).await
}

pub(crate) async fn lift_faults(
    State(app): State<Arc<App>>,
    Path(kind): Path<String>,
) -> Result<Json<FaultsChanged>, Problem> {
    let Some(kind) = FaultKind::ALL.into_iter().find(|known| known.name() == kind) else {
        let kinds = FaultKind::ALL.map(FaultKind::name).join(", ");
        return Err(Problem::new(StatusCode::NOT_FOUND, "unknown_fault", format!("the kinds are {kinds}")));
    };
    let (reply, answer) = oneshot::channel();
    send(&app, Job::LiftFaults { kind, reply })?;
    changed(answer).await
}

async fn changed(answer: oneshot::Receiver<Option<usize>>) -> Result<Json<FaultsChanged>, Problem> {
    let faults = answer.await.ok().flatten().ok_or_else(Problem::internal)?;
    Ok(Json(FaultsChanged { faults }))
}
