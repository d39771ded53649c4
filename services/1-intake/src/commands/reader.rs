//! From lines to commands.

use super::parse::{COMMAND_BYTES_MAX, CommandFault, parse};
use crate::item::{Fault, Item};
use crate::lines::Lines;
use domain::{CaseId, Day, PersonSecret, PersonalNumber};
use serde_json::Value;
use std::collections::VecDeque;
use std::io::{BufRead, Result};

/// Reads commands line by line. A line with faults gives one refusal for each.
pub struct Reader<'a, R> {
    lines: Lines<R>,
    secret: &'a PersonSecret,
    came_on: Day,
    ready: VecDeque<Item>,
}

impl<'a, R: BufRead> Reader<'a, R> {
    /// Reads `input`, which came on this day.
    pub fn new(secret: &'a PersonSecret, came_on: Day, input: R) -> Self {
        Self { lines: Lines::new(input, COMMAND_BYTES_MAX), secret, came_on, ready: VecDeque::new() }
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
            match parse(self.secret, self.came_on, &json) {
                Ok(command) => self.ready.push_back(Item::Command(line.number, Box::new(command))),
                Err(faults) => {
                    let case = case_of(&json);
                    let refused = faults.into_iter().map(|fault| refused(line.number, fault, &case));
                    self.ready.extend(refused);
                }
            }
        }
        Ok(self.ready.pop_front())
    }
}

fn refused(line: u64, fault: CommandFault, case: &str) -> Item {
    Item::Refused(Fault::new(line, "bad_command", fault.detail).of_field(fault.pointer).about(case))
}

/// The case of a command that is refused for something else; empty where that cannot be told, or should not be.
fn case_of(json: &[u8]) -> String {
    let command: Value = serde_json::from_slice(json).unwrap_or_default();
    let named = command.get("case").and_then(Value::as_str).filter(|case| !PersonalNumber::stands_in(case));
    named.and_then(|case| CaseId::parse(case).ok()).map(|case| case.to_string()).unwrap_or_default()
}
