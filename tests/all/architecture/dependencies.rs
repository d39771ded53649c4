//! domain ← schemes, messages ← log, store ← runtime ← services/* ← rettidig, tests.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Package, PackageId};

use super::{assert_none, files, folder, metadata, production};

/// The crates of `shared/`, and which of them each may use.
const SHARED: [(&str, &[&str]); 7] = [
    ("domain", &[]),
    ("schemes", &["domain"]),
    ("messages", &["domain", "schemes"]),
    ("sqlite", &[]),
    ("eventlog", &["domain", "messages", "sqlite"]),
    ("store", &["domain", "messages", "sqlite", "eventlog"]),
    ("runtime", &["domain", "messages", "sqlite", "eventlog", "store"]),
];

/// The crates that may use every other one: the binary that puts the stages together, and the tests.
const TOP: [&str; 2] = ["rettidig", "tests"];

/// Crates of the pure core: no I/O, no clock, no environment.
const PURE: [&str; 3] = ["domain", "schemes", "messages"];

/// What the pure core does not reach, not even through others.
const FORBIDDEN_IN_PURE: [&str; 10] =
    ["tokio", "sqlx", "sqlx-core", "rusqlite", "reqwest", "hyper", "rdkafka", "axum", "lettre", "socket2"];

/// What the pure core does not name in its source.
const FORBIDDEN_WORDS_IN_PURE: [&str; 9] = [
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "Local::now",
];

/// Libraries for one purpose, and the only crates that have this purpose.
const OWNED: [(&str, &[&str]); 5] = [
    ("lettre", &["alerting"]),
    ("rdkafka", &["eventlog"]),
    ("rusqlite", &["sqlite"]),
    ("axum", &["intake", "runtime", "erp-sandbox"]),
    ("reqwest", &["erp-gateway", "alerting", "rettidig"]),
];

fn workspace() -> BTreeMap<&'static str, &'static Package> {
    metadata().workspace_packages().into_iter().map(|package| (package.name.as_str(), package)).collect()
}

/// `None`: the crate may use all others.
fn allowed(package: &Package) -> Option<BTreeSet<&'static str>> {
    let name = package.name.as_str();
    if TOP.contains(&name) {
        return None;
    }
    let of_shared = SHARED.iter().find(|(shared, _)| *shared == name);
    Some(match of_shared {
        Some((_, allowed)) => allowed.iter().copied().collect(),
        None => SHARED.iter().map(|(shared, _)| *shared).collect(),
    })
}

#[test]
fn a_crate_uses_only_what_stands_below_it() {
    let workspace = workspace();
    let mut faults = Vec::new();
    for (name, package) in &workspace {
        let Some(allowed) = allowed(package) else { continue };
        for dependency in &package.dependencies {
            let used = dependency.name.as_str();
            if workspace.contains_key(used) && !allowed.contains(used) {
                faults.push(format!("{name} must not use {used}"));
            }
        }
    }
    assert_none(&faults, "a stage uses shared crates only, a shared crate those below it");
}

#[test]
fn the_folder_of_a_crate_tells_its_place() {
    let mut faults = Vec::new();
    for (name, package) in workspace() {
        let folder = folder(package);
        let shared = SHARED.iter().any(|(shared, _)| *shared == name);
        let right = match name {
            "tests" => folder == "tests",
            _ if shared => folder.starts_with("shared/"),
            _ => folder.starts_with("services/"),
        };
        if !right {
            faults.push(format!("{name} lies in {folder}"));
        }
    }
    assert_none(&faults, "stages and edges lie in services/, what they share in shared/");
}

#[test]
fn the_pure_core_reaches_no_library_of_the_outer_world() {
    let mut faults = Vec::new();
    for name in PURE {
        for reached in closure(&workspace()[name].id) {
            if FORBIDDEN_IN_PURE.contains(&reached.as_str()) {
                faults.push(format!("{name} reaches {reached}"));
            }
        }
    }
    assert_none(&faults, "the law and the messages are computed without I/O");
}

/// The names of all packages that are built into this one.
fn closure(package: &PackageId) -> BTreeSet<String> {
    let resolve = metadata().resolve.as_ref().unwrap();
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let mut reached = BTreeSet::new();
    let mut open = vec![package];
    while let Some(id) = open.pop() {
        for dependency in &nodes[id].deps {
            let built_in = dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
            if built_in && reached.insert(&dependency.pkg) {
                open.push(&dependency.pkg);
            }
        }
    }
    reached.into_iter().map(|id| metadata()[id].name.to_string()).collect()
}

#[test]
fn the_pure_core_reads_no_clock_no_file_and_no_environment() {
    let folders: Vec<String> = PURE.iter().map(|name| folder(workspace()[name]) + "/src/").collect();
    let mut faults = Vec::new();
    for file in files() {
        let pure = folders.iter().any(|folder| file.path.starts_with(folder.as_str()));
        if !pure || !file.path.ends_with(".rs") || file.is_of_tests() {
            continue;
        }
        for word in FORBIDDEN_WORDS_IN_PURE {
            if production(&file.text).contains(word) {
                faults.push(format!("{} names {word}", file.path));
            }
        }
    }
    assert_none(&faults, "days, ids and parameters come in as arguments");
}

#[test]
fn a_library_with_one_purpose_has_one_place() {
    let mut faults = Vec::new();
    for (name, package) in workspace() {
        for dependency in package.dependencies.iter().filter(|one| one.kind != DependencyKind::Development) {
            let owner = OWNED.iter().find(|(library, _)| *library == dependency.name);
            if owner.is_some_and(|(_, owners)| !owners.contains(&name)) {
                faults.push(format!("{name} uses {}", dependency.name));
            }
        }
    }
    assert_none(&faults, "mail, Kafka, listening and calling have their crates");
}

/// Crates that build with more than a C compiler.
const NEEDS_MORE_THAN_CC: [&str; 6] =
    ["rdkafka-sys", "openssl-sys", "aws-lc-sys", "cmake", "bindgen", "autotools"];

#[test]
fn the_first_command_builds_with_rust_and_a_c_compiler_alone() {
    let tree = ["tree", "--locked", "--package", "rettidig", "--edges", "normal,build", "--prefix", "none"];
    let output = std::process::Command::new(env!("CARGO")).args(tree).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout).unwrap();
    let names: BTreeSet<&str> = listed.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains("libsqlite3-sys"), "{listed}");
    let faults =
        NEEDS_MORE_THAN_CC.iter().filter(|name| names.contains(*name)).map(|name| (*name).to_owned());
    assert_none(&faults.collect::<Vec<_>>(), "they belong under the features `kafka` and `tls`");
}
