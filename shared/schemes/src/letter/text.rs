//! A letter as plain text.

use super::{Block, Document, Row};
use std::fmt::Write;

/// The width of a line, characters: what mail clients show unbroken.
const WIDTH: usize = 78;

/// A blank at which a line is not broken.
const NO_BREAK: char = '\u{a0}';

pub(super) fn write(document: &Document) -> String {
    let mut out = format!("{}\n{}\n", document.subject, "=".repeat(document.subject.chars().count()));
    for block in &document.blocks {
        out.push('\n');
        match block {
            Block::Heading(text) => {
                out.push_str(&format!("{text}\n{}\n", "-".repeat(text.chars().count())));
            }
            Block::Paragraph(text) => wrap(text, &mut out),
            Block::Header(rows) => header(rows, &mut out),
            Block::Rows(rows) => table(rows, &mut out),
        }
    }
    out
}

fn wrap(text: &str, out: &mut String) {
    let mut used = 0;
    let words = text.split(|c: char| c.is_whitespace() && c != NO_BREAK).filter(|word| !word.is_empty());
    for word in words {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > WIDTH {
            out.push('\n');
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
    out.push('\n');
}

fn header(rows: &[Row], out: &mut String) {
    let names = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or_default();
    for Row { name, value, .. } in rows {
        out.push_str(&format!("{name:<names$}  {value}\n"));
    }
}

fn table(rows: &[Row], out: &mut String) {
    let widest = |of: fn(&Row) -> &str| rows.iter().map(|r| of(r).chars().count()).max().unwrap_or_default();
    let (names, values) = (widest(|r| &r.name), widest(|r| &r.value));
    for row in rows {
        let article = if row.article.is_empty() { String::new() } else { format!("  [{}]", row.article) };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{:<names$}  {:>values$}{article}", row.name, row.value);
    }
}
