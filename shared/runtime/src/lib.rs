//! The stage loop.
mod stage;

pub use stage::{Caller, Change, Context, Effects, Input, NoCall, Outgoing, PlannedCall, Refusal, Stage};
