//! Runs the cases of a folder: situations that a lawyer can read and add to. The file's name says the situation; its
//! amounts are exact.

use crate::{Error, Trace};
use serde::Deserialize;
use serde::de::DeserializeOwned;
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
    answer: Result<T, Error>,
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

/// A case of a scheme that asks one question.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "I: DeserializeOwned, S: Default + DeserializeOwned, E: DeserializeOwned"))]
struct Case<I, S, E> {
    title: String,
    source: String,
    input: I,
    #[serde(default)]
    settings: S,
    expect: Option<E>,
    /// A part of the refusal's text.
    refused: Option<String>,
    /// Lines that the trace holds.
    #[serde(default)]
    explained_by: Vec<String>,
}

/// Runs all cases of a scheme whose every case asks the same question.
pub fn run_scheme<I, S, E>(scheme: &str, least: usize, answer: impl Fn(&I, &S) -> Result<(E, Trace), Error>)
where
    I: DeserializeOwned,
    S: Default + DeserializeOwned,
    E: DeserializeOwned + PartialEq + Debug,
{
    run_all(scheme, least, |text| {
        let case: Case<I, S, E> = serde_saphyr::from_str(text).map_err(|e| e.to_string())?;
        if case.title.is_empty() || case.source.is_empty() {
            return Err("a case tells its title and its source".to_owned());
        }
        let answer = answer(&case.input, &case.settings);
        if let Ok((_, trace)) = &answer {
            let trace = trace.to_string();
            if let Some(line) = case.explained_by.iter().find(|line| !trace.contains(line.as_str())) {
                return Err(format!("the trace does not hold `{line}`:\n{trace}"));
            }
        }
        compare(answer.map(|(answer, _)| answer), case.expect.as_ref(), case.refused.as_deref())
    });
}
