//! `rettidig`: see the library of this crate.

use rettidig::Cli;
use std::process::ExitCode;

/// States and messages are many small pieces: a run takes a tenth less processor time than with the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    rettidig::main(Cli::read())
}
