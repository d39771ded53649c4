#![doc = include_str!("../README.md")]

mod access;
mod alerts;
pub mod assess;
mod balance;
pub mod bench;
mod cli;
pub mod data;
mod dead_letters;
pub mod demo;
pub mod erp;
mod files;
mod findings;
pub mod generate;
mod live;
pub mod pipeline;
mod place;
mod production;
pub mod report;
pub mod run;
pub mod schemas;
mod secrets;
mod servers;
pub mod settings;
mod signals;
pub mod stages;
mod standstill;
mod states;
mod tasks;
pub mod tls;
mod up;

pub use cli::{Cli, main};
