//! From lines to commands.

use super::parse::{COMMAND_BYTES_MAX, CommandFault, parse};
use crate::item::{Fault, Item};
use crate::lines::Lines;
use domain::PersonSecret;
use std::collections::VecDeque;
use std::io::{BufRead, Result};

/// Reads commands line by line. A line with faults gives one refusal for each.
pub struct Reader<'a, R> {
    lines: Lines<R>,
    secret: &'a PersonSecret,
    ready: VecDeque<Item>,
}

impl<'a, R: BufRead> Reader<'a, R> {
    /// Reads `input`.
    pub fn new(secret: &'a PersonSecret, input: R) -> Self {
        Self { lines: Lines::new(input, COMMAND_BYTES_MAX), secret, ready: VecDeque::new() }
    }

    /// The next item, `None` at the end.
    pub fn next_item(&mut self) -> Result<Option<Item>> {
        while self.ready.is_empty() {
            let Some(line) = self.lines.next_line()? else { return Ok(None) };
            let Some(json) = line.bytes else {
                let detail = "the line is longer than 64 KiB; a command is one line";
                self.ready.push_back(Item::Refused(Fault::new(line.number, "line_too_long", detail)));
                continue;
            };
            if json.iter().all(u8::is_ascii_whitespace) {
                self.ready.push_back(Item::Remark("empty lines".to_owned()));
                continue;
            }
            match parse(self.secret, &json) {
                Ok(command) => self.ready.push_back(Item::Command(line.number, Box::new(command))),
                Err(faults) => self.ready.extend(faults.into_iter().map(|fault| refused(line.number, fault))),
            }
        }
        Ok(self.ready.pop_front())
    }
}

fn refused(line: u64, fault: CommandFault) -> Item {
    Item::Refused(Fault::new(line, "bad_command", fault.detail).of_field(fault.pointer))
}
