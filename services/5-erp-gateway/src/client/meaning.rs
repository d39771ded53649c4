//! What an answer means. Only what the contract says plainly counts; everything else is unknown.

use super::exchange::Answer;
use crate::call::{ErpCall, ErpOutcome, Trouble};
use crate::wire::{self, Acceptance, CommandStatus, LedgerPage};
use domain::CommandId;

/// What an answer with this status and body to a call means.
pub fn meaning_of(asked: &ErpCall, status: u16, body: Vec<u8>) -> ErpOutcome {
    let answer = Answer { status, retry_after_ms: None, body };
    match asked {
        ErpCall::Post(command) => of_post(&answer, &command.command),
        ErpCall::Query(command) => of_query(&answer, command),
        ErpCall::ReadLedger { after } => of_page(&answer, *after),
    }
}

/// The answer to an order.
pub(super) fn of_post(answer: &Answer, command: &CommandId) -> ErpOutcome {
    match answer.status {
        200 | 201 => match serde_json::from_slice::<Acceptance>(&answer.body) {
            Ok(Acceptance { command_id, receipt }) if command_id == *command && wire::is_name(&receipt) => {
                ErpOutcome::Accepted { receipt }
            }
            _ => unreadable(),
        },
        // 400, 409, 413 and 415 fail again when they are sent again: a person has to look, as at a rejection.
        400 | 409 | 413 | 415 | 422 => match wire::problem(&answer.body) {
            Some(problem) => ErpOutcome::Rejected { code: problem.code, detail: problem.detail },
            None => unclear(answer),
        },
        429 => not_taken(answer, Trouble::Status(429)),
        503 if answer.is_clear_refusal() => not_taken(answer, Trouble::Status(503)),
        _ => otherwise(answer),
    }
}

/// The answer to the question what became of an order.
pub(super) fn of_query(answer: &Answer, command: &CommandId) -> ErpOutcome {
    match answer.status {
        200 => match serde_json::from_slice::<CommandStatus>(&answer.body) {
            Ok(CommandStatus::Accepted { command_id, receipt })
                if command_id == *command && wire::is_name(&receipt) =>
            {
                ErpOutcome::Accepted { receipt }
            }
            Ok(CommandStatus::Rejected { command_id, code, detail })
                if command_id == *command && wire::is_name(&code) =>
            {
                let detail = wire::without_numbers(&detail);
                ErpOutcome::Rejected { code: wire::without_numbers(&code), detail }
            }
            _ => unreadable(),
        },
        // A wrong base URL gives 404 too, and must not make us send an order again.
        404 if wire::problem(&answer.body).is_some_and(|problem| problem.code == "unknown_command") => {
            ErpOutcome::NotKnown
        }
        _ => otherwise(answer),
    }
}

/// The answer to the reading of the ledger.
pub(super) fn of_page(answer: &Answer, after: u64) -> ErpOutcome {
    match answer.status {
        200 => match serde_json::from_slice::<LedgerPage>(&answer.body) {
            Ok(page) if page.check(after).is_ok() => ErpOutcome::Page(page),
            _ => unreadable(),
        },
        _ => otherwise(answer),
    }
}

/// An order that cannot even be written as a request: nothing was sent, and nothing would be the next time.
pub(super) fn unsendable() -> ErpOutcome {
    ErpOutcome::Rejected {
        code: "unsendable".to_owned(),
        detail: "the order cannot be written as a request; nothing was sent".to_owned(),
    }
}

fn otherwise(answer: &Answer) -> ErpOutcome {
    match answer.status {
        401 => not_taken(answer, Trouble::Unauthorized),
        _ => unclear(answer),
    }
}

fn not_taken(answer: &Answer, trouble: Trouble) -> ErpOutcome {
    ErpOutcome::NotTaken { trouble, after_ms: answer.retry_after_ms }
}

fn unclear(answer: &Answer) -> ErpOutcome {
    ErpOutcome::Unknown { trouble: Trouble::Status(answer.status), after_ms: answer.retry_after_ms }
}

fn unreadable() -> ErpOutcome {
    ErpOutcome::Unknown { trouble: Trouble::UnreadableAnswer, after_ms: None }
}
