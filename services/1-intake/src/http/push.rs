//! Files by POST.

use super::answer::Receipt;
use super::{HttpConfig, Problem};
use crate::commands::{CommandFault, parse};
use crate::kind::FileKind;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use domain::{Day, PersonSecret};
use serde::Deserialize;
use std::path::Path;

/// The most faults that one answer tells.
const FAULTS_MAX: usize = 100;

type Answer = Result<(StatusCode, Json<Receipt>), Problem>;
type Body = Result<Bytes, BytesRejection>;

#[derive(Deserialize)]
pub(super) struct Replaces {
    replaces: Option<String>,
}

/// `POST /cpr`.
pub(super) async fn cpr(
    state: State<HttpConfig>,
    query: Query<Replaces>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    one_of(&headers, &["text/plain", "application/octet-stream"])?;
    take(state.0, query.0, FileKind::Cpr, "push.cpr", &body?).await
}

/// `POST /eindkomst`.
pub(super) async fn eindkomst(
    state: State<HttpConfig>,
    query: Query<Replaces>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    one_of(&headers, &["application/xml", "text/xml", "application/soap+xml"])?;
    take(state.0, query.0, FileKind::Eindkomst, "push.xml", &body?).await
}

/// `POST /case-commands`. The sender is there to be told, so one bad command refuses the request and none has effect.
pub(super) async fn case_commands(
    state: State<HttpConfig>,
    query: Query<Replaces>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let kind = one_of(&headers, &["application/json", "application/x-ndjson"])?;
    let body = body?;
    let secret = state.0.intake.lock().await.config.secret.clone();
    let day = (state.0.today)();
    let lines = match kind {
        // One object may be written over several lines; as a file it is one.
        "application/json" => one_line(&secret, day, &body)?,
        _ => {
            every_line(&secret, day, &body)?;
            body.to_vec()
        }
    };
    take(state.0, query.0, FileKind::CaseCommands, "push.jsonl", &lines).await
}

fn one_line(secret: &PersonSecret, came_on: Day, body: &[u8]) -> Result<Vec<u8>, Problem> {
    parse(secret, came_on, body).map_err(|faults| refused(faults.len(), faults))?;
    // In JSON a line end can only stand between tokens.
    Ok(body.iter().map(|b| if matches!(b, b'\r' | b'\n') { b' ' } else { *b }).collect())
}

fn every_line(secret: &PersonSecret, came_on: Day, body: &[u8]) -> Result<(), Problem> {
    // Counted to the end, kept up to the limit: a body of bad lines must not grow in memory.
    let mut faults = Vec::new();
    let (mut commands, mut found) = (0, 0);
    for (number, line) in body.split(|b| *b == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        commands += 1;
        let of_line = parse(secret, came_on, line).err().unwrap_or_default();
        found += of_line.len();
        let room = FAULTS_MAX.saturating_sub(faults.len());
        let named =
            |fault: CommandFault| CommandFault::new(format!("/{number}{}", fault.pointer), fault.detail);
        faults.extend(of_line.into_iter().take(room).map(named));
    }
    if commands == 0 {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "there is no command in the body"));
    }
    if found == 0 { Ok(()) } else { Err(refused(found, faults)) }
}

fn refused(found: usize, mut faults: Vec<CommandFault>) -> Problem {
    let detail = format!("{found} faults; nothing of the body has had effect: correct it and send it again");
    faults.truncate(FAULTS_MAX);
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).with_errors(faults)
}

/// The content type, if it is one of these.
fn one_of(headers: &HeaderMap, known: &[&'static str]) -> Result<&'static str, Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let given = given.split(';').next().unwrap_or_default().trim();
    known.iter().copied().find(|kind| given.eq_ignore_ascii_case(kind)).ok_or_else(|| {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("the content type is one of {}", known.join(", ")),
        )
    })
}

async fn take(config: HttpConfig, query: Replaces, kind: FileKind, name: &str, body: &[u8]) -> Answer {
    let day = (config.today)();
    let mut intake = config.intake.lock().await;
    let sha256 = intake.evidence.put(Path::new(name), body)?;
    let taken = match query.replaces {
        Some(held) => intake.replace_by_kept(&held, sha256, name, Some(kind), day).await?,
        None => intake.take_kept(sha256, name, Some(kind), day.into()).await?,
    };
    Ok((StatusCode::ACCEPTED, Json(taken.into())))
}
