//! A network namespace with one line to this machine, which can be cut.

use std::process::Command;

/// A network of its own.
pub struct Namespace {
    name: String,
    /// The address of this machine, as seen from inside.
    pub outside: String,
    /// The address inside.
    pub inside: String,
}

impl Namespace {
    /// Makes one.
    ///
    /// # Panics
    /// When it cannot be made: a test that is passed over would claim a proof that is not there.
    pub fn make() -> Self {
        let [.., a, b, c] = *uuid::Uuid::new_v4().as_bytes();
        // A network of four addresses, of those that nobody routes.
        let address = |last: u8| format!("10.{a}.{b}.{}", (c & 0b1111_1100) | last);
        let name = format!("rt{a:02x}{b:02x}{c:02x}");
        let made = Self { name, outside: address(1), inside: address(2) };
        let (name, line, end) = (&made.name, format!("{}o", made.name), format!("{}i", made.name));
        ip(&format!("netns add {name}"));
        ip(&format!("link add {line} type veth peer name {end}"));
        ip(&format!("link set {end} netns {name}"));
        ip(&format!("addr add {}/30 dev {line}", made.outside));
        ip(&format!("link set {line} up"));
        ip(&format!("-n {name} addr add {}/30 dev {end}", made.inside));
        ip(&format!("-n {name} link set lo up"));
        made.mend();
        made
    }

    /// What stands before a command that is to run inside.
    pub fn entering(&self) -> [String; 4] {
        ["ip", "netns", "exec", &self.name].map(str::to_owned)
    }

    /// Cuts the line: nothing goes in or out, and nobody is told.
    pub fn cut(&self) {
        ip(&format!("-n {0} link set {0}i down", self.name));
    }

    /// Mends it.
    pub fn mend(&self) {
        ip(&format!("-n {0} link set {0}i up", self.name));
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // The line goes with it.
        ip(&format!("netns del {}", self.name));
    }
}

fn ip(arguments: &str) {
    let done = Command::new("ip").args(arguments.split(' ')).output();
    let done = done.unwrap_or_else(|error| {
        panic!(
            "the program `ip` cannot be run ({error}): install the package iproute2; this test cuts a network"
        )
    });
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(
        done.status.success(),
        "`ip {arguments}` has failed: this test cuts a network and must be root, with network namespaces: {said}"
    );
}
