//! The routes of the contract.

use crate::connection::Breaker;
use crate::contract::{self, Change, Claim, Closure, Opening, Order, Renewal};
use crate::decide::{Outcome, Record};
use crate::problem::Problem;
use crate::writer::{Answer, CommandJob, Job};
use crate::{body, control};
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use domain::{Day, SubscriptionId};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sqlx::SqlitePool;
use std::sync::Arc;
use subtle::ConstantTimeEq;
use tokio::sync::{mpsc, oneshot};

/// Largest body, in bytes: the largest of the contract has under 2,000, a faults file some thousands.
const BODY_BYTES_MAX: usize = 65_536;

/// Entries on a ledger page unless the reader asks for another number.
const PAGE_ENTRIES: u32 = 500;

/// Most entries on a ledger page: about half a megabyte.
const PAGE_ENTRIES_MAX: u32 = 1_000;

/// What the routes share.
#[derive(Clone)]
pub(crate) struct App {
    pub jobs: mpsc::Sender<Job>,
    pub reads: SqlitePool,
    pub token: Option<Arc<SecretString>>,
}

/// The paths of the contract; a test compares them with the OpenAPI file.
pub(crate) const PATHS: [&str; 7] = [
    "/claims",
    "/subscriptions",
    "/subscriptions/{subscription}/changes",
    "/subscriptions/{subscription}/renewals",
    "/subscriptions/{subscription}/closure",
    "/commands/{command_id}",
    "/ledger",
];

/// All routes.
pub(crate) fn router(app: App) -> Router {
    let [claims, subscriptions, changes, renewals, closure, command, ledger] = PATHS;
    Router::new()
        .route(claims, post(post_claim))
        .route(subscriptions, post(open_subscription))
        .route(changes, post(change_subscription))
        .route(renewals, post(renew_subscription))
        .route(closure, post(close_subscription))
        .route(command, get(query_command))
        .route(ledger, get(read_ledger))
        .route("/sandbox/day", post(control::set_day))
        .route("/sandbox/faults", post(control::add_faults))
        .route("/sandbox/faults/{kind}", delete(control::lift_faults))
        .fallback(|| async {
            Problem::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this path")
        })
        .method_not_allowed_fallback(|| async {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "this path takes another method",
            )
        })
        .layer(middleware::from_fn_with_state(app.clone(), authorize))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(app)
}

async fn authorize(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(token) = &app.token else { return next.run(request).await };
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if bool::from(given.as_bytes().ct_eq(token.expose_secret().as_bytes())) {
        return next.run(request).await;
    }
    let detail = "send the header Authorization: Bearer TOKEN";
    let mut response = Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail).into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
    response
}

/// A request that carries a body, as it came in.
type Body = Result<Bytes, BytesRejection>;

async fn post_claim(
    State(app): State<App>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let claim: Claim = read(&headers, body)?;
    command(&app, &breaker, &headers, Order::Claim(Box::new(claim))).await
}

async fn open_subscription(
    State(app): State<App>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let opening: Opening = read(&headers, body)?;
    command(&app, &breaker, &headers, Order::Open(Box::new(opening))).await
}

async fn change_subscription(
    State(app): State<App>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let change: Change = read(&headers, body)?;
    command(&app, &breaker, &headers, Order::Change(subscription(id)?, change)).await
}

async fn renew_subscription(
    State(app): State<App>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let renewal: Renewal = read(&headers, body)?;
    command(&app, &breaker, &headers, Order::Renew(subscription(id)?, renewal)).await
}

async fn close_subscription(
    State(app): State<App>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let closure: Closure = read(&headers, body)?;
    command(&app, &breaker, &headers, Order::Close(subscription(id)?, closure)).await
}

fn subscription(id: String) -> Result<SubscriptionId, Problem> {
    let id = SubscriptionId::parse(id).ok().filter(contract::is_subscription_id);
    id.ok_or_else(|| {
        Problem::new(StatusCode::BAD_REQUEST, "invalid_path", "the path holds no subscription id")
    })
}

/// Reads a JSON body of the contract or of the control endpoint.
pub(crate) fn read<T: serde::de::DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Problem> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/json") {
        let detail = "the content type is application/json";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail));
    }
    let bytes = body.map_err(|rejection| match rejection.status() {
        status @ StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(status, "body_too_large", format!("a body has at most {BODY_BYTES_MAX} bytes"))
        }
        _ => Problem::new(StatusCode::BAD_REQUEST, "invalid_body", "the body did not arrive whole"),
    })?;
    body::read(&bytes)
}

