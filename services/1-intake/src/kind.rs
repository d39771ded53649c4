//! What kind of file it is.

use serde::{Deserialize, Serialize};

/// The kinds of input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// An extract of the population register.
    Cpr,
    /// An answer of the income register.
    Eindkomst,
    /// Case commands, one a line.
    CaseCommands,
    /// None of these.
    Unknown,
}

impl FileKind {
    /// For the reader of a message.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpr => "an extract of the population register",
            Self::Eindkomst => "an answer of the income register",
            Self::CaseCommands => "case commands",
            Self::Unknown => "of no known kind",
        }
    }

    /// By the name, or where it says nothing by the first sign: `*.xml` is an answer of the income register, `*.jsonl`
    /// and `*.ndjson` are case commands, `dYYMMDD.lNNNNNN`, `U12170*` and `*.cpr` are extracts.
    pub fn of(name: &str, start: &[u8]) -> Self {
        let name = name.to_ascii_lowercase();
        let ends = |suffix: &str| name.ends_with(suffix);
        if ends(".xml") {
            return Self::Eindkomst;
        }
        if ends(".jsonl") || ends(".ndjson") {
            return Self::CaseCommands;
        }
        if ends(".cpr") || name.starts_with("u12170") || is_register_name(&name) {
            return Self::Cpr;
        }
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
        match start.first() {
            Some(b'<') => Self::Eindkomst,
            Some(b'{') => Self::CaseCommands,
            Some(b'0') if start.starts_with(b"000") => Self::Cpr,
            _ => Self::Unknown,
        }
    }
}

/// `dAAMMDD.lNNNNNN`, the name the register gives.
fn is_register_name(name: &str) -> bool {
    let digits = |text: &str| text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
    name.split_once('.').is_some_and(|(day, number)| {
        day.strip_prefix('d').is_some_and(digits) && number.strip_prefix('l').is_some_and(digits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_decides_and_else_the_content() {
        for (name, start, kind) in [
            ("d230401.l000123", "", FileKind::Cpr),
            ("U12170-P-110901.txt", "", FileKind::Cpr),
            ("answer.XML", "", FileKind::Eindkomst),
            ("0001.jsonl", "", FileKind::CaseCommands),
            ("push", "0000000000000110901", FileKind::Cpr),
            ("push", "\u{feff} <soap:Envelope>", FileKind::Eindkomst),
            ("push", "{\"id\":1}", FileKind::CaseCommands),
            ("dxxxxxx.l000123", "hello", FileKind::Unknown),
            ("push", "", FileKind::Unknown),
        ] {
            assert_eq!(FileKind::of(name, start.as_bytes()), kind, "{name} {start}");
        }
    }
}
