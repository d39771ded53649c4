//! What is kept of every file.

use serde::{Deserialize, Serialize};

/// Why a file is held back as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// A code that stands in the README.
    pub code: String,
    /// What is wrong and what to do. No personal data.
    pub detail: String,
}

impl Hold {
    pub(crate) fn new(code: &str, detail: impl Into<String>) -> Self {
        Self { code: code.to_owned(), detail: detail.into() }
    }
}
