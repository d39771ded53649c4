//! How a Danish letter begins and ends, whatever it is about.

use super::{Authority, Document, RenderedLetter, Row, danish};
use domain::{CaseId, Day};

/// A letter with who writes, about which case and when.
pub(crate) fn begin(subject: impl Into<String>, authority: &Authority, case: &CaseId, on: Day) -> Document {
    let mut letter = Document { subject: subject.into(), blocks: Vec::new() };
    letter.header(vec![
        Row::new("Myndighed", &authority.name, ""),
        Row::new("Sag", case.to_string(), ""),
        Row::new("Dato", danish::day(on), ""),
    ]);
    letter
}

/// Ends it: how to complain, where something is decided, and how to reach the authority.
pub(crate) fn end(mut letter: Document, authority: &Authority, decided: bool) -> RenderedLetter {
    if decided {
        letter.heading("Klagevejledning");
        letter.paragraph(&authority.complaint);
    }
    letter.heading("Kontakt");
    letter.paragraph(format!("{}. {}", authority.name, authority.contact));
    letter.render()
}
