//! A data directory of the version before is gone on with. The directory is kept as it was written: `upgrade/README.md`.

use super::place::Place;
use crate::program::program;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The last day, three months after the one on which the directory was left.
const UNTIL: &str = "2023-06-30";

/// Chosen by the key alone, so that the same ones are hit whoever is faster.
const FAULTS: &str = "{kind: drop, share: 0.2}, {kind: duplicate, share: 0.2}, {kind: reject, share: 0.2}";

/// The directory's format when it was written.
const FORMAT: &str = "format-3";

fn unpack(place: &Place) {
    let kept =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("all/scenarios/upgrade").join(format!("{FORMAT}.tar.gz"));
    let mut tar = Command::new("tar");
    let unpacked = tar.arg("-xzf").arg(kept).arg("-C").arg(place.file("")).status().unwrap();
    assert!(unpacked.success());
}

async fn finish(place: &Place) -> crate::left::Left {
    let run = Command::new(program()).args(place.arguments(UNTIL, FAULTS)).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    place.left().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_that_the_version_before_has_left_ends_like_one_of_this_version() {
    let (old, new) = (Place::new(), Place::new());
    unpack(&old);
    unpack(&new);
    fs::remove_dir_all(new.data()).unwrap();
    let (mut old, mut new) = (finish(&old).await, finish(&new).await);
    // What the version before has written stays as it was: the same letters, in its words and files.
    let letters = |left: &mut crate::left::Left| -> BTreeSet<PathBuf> {
        std::mem::take(&mut left.letters).into_keys().map(|path| path.with_extension("")).collect()
    };
    let written = letters(&mut new);
    assert!(written.len() > 8, "{written:?}");
    assert_eq!(letters(&mut old), written);
    assert!(new.ledger.len() > 20 && new.assessed.len() > 50 && !new.findings.is_empty());
    old.assert_same(&new);
}

#[test]
fn a_directory_of_an_unknown_format_is_refused_with_both_formats_named() {
    let place = Place::new();
    unpack(&place);
    let label = place.data().join("rettidig.json");
    let text = fs::read_to_string(&label).unwrap();
    for format in [1, 2, 99] {
        fs::write(&label, text.replace("\"format\":3", &format!("\"format\":{format}"))).unwrap();
        let run = Command::new(program()).args(place.arguments(UNTIL, FAULTS)).output().unwrap();
        let told = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(2), "{told}");
        assert!(told.contains(&format!("has format {format}, this version reads 3")), "{told}");
    }
}
