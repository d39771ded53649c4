//! What every [`eventlog::Log`] and every [`store::Store`] promises, on real servers.
//!
//! A promise is one async function; it runs on every backend. What only a group of several members can show stands
//! apart and runs on Kafka.

mod broker_down;
mod groups;
mod log;
mod log_bytes;
mod log_place;
mod postgres;
mod sleeper;
mod statements;
mod store_calls;
mod store_fence;
mod store_parking;
mod store_place;
mod store_rows;
mod worker;

/// Runs each promise on each backend, as tests of their own.
macro_rules! on_every_log {
    ($($promise:ident),* $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                super::$promise(crate::conformance::log_place::LogPlace::embedded()).await;
            })*
        }
        mod kafka {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                super::$promise(crate::conformance::log_place::LogPlace::kafka(stringify!($promise))).await;
            })*
        }
    };
}

/// Runs each promise on each backend, as tests of their own.
macro_rules! on_every_store {
    ($($promise:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                super::$promise(crate::conformance::store_place::StorePlace::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                super::$promise(crate::conformance::store_place::StorePlace::postgres()).await;
            })*
        }
    };
}

use {on_every_log, on_every_store};
