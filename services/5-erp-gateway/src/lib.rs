//! erp-gateway
