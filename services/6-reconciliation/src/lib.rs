//! reconciliation
