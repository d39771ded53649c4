//! The pipes: TLS, passwords and rights, on servers that let nobody in without.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a test stops at the first surprise"
)]

mod erp;
mod kafka;
mod pipeline;
mod postgres;
mod program;
mod receivers;
mod secrets;
mod servers;
