//! A server that belongs to one test, which may kill it.

use crate::small_disk::SmallDisk;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A server of one's own, with its data. It goes with this.
pub struct OwnServer {
    /// The disk of the directory, where it is a small one: given back before the directory goes.
    disk: Option<SmallDisk>,
    directory: TempDir,
    script: PathBuf,
    /// Where it listens.
    at: String,
    /// What a client is to be told.
    pub address: String,
}

impl OwnServer {
    /// An Apache Kafka on this IP address.
    pub fn kafka(at: &str) -> Self {
        Self::begin("kafka", at, None)
    }

    /// A PostgreSQL on this IP address.
    pub fn postgres(at: &str) -> Self {
        Self::begin("postgres", at, None)
    }

    /// The same on a disk of so many KiB, which can be filled.
    pub fn on_small_disk(name: &str, at: &str, kib: u32) -> Self {
        Self::begin(name, at, Some(kib))
    }

    fn begin(name: &str, at: &str, kib: Option<u32>) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers").join(name);
        let directory = tempfile::tempdir().unwrap();
        let disk = kib.map(|kib| SmallDisk::mount(directory.path(), kib));
        let mut server = Self { disk, directory, script, at: at.to_owned(), address: String::new() };
        server.address = server.start();
        server
    }

    /// Goes on with the same data on the same port.
    pub fn start(&self) -> String {
        let printed = self.run("start");
        printed.trim().split_once('=').unwrap().1.to_owned()
    }

    /// `kill -9`.
    pub fn kill(&self) {
        self.run("kill");
    }

    /// Lets it stand still: it is there, and does not answer. `true`: until it is called with `false`.
    pub fn pause(&self, paused: bool) {
        let file = ["data/postmaster.pid", "pid"].map(|name| self.directory.path().join(name));
        let text = file.iter().find_map(|path| std::fs::read_to_string(path).ok()).unwrap();
        let parent = text.lines().next().unwrap().to_owned();
        let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap();
        let signal = if paused { "STOP" } else { "CONT" };
        // A child may end at this moment by itself.
        drop(Command::new("kill").args(["-s", signal]).args(children.split_whitespace()).output());
        assert!(Command::new("kill").args(["-s", signal, &parent]).status().unwrap().success());
    }

    /// Fills its disk to the last byte, and has it write until it feels that.
    pub fn fill(&self) {
        assert!(self.disk.is_some(), "only a small disk can be filled");
        let mut ballast = File::create(self.ballast()).unwrap();
        for bytes in [1 << 16, 1] {
            while ballast.write_all(&vec![0; bytes]).is_ok() {}
        }
        self.run("overflow");
    }

    /// Makes room again.
    pub fn free(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.directory.path().join("ballast")
    }

    fn run(&self, action: &str) -> String {
        let mut command = Command::new(&self.script);
        command.arg(action).arg(self.directory.path()).env("SERVER_ADDRESS", &self.at);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{action}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        self.kill();
    }
}
