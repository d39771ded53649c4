//! The rules of the repository that no compiler checks: who may depend on whom, what lies where,
//! what is never written down.

mod dependencies;
mod layout;
mod libraries;
mod personal_data;
mod tokens;
mod usage;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use cargo_metadata::{Metadata, MetadataCommand, Package};

/// Folders that git ignores; what lies in them is not part of the repository.
const GENERATED: [&str; 4] = ["target", "data", ".git", ".servers"];

/// One file of the repository.
struct File {
    /// Path from the top of the repository, with `/`.
    path: String,
    /// Its text; bytes that are not UTF-8 are replaced.
    text: String,
}

impl File {
    fn ends_with_any(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.path.ends_with(ending))
    }

    /// Holds tests only: `tests.rs`, `…_test.rs`, or below `tests/` or `benches/` of a crate.
    fn is_of_tests(&self) -> bool {
        self.ends_with_any(&["tests.rs", "_test.rs"])
            || ["/tests/", "/benches/"].iter().any(|part| self.path.contains(part))
    }

    /// The lines with their numbers, from 1, for messages.
    fn numbered_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Every file of the repository, in order of path.
fn files() -> &'static [File] {
    static FILES: OnceLock<Vec<File>> = OnceLock::new();
    FILES.get_or_init(|| {
        let mut found = Vec::new();
        let mut folders: Vec<PathBuf> = vec![root().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
                if GENERATED.contains(&name.as_str()) || name.ends_with(".log") {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(bytes) = std::fs::read(&path) {
                    found.push(File { path: name, text: String::from_utf8_lossy(&bytes).into_owned() });
                }
            }
        }
        found.sort_by(|one, other| one.path.cmp(&other.path));
        found
    })
}

/// What cargo knows of the workspace on this machine, without asking the network.
fn metadata() -> &'static Metadata {
    static METADATA: OnceLock<Metadata> = OnceLock::new();
    METADATA.get_or_init(|| {
        let platform = ["--filter-platform", &host()].map(str::to_owned);
        let offline = ["--locked", "--offline"].map(str::to_owned);
        MetadataCommand::new()
            .manifest_path(root().join("Cargo.toml"))
            .other_options([platform, offline].concat())
            .exec()
            .unwrap()
    })
}

/// The target triple of this machine: only its dependencies are sure to be on the disk.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

/// The folder of a crate of the workspace, from the top of the repository, with `/`.
fn folder(package: &Package) -> String {
    let manifest = package.manifest_path.as_std_path();
    manifest.parent().unwrap().strip_prefix(root()).unwrap().to_str().unwrap().to_owned()
}

/// A file's text before its tests: what is built into the product.
fn production(text: &str) -> &str {
    let begins_tests = |start: &usize| {
        let mut rest = text[*start..].lines().skip(1).skip_while(|line| line.starts_with("#["));
        rest.next().is_some_and(|line| line.starts_with("mod "))
    };
    let mut marks = text.match_indices("#[cfg(test)]\n").map(|(start, _)| start);
    marks.find(begins_tests).map_or(text, |end| &text[..end])
}

/// Fails with one line for each fault, so that one run shows them all.
#[track_caller]
fn assert_none(faults: &[String], rule: &str) {
    assert!(faults.is_empty(), "{rule}\n{}", faults.join("\n"));
}
