//! Whole numbers as amounts, tables as rows, and the comparison of two opinions.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rust_decimal::Decimal;
use std::fmt::Debug;

/// How many disagreements are shown.
const SHOWN: usize = 5;

/// Random cases that are the same in every run.
pub(super) fn random(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// The cells of a table, without its remarks and its heading.
pub(super) fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = table.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.skip(1).map(|line| line.split(',').map(str::trim).collect())
}

/// Kroner as øre.
pub(super) fn kroner(text: &str) -> i128 {
    text.parse::<i128>().unwrap() * 100
}

/// Øre as the amount that a scheme takes.
pub(super) fn amount(oere: i128) -> Decimal {
    Decimal::from_i128_with_scale(oere, 2)
}

/// Øre as the schemes write them.
pub(super) fn text(oere: i128) -> String {
    assert!(oere >= 0, "no amount here is negative");
    format!("{}.{:02}", oere / 100, oere % 100)
}

/// The nearest whole number, a half upwards. Nothing here is negative.
pub(super) fn nearest(part: i128, whole: i128) -> i128 {
    (2 * part + whole).div_euclid(2 * whole)
}

/// Fails and shows the first cases on which the two opinions differ.
pub(super) fn agree<C: Debug, A: Debug + PartialEq>(
    cases: impl IntoIterator<Item = C>,
    least: usize,
    ours: impl Fn(&C) -> A,
    theirs: impl Fn(&C) -> A,
) {
    let (mut compared, mut differ) = (0, Vec::new());
    for case in cases {
        compared += 1;
        let (ours, theirs) = (ours(&case), theirs(&case));
        if ours != theirs {
            differ.push(format!("{case:?}\n  second opinion: {ours:?}\n  scheme:         {theirs:?}"));
        }
    }
    assert!(compared >= least, "only {compared} cases were compared");
    let shown = differ.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(differ.is_empty(), "{} of {compared} cases differ:\n{shown}", differ.len());
}
