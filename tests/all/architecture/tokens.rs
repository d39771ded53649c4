//! Bearer tokens are compared in a time that tells nothing of them.

use super::{assert_none, files, production};

/// What a caller shows.
const SHOWN: &str = "header::AUTHORIZATION";
/// The comparison of the library `subtle`.
const CONSTANT_TIME: &str = ".ct_eq(";

#[test]
fn whoever_looks_at_a_token_compares_it_in_constant_time() {
    let edges: Vec<_> = files()
        .iter()
        .filter(|file| file.path.ends_with(".rs") && !file.path.starts_with("tests/") && !file.is_of_tests())
        .map(|file| (&file.path, production(&file.text)))
        .filter(|(_, text)| text.contains(SHOWN) && text.contains(".get("))
        .collect();
    assert_eq!(edges.len(), 2, "the push to intake and the training ERP: {edges:?}");
    let faults = edges.into_iter().filter(|(_, text)| !text.contains(CONSTANT_TIME));
    let faults: Vec<String> = faults.map(|(path, _)| path.clone()).collect();
    assert_none(&faults, "a comparison that stops at the first difference tells how much was right");
}
