#![doc = include_str!("../README.md")]

mod cli;
pub mod data;
mod dead_letters;
pub mod demo;
mod erp;
pub mod generate;
pub mod pipeline;
pub mod report;
pub mod run;
pub mod schemas;
mod settings;
mod signals;
pub mod stages;

pub use cli::{Cli, main};
