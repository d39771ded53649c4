//! XML as a stream of elements, within limits.
//!
//! No DTD, no entities but the five of XML and character references, UTF-8 only. Memory is bounded by
//! [`STEP_BYTES_MAX`] and [`DEPTH_MAX`], however large the file.

use quick_xml::Reader;
use quick_xml::events::Event;
use std::io::{BufRead, Read, Result};

/// The deepest nesting. An answer of the income register has 20 levels.
const DEPTH_MAX: usize = 64;

/// The most bytes of one tag or one text. The longest of an answer, its first tag, has under 2,000.
const STEP_BYTES_MAX: usize = 64 * 1024;

/// The most bytes of text in one element.
const TEXT_BYTES_MAX: usize = 4 * 1024;

/// A step through the document. Names are local: the prefix is cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// An element opens.
    Open(String),
    /// An element closes. The text is what stood in it after its last child, without the blanks around it.
    Close(String, String),
    /// The document is complete.
    End,
}

/// Why the rest of the document cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotRead(pub &'static str);

/// Reads a document step by step.
pub(crate) struct Steps<R> {
    reader: Reader<Counted<R>>,
    buffer: Vec<u8>,
    open: usize,
    any: bool,
    text: String,
}

/// Counts lines, and refuses to give more than [`STEP_BYTES_MAX`] for one step.
struct Counted<R> {
    input: R,
    line: u64,
    in_step: usize,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        let chunk = self.fill_buf()?;
        let used = chunk.len().min(out.len());
        out[..used].copy_from_slice(&chunk[..used]);
        self.consume(used);
        Ok(used)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        if self.in_step > STEP_BYTES_MAX {
            return Err(std::io::Error::other("a tag or text is too long"));
        }
        let chunk = self.input.fill_buf()?;
        // One step may not swallow a chunk that is larger than the limit either.
        Ok(&chunk[..chunk.len().min(STEP_BYTES_MAX)])
    }

    fn consume(&mut self, used: usize) {
        if let Ok(chunk) = self.input.fill_buf() {
            let ends = chunk.iter().take(used).filter(|b| **b == b'\n').count();
            self.line += u64::try_from(ends).unwrap_or_default();
        }
        self.in_step += used;
        self.input.consume(used);
    }
}

impl<R: BufRead> Steps<R> {
    pub(crate) fn new(input: R) -> Self {
        let mut reader = Reader::from_reader(Counted { input, line: 1, in_step: 0 });
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), open: 0, any: false, text: String::new() }
    }

    /// The line reached, counted from 1.
    pub(crate) fn line(&self) -> u64 {
        self.reader.get_ref().line
    }

    /// The next step; after [`Step::End`] or an error there is none.
    pub(crate) fn step(&mut self) -> std::result::Result<Step, NotRead> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().in_step = 0;
            // The reader's own error quotes names from the document, so only its kind is told.
            let event = self.reader.read_event_into(&mut self.buffer).map_err(|error| match error {
                quick_xml::Error::Io(_) => {
                    NotRead("it cannot be read, or a tag or text is longer than 64 KiB")
                }
                quick_xml::Error::IllFormed(_) => {
                    NotRead("an element is closed that was not opened, or a name is missing")
                }
                _ => NotRead("it is no XML in UTF-8"),
            })?;
            match event {
                Event::Start(tag) => {
                    self.open += 1;
                    self.any = true;
                    if self.open > DEPTH_MAX {
                        return Err(NotRead("elements are nested more than 64 deep"));
                    }
                    self.text.clear();
                    return Ok(Step::Open(tag.local_name().into_inner().to_owned()));
                }
                Event::End(tag) => {
                    self.open = self.open.saturating_sub(1);
                    let text = self.text.trim().to_owned();
                    self.text.clear();
                    return Ok(Step::Close(tag.local_name().into_inner().to_owned(), text));
                }
                Event::Text(text) => append(&mut self.text, &text.xml10_content())?,
                Event::CData(text) => append(&mut self.text, &text.xml10_content())?,
                Event::GeneralRef(name) => {
                    let character = match name.resolve_char_ref() {
                        Ok(Some(character)) => character,
                        Ok(None) => predefined(&name)
                            .ok_or(NotRead("it holds an entity; only the five of XML are read"))?,
                        Err(_) => return Err(NotRead("a character reference names no character")),
                    };
                    append(&mut self.text, character.encode_utf8(&mut [0; 4]))?;
                }
                Event::Decl(declaration) => match declaration.encoding() {
                    None => {}
                    Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") => {}
                    Some(_) => return Err(NotRead("it is declared in another encoding than UTF-8")),
                },
                Event::DocType(_) => return Err(NotRead("it has a DTD, which is refused")),
                Event::Comment(_) | Event::PI(_) => {}
                Event::Eof if self.open > 0 || !self.any => {
                    return Err(NotRead("it ends before its elements are closed"));
                }
                Event::Eof => return Ok(Step::End),
                Event::Empty(_) => return Err(NotRead("an empty element was not expanded")),
            }
        }
    }
}

fn append(text: &mut String, more: &str) -> std::result::Result<(), NotRead> {
    if text.len() + more.len() > TEXT_BYTES_MAX {
        return Err(NotRead("an element holds more than 4 KiB of text"));
    }
    text.push_str(more);
    Ok(())
}

fn predefined(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> std::result::Result<Vec<Step>, NotRead> {
        let mut steps = Steps::new(text.as_bytes());
        let mut all = Vec::new();
        loop {
            match steps.step()? {
                Step::End => return Ok(all),
                step => all.push(step),
            }
        }
    }

    #[test]
    fn prefixes_are_cut_off_and_text_is_unescaped() {
        let want = [
            Step::Open("a".to_owned()),
            Step::Open("b".to_owned()),
            Step::Close("b".to_owned(), "1 & 2A".to_owned()),
            Step::Close("a".to_owned(), String::new()),
        ];
        assert_eq!(steps("<x:a xmlns:x='u'>\n <y:b>1 &amp; 2&#65;</y:b>\n</x:a>").unwrap(), want);
        assert_eq!(steps("<a/>").unwrap().len(), 2);
    }

    #[test]
    fn dtd_entities_depth_size_and_truncation_are_refused() {
        let deep = "<a>".repeat(65);
        let long = format!("<a>{}</a>", "x".repeat(5000));
        let endless = format!("<a b='{}'/>", "x".repeat(200_000));
        for text in [
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a/>",
            "<a>&x;</a>",
            "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
            "<a><b></a>",
            "<a>",
            "",
            "text",
            &deep,
            &long,
            &endless,
        ] {
            assert!(steps(text).is_err(), "{}", text.get(..40).unwrap_or(text));
        }
    }
}
