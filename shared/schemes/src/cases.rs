//! Runs the cases of a scheme in `cases/SCHEME/`: the law as situations that a lawyer can read and add to. The file's
//! name says the situation; its amounts are exact.

use crate::{Error, Trace};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::path::Path;

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

fn run<I, S, E>(path: &Path, answer: impl Fn(&I, &S) -> Result<(E, Trace), Error>) -> Result<(), String>
where
    I: DeserializeOwned,
    S: Default + DeserializeOwned,
    E: DeserializeOwned + PartialEq + Debug,
{
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let case: Case<I, S, E> = serde_saphyr::from_str(&text).map_err(|e| e.to_string())?;
    if case.title.is_empty() || case.source.is_empty() {
        return Err("a case tells its title and its source".to_owned());
    }
    match (answer(&case.input, &case.settings), &case.expect, &case.refused) {
        (Ok((answer, trace)), Some(expected), None) => {
            let trace = trace.to_string();
            if answer != *expected {
                return Err(format!("expected {expected:#?}\nbut got {answer:#?}\n{trace}"));
            }
            let missing = case.explained_by.iter().find(|line| !trace.contains(line.as_str()));
            missing.map_or(Ok(()), |line| Err(format!("the trace does not hold `{line}`:\n{trace}")))
        }
        (Err(error), None, Some(refusal)) if error.to_string().contains(refusal.as_str()) => Ok(()),
        (Err(error), ..) => Err(format!("refused: {error}")),
        (Ok((answer, _)), ..) => Err(format!("not refused, or both `expect` and `refused`: {answer:?}")),
    }
}

/// Runs all cases of the scheme and fails with every one that comes out otherwise; there are at least `at_least`.
pub(crate) fn run_all<I, S, E>(
    scheme: &str,
    at_least: usize,
    answer: impl Fn(&I, &S) -> Result<(E, Trace), Error>,
) where
    I: DeserializeOwned,
    S: Default + DeserializeOwned,
    E: DeserializeOwned + PartialEq + Debug,
{
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(scheme);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= at_least, "cases of {scheme} were lost: {}", paths.len());
    let failed: Vec<String> = paths
        .iter()
        .filter_map(|path| {
            run(path, &answer).err().map(|e| format!("{}: {e}", path.file_name().unwrap().display()))
        })
        .collect();
    assert!(failed.is_empty(), "{} of {} cases failed:\n{}", failed.len(), paths.len(), failed.join("\n\n"));
}
