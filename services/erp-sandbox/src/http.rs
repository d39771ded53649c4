//! The routes of the contract.

use crate::connection::Breaker;
use crate::contract::{self, Change, Claim, Closure, Opening, Order, Renewal};
use crate::decide::{Outcome, Record};
use crate::problem::Problem;
use crate::writer::{Answer, CommandJob, Job};
use crate::{body, control, store};
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use domain::{Day, SubscriptionId};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlite::{Database, rusqlite};
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
pub(crate) struct App {
    pub jobs: mpsc::Sender<Job>,
    /// For queries and ledger pages: they never wait for the writer.
    pub reads: Database,
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
pub(crate) fn router(app: App, token: Option<SecretString>) -> Router {
    let [claims, subscriptions, changes, renewals, closure, command, ledger] = PATHS;
    let routes = Router::new()
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
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    let routes = match token {
        Some(token) => routes.layer(middleware::from_fn_with_state(Arc::new(token), authorize)),
        None => routes,
    };
    routes.with_state(Arc::new(app))
}

async fn authorize(State(token): State<Arc<SecretString>>, request: Request, next: Next) -> Response {
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

async fn post_claim(
    State(app): State<Arc<App>>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    Sent { body, key }: Sent<Claim>,
) -> Result<Response, Problem> {
    command(&app, &breaker, key, Order::Claim(Box::new(body))).await
}

async fn open_subscription(
    State(app): State<Arc<App>>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    Sent { body, key }: Sent<Opening>,
) -> Result<Response, Problem> {
    command(&app, &breaker, key, Order::Open(Box::new(body))).await
}

async fn change_subscription(
    State(app): State<Arc<App>>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    Path(id): Path<String>,
    Sent { body, key }: Sent<Change>,
) -> Result<Response, Problem> {
    command(&app, &breaker, key, Order::Change(subscription(id)?, body)).await
}

async fn renew_subscription(
    State(app): State<Arc<App>>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    Path(id): Path<String>,
    Sent { body, key }: Sent<Renewal>,
) -> Result<Response, Problem> {
    command(&app, &breaker, key, Order::Renew(subscription(id)?, body)).await
}

async fn close_subscription(
    State(app): State<Arc<App>>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    Path(id): Path<String>,
    Sent { body, key }: Sent<Closure>,
) -> Result<Response, Problem> {
    command(&app, &breaker, key, Order::Close(subscription(id)?, body)).await
}

fn subscription(id: String) -> Result<SubscriptionId, Problem> {
    let id = SubscriptionId::parse(id).ok().filter(contract::is_subscription_id);
    id.ok_or_else(|| {
        Problem::new(StatusCode::BAD_REQUEST, "invalid_path", "the path holds no subscription id")
    })
}

/// A JSON body of the contract or of the control endpoint, and the idempotency key that came with it.
pub(crate) struct Sent<T> {
    pub body: T,
    key: Option<HeaderValue>,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, Problem> {
        let key = request.headers_mut().remove("idempotency-key");
        let json = is_json(request.headers().get(header::CONTENT_TYPE));
        let bytes = Bytes::from_request(request, state).await;
        if !json {
            let detail = "the content type is application/json";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail));
        }
        let bytes = bytes.map_err(|rejection| match rejection.status() {
            status @ StatusCode::PAYLOAD_TOO_LARGE => {
                Problem::new(status, "body_too_large", format!("a body has at most {BODY_BYTES_MAX} bytes"))
            }
            _ => Problem::new(StatusCode::BAD_REQUEST, "invalid_body", "the body did not arrive whole"),
        })?;
        Ok(Self { body: body::read(&bytes)?, key })
    }
}

fn is_json(content_type: Option<&HeaderValue>) -> bool {
    let media = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    media.eq_ignore_ascii_case("application/json")
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
    key: Option<HeaderValue>,
    order: Order,
) -> Result<Response, Problem> {
    let bad = |code: &str, detail: &str| Problem::new(StatusCode::BAD_REQUEST, code, detail);
    let Some(key) = key.as_ref().and_then(|value| value.to_str().ok()) else {
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

async fn query_command(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Response, Problem> {
    match app.reads.run(|connection| store::command_body(connection, &id)).map_err(failed)? {
        Some(body) => Ok(json(body)),
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

async fn read_ledger(
    State(app): State<Arc<App>>,
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
    Ok(json(app.reads.run(|connection| store::page(connection, after, limit)).map_err(failed)?))
}

/// Text that is JSON already.
fn json(text: String) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response()
}

fn failed(error: rusqlite::Error) -> Problem {
    tracing::error!(%error, "the ledger database does not read");
    Problem::internal()
}
