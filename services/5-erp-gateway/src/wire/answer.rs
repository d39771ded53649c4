//! What the ERP answers to an order or to a question about one.

use domain::CommandId;
use serde::Deserialize;

/// The ERP has the order.
#[derive(Debug, Deserialize)]
pub(crate) struct Acceptance {
    /// Which.
    pub(crate) command_id: CommandId,
    /// Its receipt.
    pub(crate) receipt: String,
}

/// What became of an order.
#[derive(Debug, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum CommandStatus {
    /// The ERP has it.
    Accepted { command_id: CommandId, receipt: String },
    /// The ERP will not do it.
    Rejected { command_id: CommandId, code: String, detail: String },
}

/// RFC 9457 problem details.
#[derive(Debug, Deserialize)]
pub(crate) struct Problem {
    /// For machines, stable.
    pub(crate) code: String,
    /// For people.
    pub(crate) detail: String,
}

/// The longest receipt and code, in bytes: as in the contract.
const NAME_BYTES_MAX: usize = 64;
/// How much is kept of what an ERP says of a rejection, in characters: a paragraph.
const DETAIL_CHARS_MAX: usize = 500;
/// So many digits in a row could be a personal number.
const NUMBER_DIGITS: usize = 10;

/// Whether a text can be a receipt or a code: 1-64 printable ASCII characters.
pub(crate) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= NAME_BYTES_MAX && text.bytes().all(|b| b.is_ascii_graphic())
}

/// Reads a problem; none when it is not as the contract says. Its detail is fit for an event.
pub(crate) fn problem(body: &[u8]) -> Option<Problem> {
    let Problem { code, detail } = serde_json::from_slice(body).ok()?;
    is_name(&code).then(|| Problem { code: without_numbers(&code), detail: without_numbers(&detail) })
}

/// What an ERP says in free text, without anything that could be a personal number (ten digits, also with a hyphen or a
/// blank after the sixth) and cut to a paragraph. The contract forbids such numbers; an event must not depend on it.
pub(crate) fn without_numbers(text: &str) -> String {
    let mut kept = String::new();
    let mut run = String::new();
    for c in text.chars().take(DETAIL_CHARS_MAX) {
        let continues = c.is_ascii_digit() || (matches!(c, '-' | ' ') && !run.is_empty());
        if continues {
            run.push(c);
        } else {
            flush(&mut kept, &mut run);
            kept.push(c);
        }
    }
    flush(&mut kept, &mut run);
    kept
}

fn flush(kept: &mut String, run: &mut String) {
    if run.bytes().filter(u8::is_ascii_digit).count() >= NUMBER_DIGITS {
        kept.push_str("[number withheld]");
        kept.push_str(if run.ends_with(' ') { " " } else { "" });
    } else {
        kept.push_str(run);
    }
    run.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_number_in_free_text_is_withheld_however_it_is_written() {
        for text in
            ["payer 2105440645 is unknown", "payer 210544-0645 is unknown", "payer 210544 0645 is unknown"]
        {
            assert_eq!(without_numbers(text), "payer [number withheld] is unknown");
        }
        let harmless = "period 2023-04 of document D12 is closed";
        assert_eq!(without_numbers(harmless), harmless);
        assert_eq!(without_numbers(&"é".repeat(600)).chars().count(), 500);
    }

    #[test]
    fn a_problem_without_a_code_is_none() {
        assert!(problem(br#"{"code":"","detail":"x"}"#).is_none());
        assert!(problem(br#"{"detail":"x"}"#).is_none());
        assert!(problem(b"<html>").is_none());
        assert_eq!(problem(br#"{"code":"no_day","detail":"x","status":503}"#).unwrap().code, "no_day");
    }
}
