//! Runs the cases of a folder: situations that a lawyer can read and add to. The file's name says the situation; its
//! amounts are exact.

use std::fmt::Debug;
use std::path::Path;

/// Runs every file of `cases/<folder>`, at least so many, and reports all that fail.
pub fn run_all(folder: &str, least: usize, run: impl Fn(&str) -> Result<(), String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(folder);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= least, "cases were lost: {}", paths.len());
    let failed: Vec<String> = paths
        .iter()
        .filter_map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            run(&text).err().map(|e| format!("{}: {e}", path.file_name().unwrap().display()))
        })
        .collect();
    assert!(failed.is_empty(), "{} of {} cases failed:\n{}", failed.len(), paths.len(), failed.join("\n\n"));
}

/// Compares an answer with what the case says: the expected amounts, or a part of the refusal's text.
pub fn compare<T: Debug + PartialEq>(
    answer: Result<T, crate::Error>,
    expect: Option<&T>,
    refused: Option<&str>,
) -> Result<(), String> {
    match (answer, expect, refused) {
        (Ok(answer), Some(expected), None) if answer == *expected => Ok(()),
        (Ok(answer), Some(expected), None) => Err(format!("expected {expected:#?}\nbut got {answer:#?}")),
        (Err(error), None, Some(refusal)) if error.to_string().contains(refusal) => Ok(()),
        (Err(error), ..) => Err(format!("refused: {error}")),
        (Ok(answer), ..) => Err(format!("not refused, or both `expect` and `refused`: {answer:?}")),
    }
}
