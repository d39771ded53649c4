//! Processes that get a twentieth of the time.

use std::process::{Child, Command, Stdio};

/// Lets the processes run for 3 of 63 milliseconds. The shell waits for input that never comes.
const SCRIPT: &str =
    "while :; do kill -s CONT \"$@\"; read -rt 0.003; kill -s STOP \"$@\"; read -rt 0.06; done";

/// Slow as long as this lives, and paused after it.
pub struct Slow {
    shell: Child,
    pids: Vec<String>,
}

impl Slow {
    /// Makes these processes slow.
    pub fn make(pids: impl IntoIterator<Item = u32>) -> Self {
        let pids: Vec<String> = pids.into_iter().map(|pid| pid.to_string()).collect();
        let mut shell = Command::new("bash");
        shell.args(["-c", SCRIPT, "slow"]).args(&pids).stdin(Stdio::piped());
        Self { shell: shell.spawn().unwrap(), pids }
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        self.shell.kill().unwrap();
        self.shell.wait().unwrap();
        assert!(Command::new("kill").args(["-s", "STOP"]).args(&self.pids).status().unwrap().success());
    }
}
