#![doc = include_str!("../README.md")]

mod batch;
pub mod calendar;
mod calls;
mod clock;
mod config;
mod edge;
mod error;
#[cfg(not(any(test, feature = "failpoints")))]
mod failpoint;
#[cfg(any(test, feature = "failpoints"))]
pub mod failpoint;
mod incoming;
pub mod limits;
mod outgoing;
mod partition;
mod progress;
mod run;
mod scope;
mod stage;
mod telemetry;
mod trace;
mod worker;

pub use config::{Pace, WorkerConfig};
pub use edge::Edge;
pub use error::Error;
pub use run::{Ended, run_until_idle};
pub use stage::{Caller, Change, Context, Effects, Input, NoCall, Outgoing, PlannedCall, Refusal, Stage};
pub use worker::{Counters, DynWorker, Worker};
