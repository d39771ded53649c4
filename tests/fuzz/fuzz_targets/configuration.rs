#![no_main]

#[path = "../../all/fuzzed/parsers.rs"]
mod parsers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::configuration(bytes));
