//! The real binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The binary, built once beside these tests.
pub fn program() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let tests = std::env::current_exe().unwrap();
        let folder = tests.ancestors().nth(2).unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        // As the tests themselves are built, so that next to nothing is left to do.
        cargo.args(["build", "--quiet", "--locked", "--workspace", "--tests", "--bins"]);
        cargo.arg("--target-dir").arg(folder.parent().unwrap()).current_dir(env!("CARGO_MANIFEST_DIR"));
        if folder.ends_with("release") {
            cargo.arg("--release");
        }
        assert!(cargo.status().unwrap().success(), "rettidig is built");
        folder.join("rettidig")
    })
}

/// What the binary says to these arguments, called in this folder, without the secret that the environment may name.
pub fn rettidig(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(program());
    command.args(arguments).current_dir(folder).env_remove("RETTIDIG_PERSON_SECRET_FILE");
    command.output().unwrap()
}
