//! The file: its connections and its tables.

use crate::Error;
use sqlite::{Database, Durability, Migrated, migrate};
use std::path::Path;

/// The migrations in order.
const MIGRATIONS: [&str; 4] = [
    include_str!("../../migrations/sqlite/1_tables.sql"),
    include_str!("../../migrations/sqlite/2_timer_because.sql"),
    include_str!("../../migrations/sqlite/3_timer_without_because.sql"),
    include_str!("../../migrations/sqlite/4_dead_letter_holds.sql"),
];

/// Opens the stage's file; gives the connection of the worker and the one of operators and reports.
pub(super) fn open(
    directory: &Path,
    stage: &str,
    durability: Durability,
) -> Result<(Database, Database), Error> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if stage.is_empty() || !stage.chars().all(fits) {
        return Err(Error::StageName { name: stage.to_owned() });
    }
    let path = directory.join(format!("stage-{stage}.db"));
    let failed = |error: sqlite::rusqlite::Error| Error::Open {
        place: path.display().to_string(),
        source: error.into(),
    };
    let worker = Database::open(&path, durability).map_err(failed)?;
    if let Migrated::Newer(found) =
        worker.run(|connection| migrate(connection, &MIGRATIONS)).map_err(failed)?
    {
        let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
        return Err(Error::Newer { stage: stage.to_owned(), found, known });
    }
    let others = Database::open(&path, durability).map_err(failed)?;
    Ok((worker, others))
}
