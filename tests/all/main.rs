//! One binary for all integration tests: linked once, and its tests run in parallel.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a test stops at the first surprise"
)]

mod alertmanager;
mod architecture;
mod awaited;
mod bench;
mod billing;
mod commands;
mod conformance;
mod fuzzed;
mod gateway;
mod kills;
mod left;
mod model;
mod on_servers;
mod own_server;
mod poison;
mod production;
mod program;
mod scenarios;
mod schemas;
mod second_opinion;
mod small_disk;
