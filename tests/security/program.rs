//! The real binary, built with TLS.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The binary, built once beside these tests. It has a name of its own: the other tests build one without TLS.
pub fn program() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let tests = std::env::current_exe().unwrap();
        let folder = tests.ancestors().nth(2).unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        // As the tests themselves are built, so that next to nothing is left to do.
        cargo.args(
            "build --quiet --locked -p tests -p rettidig --features tests/tls --bins --test security"
                .split(' '),
        );
        cargo.arg("--target-dir").arg(folder.parent().unwrap()).current_dir(env!("CARGO_MANIFEST_DIR"));
        // ring's build script looks at what the cargo around this test has said of this package, and would build anew.
        for (name, _) in std::env::vars_os() {
            if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|of| name.to_string_lossy().starts_with(of)) {
                cargo.env_remove(name);
            }
        }
        assert!(cargo.status().unwrap().success(), "rettidig is built");
        let program = folder.join("rettidig-with-tls");
        std::fs::copy(folder.join("rettidig"), &program).unwrap();
        program
    })
}

/// What the binary prints to these arguments.
pub fn printed(arguments: &[&str]) -> String {
    let output = Command::new(program()).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
