//! What lies where, and what no file says.

use std::collections::BTreeSet;

use super::{File, GENERATED, assert_none, files, folder, metadata, root};

/// What the top of the repository must show, besides names that begin with a dot.
const TOP_LEVEL: [&str; 8] =
    ["Cargo.toml", "Cargo.lock", "services", "shared", "schemas", "tests", "README.md", "LICENSE"];

/// What it may show: the chart has its place, and needs none before there is one.
const TOP_LEVEL_ONCE_IT_EXISTS: [&str; 1] = ["helm"];

/// Written in two halves, or this file would be its own first fault.
const MACHINE_PATHS: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];

/// Signs of unfinished work, of tests that do not run, and of text that is not the project's own.
const UNFINISHED: [&str; 7] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("to", "do!("),
    concat!("unimpl", "emented!("),
    concat!("#[ig", "nore"),
    concat!("Co-auth", "ored-by"),
    concat!("language ", "model"),
];

/// The licence is not ours to word, the lock file is written by cargo.
const NOT_OURS: [&str; 2] = ["LICENSE", "Cargo.lock"];

fn own_files() -> impl Iterator<Item = &'static File> {
    files().iter().filter(|file| !NOT_OURS.contains(&file.path.as_str()))
}

#[test]
fn the_top_level_shows_the_map_and_nothing_else() {
    let mut present = BTreeSet::new();
    for entry in std::fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let own = !GENERATED.contains(&name.as_str()) && !TOP_LEVEL_ONCE_IT_EXISTS.contains(&name.as_str());
        if own && !name.starts_with('.') && !name.ends_with(".log") {
            present.insert(name);
        }
    }
    let expected: BTreeSet<String> = TOP_LEVEL.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(present, expected);
}

#[test]
fn the_readme_of_a_crate_is_its_documentation() {
    let mut faults = Vec::new();
    for package in metadata().workspace_packages() {
        let folder = folder(package);
        if !root().join(&folder).join("README.md").is_file() {
            faults.push(format!("{folder}/README.md is missing"));
        }
        let (path, line) = match folder.as_str() {
            "tests" => ("tests/lib.rs".to_owned(), "#![doc = include_str!(\"README.md\")]"),
            _ => {
                let main = format!("{folder}/src/main.rs");
                let lib = format!("{folder}/src/lib.rs");
                let path = if root().join(&lib).is_file() { lib } else { main };
                (path, "#![doc = include_str!(\"../README.md\")]")
            }
        };
        let includes = files().iter().any(|file| file.path == path && file.text.contains(line));
        if !includes {
            faults.push(format!("{path} does not say {line}"));
        }
    }
    assert_none(&faults, "README.md and the crate's documentation are one text");
}

#[test]
fn no_file_names_a_path_of_somebodys_machine() {
    assert_none(&found(&MACHINE_PATHS), "a path of one machine means nothing on another");
}

#[test]
fn nothing_is_left_unfinished() {
    assert_none(&found(&UNFINISHED), "finish it or take it out");
}

fn found(words: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in own_files() {
        for (number, line) in file.numbered_lines() {
            for word in words.iter().filter(|word| line.contains(**word)) {
                faults.push(format!("{}:{number}: {word}", file.path));
            }
        }
    }
    faults
}

#[test]
fn no_path_leads_out_of_the_repository() {
    let mut faults = Vec::new();
    for file in files().iter().filter(|file| file.path.ends_with(".rs")) {
        for (number, line) in file.numbered_lines() {
            // include_str! and a module's path count from the file, every other path from the crate.
            let depth_max = match ["include_", "#[path"].iter().any(|word| line.contains(word)) {
                true => file.path.matches('/').count(),
                false if file.path.starts_with("tests/") => 1,
                false => 2,
            };
            if line.contains(&"../".repeat(depth_max + 1)) {
                faults.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    assert_none(&faults, "the repository builds, tests and runs from itself alone");
}

#[test]
fn the_licence_is_complete() {
    let licence = files().iter().find(|file| file.path == "LICENSE").unwrap();
    assert!(licence.text.starts_with("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n"));
    for article in 1..=15 {
        assert!(licence.text.contains(&format!("\n{article}. ")), "article {article} is missing");
    }
    assert!(licence.text.contains("Appendix\n"));
    assert!(licence.text.trim_end().ends_with("require the production of a new EUPL version."));
    for package in metadata().workspace_packages() {
        assert_eq!(package.license.as_deref(), Some("EUPL-1.2"), "{}", package.name);
    }
}
