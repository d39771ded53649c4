//! erp-sandbox
