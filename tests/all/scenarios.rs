//! The main job from end to end: input files in, all stages, the training ERP, and what is left at the end.
//!
//! Each scenario writes the files of some days ([`input`]), goes through the days on the embedded backends ([`place`]),
//! and asks the log, the ERP's ledger and the report what came of it.

mod any_order;
mod bad_input;
mod balance;
mod disk_full;
mod exit_codes;
mod faults;
mod followed;
mod friplads;
mod input;
mod kvantum;
mod late;
pub mod place;
mod receivers;
mod registers;
mod restart;
mod settings;
mod upgrade;
mod year;
