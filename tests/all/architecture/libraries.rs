//! Where libraries come from, under which licences, and which are not wanted.

use std::collections::BTreeSet;

use spdx::Expression;

use super::{assert_none, metadata};

/// Under one of these a library can be part of a program under the EUPL-1.2 that a municipality passes on.
const LICENCES: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "EUPL-1.2",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Zlib",
];

/// What is not to come in, and why.
const BANNED: [(&str, &str); 4] = [
    ("native-tls", "TLS is by rustls"),
    ("aws-lc-sys", "rustls uses ring, which builds in seconds"),
    ("serde_yaml", "no longer maintained: serde-saphyr"),
    ("sqlx-sqlite", "SQLite is by shared/sqlite"),
];

/// Where every library comes from, as cargo names it.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn libraries() -> impl Iterator<Item = &'static cargo_metadata::Package> {
    let own: BTreeSet<_> = metadata().workspace_members.iter().collect();
    metadata().packages.iter().filter(move |package| !own.contains(&package.id))
}

#[test]
fn every_library_has_a_licence_that_is_allowed() {
    let allowed: Vec<Expression> = LICENCES.iter().map(|one| Expression::parse(one).unwrap()).collect();
    let is_allowed = |asked: &spdx::LicenseReq| {
        allowed.iter().any(|one| one.requirements().any(|known| known.req == *asked))
    };
    let fault = |package: &cargo_metadata::Package| {
        let Some(text) = &package.license else { return Some(format!("{} names no licence", package.name)) };
        // Older crates write a stroke for "or".
        let good =
            Expression::parse(&text.replace('/', " OR ")).is_ok_and(|licence| licence.evaluate(is_allowed));
        (!good).then(|| format!("{} {} is under {text}", package.name, package.version))
    };
    assert!(libraries().count() > 100);
    assert_none(
        &libraries().filter_map(fault).collect::<Vec<_>>(),
        "libraries under a licence that is not allowed",
    );
}

#[test]
fn every_library_comes_from_the_registry_and_none_is_banned() {
    let foreign =
        libraries().filter(|package| package.source.as_ref().is_none_or(|from| from.repr != REGISTRY));
    let foreign = foreign.map(|package| format!("{} comes from {:?}", package.name, package.source));
    let banned = libraries().filter_map(|package| {
        let (name, why) = BANNED.iter().find(|(name, _)| *name == package.name.as_str())?;
        Some(format!("{name}: {why}"))
    });
    assert_none(&foreign.chain(banned).collect::<Vec<_>>(), "libraries from elsewhere, or banned");
}
