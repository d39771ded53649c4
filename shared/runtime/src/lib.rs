#![doc = include_str!("../README.md")]

mod batch;
pub mod calendar;
mod calls;
mod clock;
mod config;
mod dynamic;
mod edge;
mod error;
#[cfg(not(any(test, feature = "failpoints")))]
mod failpoint;
#[cfg(any(test, feature = "failpoints"))]
pub mod failpoint;
mod health;
mod incoming;
pub mod limits;
mod monitor;
mod outgoing;
mod partition;
mod progress;
mod reach;
mod run;
mod scope;
mod stage;
mod states;
pub mod telemetry;
mod trace;
mod worker;

pub use config::{Pace, WorkerConfig, WorkerOptions};
pub use dynamic::{Arrived, Decided, DynStage, Observer, Shape};
pub use edge::Edge;
pub use error::Error;
pub use health::{Health, HealthOptions};
pub use incoming::kept_message;
pub use monitor::Monitor;
pub use reach::Reach;
pub use run::{Ended, run_beside, run_until_idle};
pub use stage::{
    Because, Caller, Change, Context, Effects, Input, NoCall, Outgoing, PlannedCall, Refusal, Stage,
};
pub use worker::{Counters, Worker};
