//! A disk of so many bytes: a file system in memory, mounted on a directory.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Mounted as long as this lives.
pub struct SmallDisk {
    place: PathBuf,
}

impl SmallDisk {
    /// Mounts one on this directory.
    ///
    /// # Panics
    /// When it cannot be mounted: a test that is passed over would claim a proof that is not there.
    pub fn mount(place: &Path, kib: u32) -> Self {
        std::fs::create_dir_all(place).unwrap();
        let place = place.to_owned();
        run("mount", &["-t", "tmpfs", "-o", &format!("size={kib}k,mode=755"), "tmpfs"], &place);
        Self { place }
    }

    /// Makes it larger; what lies on it stays.
    pub fn grow(&self, kib: u32) {
        run("mount", &["-o", &format!("remount,size={kib}k")], &self.place);
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        run("umount", &["--lazy"], &self.place);
    }
}

fn run(program: &str, arguments: &[&str], place: &Path) {
    let done = Command::new(program).args(arguments).arg(place).output();
    let done = done.unwrap_or_else(|error| panic!("the program `{program}` cannot be run: {error}"));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "`{program}` needs root; this test fills a small disk: {said}");
}
