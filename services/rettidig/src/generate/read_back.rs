//! A directory that was written, as intake reads it.

use domain::{Day, PersonSecret};
use intake::Item;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// All files by their path below the directory.
pub fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for (_, day) in intake::days(root).unwrap() {
        for entry in fs::read_dir(&day).unwrap() {
            let path = entry.unwrap().path();
            all.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
        }
    }
    all
}

/// The day on which a file arrives.
pub fn day_of(path: &Path) -> Day {
    path.parent().unwrap().to_str().unwrap().parse().unwrap()
}

/// Everything intake reads from a directory, in order.
pub fn items(all: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<Item> {
    let layout = intake::cpr::Layout::load().unwrap();
    all.iter().flat_map(|(path, bytes)| items_of(&layout, path, bytes)).collect()
}

/// Everything intake reads from one file, in order.
pub fn items_of(layout: &intake::cpr::Layout, path: &Path, bytes: &[u8]) -> Vec<Item> {
    let secret = PersonSecret::new(*b"a secret for the tests").unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    match intake::FileKind::of(name, bytes) {
        intake::FileKind::Cpr => {
            let mut reader = intake::cpr::Reader::new(layout, &secret, day_of(path), bytes).unwrap();
            std::iter::from_fn(|| reader.next_item().unwrap()).collect()
        }
        intake::FileKind::Eindkomst => {
            let mut reader = intake::eindkomst::Reader::new(&secret, day_of(path), bytes);
            std::iter::from_fn(|| reader.next_item()).collect()
        }
        intake::FileKind::CaseCommands => {
            let mut reader = intake::commands::Reader::new(&secret, day_of(path), bytes);
            std::iter::from_fn(|| reader.next_item().unwrap()).collect()
        }
        intake::FileKind::Unknown => panic!("{name}"),
    }
}
