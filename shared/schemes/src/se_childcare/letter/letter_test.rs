//! The letters as the custodian gets them, whole, and what cannot be written.

use super::*;