#[derive(Serialize)]
struct Acceptance {
    command_id: String,
    receipt: String,
    received_at: Day,
}

async fn command(
    app: &App,
    breaker: &Breaker,
    headers: &HeaderMap,
    order: Order,
) -> Result<Response, Problem> {
    let bad = |code: &str, detail: &str| Problem::new(StatusCode::BAD_REQUEST, code, detail);
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok());
    let Some(key) = key else {
        return Err(bad("idempotency_key_missing", "send the header Idempotency-Key with the command_id"));
    };
    let faults = order.faults();
    if !faults.is_empty() {
        return Err(Problem::invalid_body(faults));
    }
    if key != order.command_id().as_str() {
        return Err(bad(
            "idempotency_key_differs",
            "the header Idempotency-Key is not the command_id of the body",
        ));
    }
    let fingerprint = order.fingerprint().map_err(|_| Problem::internal())?;
    let (reply, answer) = oneshot::channel();
    send(app, Job::Command(CommandJob { order, fingerprint, reply }))?;
    match answer.await.map_err(|_| Problem::internal())? {
        Answer::Recorded { record, before, breaks } => {
            if breaks {
                breaker.break_off();
            }
            recorded(record, before)
        }
        Answer::Conflict => {
            let detail =
                "this command_id came with another body before; an order that differs has another id";
            Err(Problem::new(StatusCode::CONFLICT, "idempotency_conflict", detail))
        }
        Answer::NoDay => {
            let detail = "the sandbox has no day yet: POST /sandbox/day first; nothing is recorded";
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no_day", detail))
        }
        Answer::Failed => Err(Problem::internal()),
    }
}

fn recorded(record: Record, before: bool) -> Result<Response, Problem> {
    let Record { command_id, outcome, received_at } = record;
    match outcome {
        Outcome::Accepted { receipt } => {
            let status = if before { StatusCode::OK } else { StatusCode::CREATED };
            Ok((status, Json(Acceptance { command_id, receipt, received_at })).into_response())
        }
        Outcome::Rejected { code, detail } => {
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail))
        }
    }
}

/// Hands a job to the writer, or tells the caller to come again.
pub(crate) fn send(app: &App, job: Job) -> Result<(), Problem> {
    app.jobs.try_send(job).map_err(|error| match error {
        mpsc::error::TrySendError::Full(_) => {
            let detail = "too many commands wait; come again with the same key";
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail)
        }
        mpsc::error::TrySendError::Closed(_) => Problem::stopping(),
    })
}

async fn query_command(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    let body: Option<String> = sqlx::query_scalar("SELECT body FROM commands WHERE command_id = ?")
        .bind(id)
        .fetch_optional(&app.reads)
        .await
        .map_err(|error| failed(&error))?;
    match body {
        Some(body) => Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response()),
        None => {
            let detail = "the ERP has not recorded a command of this id";
            Err(Problem::new(StatusCode::NOT_FOUND, "unknown_command", detail))
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageQuery {
    after: Option<u64>,
    limit: Option<u32>,
}

#[derive(Serialize)]
struct Page {
    entries: Vec<Box<RawValue>>,
    next: i64,
    more: bool,
}

async fn read_ledger(
    State(app): State<App>,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let invalid = || {
        let detail = format!(
            "after is a number from 0, limit one from 1 to {PAGE_ENTRIES_MAX}; nothing else is known"
        );
        Problem::new(StatusCode::BAD_REQUEST, "invalid_query", detail)
    };
    let Query(PageQuery { after, limit }) = query.map_err(|_| invalid())?;
    let after = i64::try_from(after.unwrap_or(0)).map_err(|_| invalid())?;
    let limit = limit.unwrap_or(PAGE_ENTRIES);
    if !(1..=PAGE_ENTRIES_MAX).contains(&limit) {
        return Err(invalid());
    }
    let mut rows: Vec<(i64, String)> =
        sqlx::query_as("SELECT seq, body FROM ledger WHERE seq > ? ORDER BY seq LIMIT ?")
            .bind(after)
            .bind(i64::from(limit) + 1)
            .fetch_all(&app.reads)
            .await
            .map_err(|error| failed(&error))?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().map_or(after, |(seq, _)| *seq);
    let entries = rows.into_iter().map(|(_, body)| RawValue::from_string(body)).collect::<Result<_, _>>();
    let entries = entries.map_err(|_| Problem::internal())?;
    Ok(Json(Page { entries, next, more }).into_response())
}

fn failed(error: &sqlx::Error) -> Problem {
    tracing::error!(%error, "the ledger database does not read");
    Problem::internal()
}
