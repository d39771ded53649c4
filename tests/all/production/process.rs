//! One process of an installation: the real binary.

use super::network::Namespace;
use crate::program::program;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// What a process finds in its environment.
pub type Settings = [(&'static str, String)];

/// Lines of a log that are shown when its test fails.
const LINES_SHOWN: usize = 15;

/// A process that is started again when it was killed.
pub struct Process {
    /// The stage, or the ERP.
    pub name: &'static str,
    /// Where it answers.
    pub url: String,
    /// It cannot answer: nobody waits for it.
    pub is_away: bool,
    command: Vec<String>,
    log: PathBuf,
    child: Option<Child>,
}

impl Process {
    /// One that listens on this port, not started yet.
    pub fn new(name: &'static str, port: u16, arguments: Vec<String>, place: &Path) -> Self {
        let mut command = vec![program().display().to_string()];
        command.extend(arguments);
        let log = place.join(format!("{port}.stderr"));
        Self { name, url: format!("http://127.0.0.1:{port}"), is_away: false, command, log, child: None }
    }

    /// One of a stage, in this network if one is named.
    pub fn serve(stage: &'static str, network: Option<&Namespace>, place: &Path) -> Self {
        let port = free_port();
        let host = network.map_or("127.0.0.1", |network| network.inside.as_str());
        let bind = format!("{host}:{port}");
        let arguments = ["serve", stage, "--health-bind", &bind].map(str::to_owned);
        let mut process = Self::new(stage, port, arguments.into(), place);
        process.url = format!("http://{bind}");
        if let Some(network) = network {
            process.command.splice(0..0, network.entering());
        }
        process
    }

    /// Starts it.
    pub fn start(&mut self, settings: &Settings) {
        let log = File::options().create(true).append(true).open(&self.log).unwrap();
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).envs(settings.iter().cloned());
        self.child = Some(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().code(), None, "{} had ended by itself", self.name);
    }

    /// Lets it stop in good order.
    pub fn stop(&mut self) {
        self.signal("TERM");
        let ended = self.child.take().unwrap().wait().unwrap();
        assert_eq!(ended.code(), Some(0), "{} does not stop in good order", self.name);
    }

    /// Its number with the system.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: &str) {
        let pid = self.pid().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
    }

    /// Fails if it has ended by itself.
    pub fn assert_runs(&mut self) {
        let ended = self.child.as_mut().unwrap().try_wait().unwrap();
        assert_eq!(ended, None, "{} has ended by itself", self.name);
    }

    /// What it has logged, since it was started first.
    pub fn logged(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // One that has ended cannot be killed, and that is as good.
            drop(child.kill());
            drop(child.wait());
        }
        if std::thread::panicking() {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            let from = lines.len().saturating_sub(LINES_SHOWN);
            println!("the last lines of {}:\n{}", self.name, lines[from..].join("\n"));
        }
    }
}

/// A command of the binary.
pub fn run(arguments: &[String], settings: &Settings) -> Child {
    let mut command = Command::new(program());
    command.args(arguments).envs(settings.iter().cloned()).env("RETTIDIG_LOG", "error");
    command.stdout(Stdio::null()).spawn().unwrap()
}

/// A port on which nobody listens, from below the range that outgoing connections take: it is free again after a kill.
pub fn free_port() -> u16 {
    loop {
        let port = 10_000 + uuid::Uuid::new_v4().as_fields().1 % 10_000;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
