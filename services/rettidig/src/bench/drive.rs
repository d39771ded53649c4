//! Letting the stages work until nothing is under way.

use super::meter::Meter;
use anyhow::{Result, bail};
use runtime::Ended;
use std::time::{Duration, Instant};

/// How long a look at the log is put off when records are under way that nobody was given yet: shorter than a fetch from
/// brokers takes.
const PAUSE: Duration = Duration::from_millis(1);

/// How long everything may stand still before it counts as broken: joining the groups takes seconds.
const STILL_MAX: Duration = Duration::from_secs(60);

/// Steps the stages (by `settle`) until they have been given and have decided all that is written. Says how long all of
/// them have waited for the log.
pub(super) async fn rest(
    meter: &Meter,
    (stages, partitions): (usize, u32),
    mut settle: impl AsyncFnMut() -> Result<Ended>,
) -> Result<Duration> {
    let mut waited = Duration::ZERO;
    let begun = Instant::now();
    loop {
        if settle().await? == Ended::Stopped {
            bail!("stopped by a signal; nothing was measured");
        }
        if meter.is_at_rest(stages, partitions) {
            return Ok(waited);
        }
        if begun.elapsed() > STILL_MAX && waited > STILL_MAX / 2 {
            bail!("records are written that no stage is given: the log does not deliver");
        }
        let pause = Instant::now();
        tokio::time::sleep(PAUSE).await;
        waited += pause.elapsed();
    }
}
