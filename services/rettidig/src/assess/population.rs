//! Many cases, one a line: read in blocks, assessed on every core, written in their order.

use super::case;
use super::faults::Fault;
use super::law::Law;
use super::read;
use crate::cli::WrongInput;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::thread;

/// How many lines are in memory at a time.
const BLOCK: usize = 8192;
/// The longest line, bytes: far above any household.
const LINE_MAX: u64 = 1_000_000;

/// A line of a file.
pub(super) struct Line {
    /// Counted from 1.
    pub(super) number: u64,
    /// Its text; `None`: it is no text, or longer than any case.
    text: Option<String>,
}

/// The lines of a file, in blocks.
pub(super) struct Lines {
    reader: BufReader<File>,
    number: u64,
}

/// A line that cannot be assessed, as it is answered.
#[derive(Serialize)]
struct Refused<'a> {
    line: u64,
    errors: &'a [Fault],
}

/// Answers every line, into a file or to the standard output.
pub(super) fn run(file: &Path, out: Option<&Path>, with_trace: bool, law: &Law) -> Result<()> {
    let mut lines = Lines::open(file)?;
    let mut writer: Box<dyn Write> = match out {
        Some(out) => Box::new(BufWriter::new(create(out, file)?)),
        None => Box::new(BufWriter::new(std::io::stdout().lock())),
    };
    let (mut cases, mut refused) = (0_u64, 0_u64);
    loop {
        let block = lines.block()?;
        if block.is_empty() {
            break;
        }
        for answered in on_every_core(&block, |line| answer(line, with_trace, law)) {
            let (text, assessed) = answered?;
            cases += 1;
            refused += u64::from(!assessed);
            writeln!(writer, "{text}")?;
        }
    }
    writer.flush()?;
    if refused > 0 {
        bail!(WrongInput(format!("{refused} of {cases} cases cannot be assessed; their lines say why")));
    }
    Ok(())
}

/// Makes the file for the answers; the cases must not be written over while they are read.
pub(super) fn create(out: &Path, cases: &Path) -> Result<File> {
    if out.exists() && out.canonicalize()? == cases.canonicalize()? {
        bail!(WrongInput(format!("{} holds the cases; name another file for the answers", out.display())));
    }
    File::create(out).with_context(|| format!("{} cannot be written", out.display()))
}

/// The answer to a line, and whether it could be assessed.
fn answer(line: &Line, with_trace: bool, law: &Law) -> Result<(String, bool)> {
    match assess(line, law) {
        Ok(assessed) => Ok((assessed.json(with_trace, false)?, true)),
        Err(errors) => {
            let refused = Refused { line: line.number, errors: &errors };
            Ok((serde_json::to_string(&refused)?, false))
        }
    }
}

/// Assesses the case of a line.
pub(super) fn assess(line: &Line, law: &Law) -> Result<case::Assessed, Vec<Fault>> {
    let Some(text) = &line.text else {
        return Err(vec![Fault::new(".", format!("is no UTF-8 text of at most {LINE_MAX} bytes"))]);
    };
    case::assess(&read::json(text)?, law)
}

/// Does the work for every line, spread over the cores; the results in the order of the lines.
pub(super) fn on_every_core<T: Send>(lines: &[Line], work: impl Fn(&Line) -> T + Sync) -> Vec<T> {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = lines.len().div_ceil(cores).max(1);
    let work = &work;
    thread::scope(|scope| {
        let workers: Vec<_> = lines
            .chunks(share)
            .map(|lines| scope.spawn(move || lines.iter().map(work).collect::<Vec<T>>()))
            .collect();
        let joined = workers.into_iter().map(|worker| worker.join());
        joined.flat_map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

impl Lines {
    /// Opens a file of cases.
    pub(super) fn open(file: &Path) -> Result<Self> {
        let opened = File::open(file).map_err(|error| WrongInput(format!("{}: {error}", file.display())))?;
        Ok(Self { reader: BufReader::new(opened), number: 0 })
    }

    /// The next lines; none at the end.
    pub(super) fn block(&mut self) -> Result<Vec<Line>> {
        let mut block = Vec::new();
        while block.len() < BLOCK {
            let Some(line) = self.line()? else { break };
            block.push(line);
        }
        Ok(block)
    }

    fn line(&mut self) -> Result<Option<Line>> {
        let mut bytes = Vec::new();
        self.reader.by_ref().take(LINE_MAX).read_until(b'\n', &mut bytes)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let whole = bytes.last() == Some(&b'\n');
        let too_long = !whole && !self.at_end()?;
        if too_long {
            self.skip_line()?;
        }
        let text = (!too_long).then(|| String::from_utf8(bytes).ok()).flatten();
        Ok(Some(Line { number: self.number, text }))
    }

    fn at_end(&mut self) -> Result<bool> {
        Ok(self.reader.fill_buf()?.is_empty())
    }

    /// Passes over what is left of a line without keeping it.
    fn skip_line(&mut self) -> Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            match buffer.iter().position(|byte| *byte == b'\n') {
                Some(end) => {
                    self.reader.consume(end + 1);
                    return Ok(());
                }
                None => {
                    let length = buffer.len();
                    self.reader.consume(length);
                }
            }
        }
    }
}
