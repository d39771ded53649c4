//! Where an operation runs.

use tokio::runtime::{Handle, RuntimeFlavor};

/// Does this on the thread that asks. A thread that drives other tasks, too, hands them to another one first.
pub(crate) fn in_place<T>(work: impl FnOnce() -> T) -> T {
    let several = |handle: Handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread;
    if Handle::try_current().is_ok_and(several) { tokio::task::block_in_place(work) } else { work() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_runs_in_place_on_either_kind_of_runtime() {
        let here = || std::thread::current().id();
        assert_eq!(in_place(here), here());
        let one = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_eq!(one.block_on(async { in_place(here) }), here());
        let several = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        assert_eq!(several.block_on(async { in_place(here) }), here());
        let task = several.spawn(async move { (here(), in_place(here)) });
        let (asked, ran) = several.block_on(task).unwrap();
        assert_eq!(asked, ran);
    }
}
