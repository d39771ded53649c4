//! What the system says of this process. Linux tells it; elsewhere it is not known.

use std::fs;
use std::time::Duration;

/// Ticks a second in which Linux tells processor time to programs, on every architecture it runs on today.
const TICKS_PER_SECOND: u64 = 100;

/// Processor time so far, of the process in its own code and in the system's.
pub fn cpu_time() -> Option<Duration> {
    ticks(&fs::read_to_string("/proc/self/stat").ok()?).map(|ticks| {
        Duration::from_secs(ticks / TICKS_PER_SECOND)
            + Duration::from_secs(ticks % TICKS_PER_SECOND) / u32::try_from(TICKS_PER_SECOND).unwrap_or(1)
    })
}

/// User and system time of a line of `/proc/PID/stat`.
fn ticks(stat: &str) -> Option<u64> {
    // The name of the program stands in brackets and may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

/// From here on the peak is that of what follows, where the system lets us say so.
pub fn forget_peak() {
    // What it cannot forget is part of the figure, which is then too high and never too low.
    drop(fs::write("/proc/self/clear_refs", "5"));
}

/// The most memory that was in use at one time (VmHWM), in bytes.
pub fn peak_memory_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_system_time_are_found_behind_any_name() {
        let line = "7 (a ) b) S 1 7 7 0 -1 4194560 100 0 0 0 250 31 0 0 20 0 9 0 100 1000 200";
        assert_eq!(ticks(line), Some(281));
        assert_eq!(ticks("7 (a) S 1"), None);
    }
}
