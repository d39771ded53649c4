//! `rettidig`: see the library of this crate.

use clap::Parser;
use rettidig::Cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    rettidig::main(Cli::parse())
}
