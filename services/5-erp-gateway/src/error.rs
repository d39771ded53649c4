//! What keeps the gateway from starting.

use std::path::PathBuf;

/// Why the gateway cannot start. What happens to calls is an outcome, not an error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Settings are wrong; all of them are listed.
    #[error("the ERP settings are wrong: {}", list(.0))]
    Config(Vec<ConfigFault>),
    /// The token file cannot be read.
    #[error(
        "the ERP token cannot be read from {path}; ERP_TOKEN_FILE names a file that this process may read"
    )]
    TokenFile {
        /// Which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The HTTP client cannot be built.
    #[error("the HTTP client for the ERP cannot be built")]
    Client(#[source] reqwest::Error),
}

/// One wrong setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {fault}")]
pub struct ConfigFault {
    /// Its name in the environment.
    pub setting: &'static str,
    /// What is wrong and what to do.
    pub fault: String,
}

fn list(faults: &[ConfigFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
