//! The servers of these tests, and what their owner does on them.

use crate::program::printed;
use rettidig::pipeline::parts;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A file made by `tests/servers/certificates`.
pub fn certificate(name: &str) -> PathBuf {
    tests::secure_servers().join("certificates").join(name)
}

/// The port on which a server listens.
pub fn port(server: &str) -> String {
    let path = tests::secure_servers().join(server).join("port");
    std::fs::read_to_string(path).unwrap().trim().to_owned()
}

/// A name that no other test has.
pub fn unique() -> String {
    uuid::Uuid::new_v4().simple().to_string()[..12].to_owned()
}

/// Runs SQL as the owner of the database, over the server's socket.
pub fn as_owner(sql: &str) {
    let socket = tests::secure_servers().join("postgres/socket");
    let mut psql = Command::new("psql");
    psql.args(["-qX", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", "rettidig", "-p", &port("postgres")]);
    feed(psql.arg("-h").arg(socket), sql);
}

/// Runs a command with this as its input.
pub fn feed(command: &mut Command, input: &str) {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A role and a schema for each stage, as `rettidig access postgres` gives them, with passwords.
pub struct Roles {
    /// Stands before their names.
    pub prefix: String,
}

impl Roles {
    pub fn make() -> Self {
        let roles = Self { prefix: format!("s{}_", unique()) };
        roles.apply();
        roles
    }

    /// Once more is harmless.
    pub fn apply(&self) {
        let mut sql = printed(&["access", "postgres", "--postgres-prefix", &self.prefix]);
        for stage in parts().chain(["operator"]) {
            let role = self.name(stage);
            sql.push_str(&format!("alter role {role} password '{}';\n", Self::password(stage)));
        }
        as_owner(&sql);
    }

    /// The name of a stage's role, and of its schema.
    pub fn name(&self, stage: &str) -> String {
        format!("{}{}", self.prefix, stage.replace('-', "_"))
    }

    pub fn password(stage: &str) -> String {
        format!("password-of-{stage}")
    }

    /// Without the password.
    pub fn url(&self, stage: &str) -> String {
        format!("postgres://{}@127.0.0.1:{}/rettidig", self.name(stage), port("postgres"))
    }
}
