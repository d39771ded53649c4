//! The main job from end to end: input files in, all stages, the training ERP, and what is left at the end.
//!
//! Each scenario writes the files of some days ([`input`]), goes through the days ([`place`]), and asks the log, the ERP's
//! ledger and the report what came of it. Those that are one async function of a [`Backend`] run on files and on Apache
//! Kafka and PostgreSQL; the others on files.

mod alike;
mod any_order;
mod bad_input;
mod balance;
mod debtors;
mod disk_full;
mod exit_codes;
mod faults;
mod followed;
mod friplads;
pub mod input;
mod kvantum;
mod late;
pub mod place;
mod receivers;
mod reconciled_year;
mod refused_order;
mod registers;
mod residents;
mod restart;
mod settings;
mod swedish;
mod tasks;
mod upgrade;
mod year;

/// Where log and stores are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// In files.
    Embedded,
    /// Apache Kafka and PostgreSQL.
    Servers,
}

/// Runs each scenario on each backend, as tests of their own.
macro_rules! on_both_backends {
    ($($scenario:ident),* $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                super::$scenario(crate::scenarios::Backend::Embedded).await;
            })*
        }
        mod servers {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                super::$scenario(crate::scenarios::Backend::Servers).await;
            })*
        }
    };
}

use on_both_backends;
