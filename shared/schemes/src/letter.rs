//! Letters to citizens, the same for every scheme: a document of headings, paragraphs and tables that is written as
//! plain text and as HTML from the one source, so both hold the same figures.

pub mod danish;
pub(crate) mod danish_frame;
mod html;
pub mod swedish;
mod text;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A letter as it goes to its channel. Personal data: never in a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RenderedLetter {
    /// One line.
    pub subject: String,
    /// Plain text, UTF-8, lines ended by `\n`.
    pub text: String,
    /// A whole HTML document without scripts or outside references.
    pub html: String,
}

impl std::fmt::Debug for RenderedLetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RenderedLetter").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// The authority as it signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Its name: `Eksempel Kommune`.
    pub name: String,
    /// How to reach it.
    pub contact: String,
    /// How to complain about a decision (*klagevejledning*).
    pub complaint: String,
}

/// A letter before it is written in a format.
pub(crate) struct Document {
    pub(crate) subject: String,
    pub(crate) blocks: Vec<Block>,
}

/// A piece of a letter. Texts are plain: each format escapes them itself.
pub(crate) enum Block {
    Heading(String),
    Paragraph(String),
    /// Rows of a name and a text.
    Header(Vec<Row>),
    /// Rows of a name and what stands for it, mostly an amount.
    Rows(Vec<Row>),
}

/// A row of a table.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) value: String,
    /// The article behind the figure; empty where there is none.
    pub(crate) article: String,
}

impl Document {
    pub(crate) fn heading(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading(text.into()));
    }

    pub(crate) fn paragraph(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Paragraph(text.into()));
    }

    pub(crate) fn header(&mut self, rows: Vec<Row>) {
        self.blocks.push(Block::Header(rows));
    }

    pub(crate) fn rows(&mut self, rows: Vec<Row>) {
        self.blocks.push(Block::Rows(rows));
    }

    pub(crate) fn render(&self) -> RenderedLetter {
        self.render_in("da")
    }

    /// The letter in this language, by its tag in HTML.
    pub(crate) fn render_in(&self, language: &str) -> RenderedLetter {
        let html = html::write(self, language);
        RenderedLetter { subject: self.subject.clone(), text: text::write(self), html }
    }
}

impl Row {
    pub(crate) fn new(name: impl Into<String>, value: impl Into<String>, article: &str) -> Self {
        Self { name: name.into(), value: value.into(), article: article.to_owned() }
    }
}

/// A sign between thousands and a comma before decimals, from text such as `-1234.50`.
fn grouped(text: &str, between: char) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(between);
        }
        grouped.push(digit);
    }
    let comma = if decimals.is_empty() { "" } else { "," };
    format!("{sign}{grouped}{comma}{decimals}")
}
