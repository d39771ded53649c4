//! What a manifest declares is used, at the version of the workspace, under its lints.

use cargo_metadata::{DependencyKind, Package};

use super::{assert_none, files, folder, metadata, production};

/// Where a crate may use a dependency: in what is built, or also in its tests.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Product,
    Anywhere,
}

#[test]
fn every_declared_dependency_is_used() {
    let mut faults = Vec::new();
    for package in metadata().workspace_packages() {
        let product = source(package, Place::Product);
        let anywhere = source(package, Place::Anywhere);
        for dependency in &package.dependencies {
            let name = dependency.rename.as_ref().unwrap_or(&dependency.name).replace('-', "_");
            let (source, place) = match dependency.kind {
                DependencyKind::Development => (&anywhere, "its sources and tests"),
                _ => (&product, "its sources (a dependency of tests stands under dev-dependencies)"),
            };
            if !names_crate(source, &name) {
                faults.push(format!("{}: {} is not used in {place}", package.name, dependency.name));
            }
        }
    }
    assert_none(&faults, "an unused dependency costs build time and trust: remove it");
}

/// The crate's sources without comments.
fn source(package: &Package, place: Place) -> String {
    let folder = folder(package) + "/";
    let mut all = String::new();
    for file in files().iter().filter(|file| file.path.ends_with(".rs")) {
        let Some(inside) = file.path.strip_prefix(&folder) else { continue };
        if place == Place::Product
            && (file.is_of_tests() || ["all/", "security/"].iter().any(|tests| inside.starts_with(tests)))
        {
            continue;
        }
        let text = if place == Place::Product { production(&file.text) } else { &file.text };
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            all.push_str(line);
            all.push('\n');
        }
    }
    all
}

/// `name::…`, `use name;` or `use name as …`, where `name` is not the end of another path or word.
fn names_crate(source: &str, name: &str) -> bool {
    source.match_indices(name).any(|(start, _)| {
        let before = &source[..start];
        let after = &source[start + name.len()..];
        let inside_word = before.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        let inside_path = before
            .strip_suffix("::")
            .is_some_and(|path| path.ends_with(|last: char| last.is_alphanumeric() || "_>}".contains(last)));
        let imported = before.ends_with("use ") && (after.starts_with(';') || after.starts_with(" as "));
        !inside_word && !inside_path && (after.starts_with("::") || imported)
    })
}

#[test]
fn only_a_path_that_starts_with_the_crate_counts_as_its_use() {
    assert!(names_crate("use alpha::Beta;", "alpha"));
    assert!(names_crate("#[alpha::test]", "alpha"));
    assert!(names_crate("let a = ::alpha::encode(b);", "alpha"));
    assert!(names_crate("use alpha as id;", "alpha"));
    assert!(!names_crate("use alpha_json::Value;", "alpha"));
    assert!(!names_crate("use crate::alpha::Row;", "alpha"));
    assert!(!names_crate("let alpha = 1;", "alpha"));
    assert!(!names_crate("my_alpha::encode(b)", "alpha"));
}

#[test]
fn versions_and_lints_stand_in_one_place() {
    let mut faults = Vec::new();
    for package in metadata().workspace_packages() {
        let text = std::fs::read_to_string(&package.manifest_path).unwrap();
        if !text.contains("[lints]\nworkspace = true") {
            faults.push(format!("{} does not take the lints of the workspace", package.name));
        }
        let mut section = "";
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if line.starts_with('[') {
                section = line;
            } else if section.contains("dependencies") && !line.contains("workspace = true") {
                faults.push(format!("{}: {line}", package.name));
            }
        }
    }
    assert_none(&faults, "the root Cargo.toml names all versions");
}
