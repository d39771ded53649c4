//! The version of a file's tables.

use rusqlite::{Connection, TransactionBehavior};

/// What [`migrate`] has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Migrated {
    /// The file has all tables now.
    Done,
    /// The file has this version, which the program does not know. Nothing was changed.
    Newer(i64),
}

/// Runs what the file does not have yet, in one transaction that only one process at a time can have. The version of a
/// file is how many of the migrations it has.
pub fn migrate(connection: &mut Connection, migrations: &[&str]) -> rusqlite::Result<Migrated> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.query_row("pragma user_version", [], |row| row.get(0))?;
    let Some(missing) = usize::try_from(version).ok().and_then(|done| migrations.get(done..)) else {
        return Ok(Migrated::Newer(version));
    };
    for migration in missing {
        transaction.execute_batch(migration)?;
    }
    if !missing.is_empty() {
        let version = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
        transaction.pragma_update(None, "user_version", version)?;
    }
    transaction.commit()?;
    Ok(Migrated::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Database, Durability};

    const TWO: [&str; 2] = ["create table a (x)", "create table b (x)"];

    fn version(database: &Database) -> i64 {
        database.run(|c| c.query_row("pragma user_version", [], |row| row.get(0))).unwrap()
    }

    #[test]
    fn openers_at_the_same_time_make_the_tables_once() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.db");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let database = Database::open(&path, Durability::Full).unwrap();
                    assert_eq!(database.run(|c| migrate(c, &TWO)).unwrap(), Migrated::Done);
                });
            }
        });
        assert_eq!(version(&Database::open(&path, Durability::Full).unwrap()), 2);
    }

    #[test]
    fn a_file_gets_only_what_it_lacks() {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::open(&directory.path().join("x.db"), Durability::Process).unwrap();
        assert_eq!(database.run(|c| migrate(c, &TWO[..1])).unwrap(), Migrated::Done);
        assert_eq!(database.run(|c| migrate(c, &TWO)).unwrap(), Migrated::Done);
        assert_eq!(version(&database), 2);
    }

    #[test]
    fn a_newer_file_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::open(&directory.path().join("x.db"), Durability::Full).unwrap();
        database.run(|c| migrate(c, &TWO)).unwrap();
        assert_eq!(database.run(|c| migrate(c, &TWO[..1])).unwrap(), Migrated::Newer(2));
        assert_eq!(version(&database), 2);
    }

    #[test]
    fn a_migration_that_fails_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::open(&directory.path().join("x.db"), Durability::Full).unwrap();
        assert!(database.run(|c| migrate(c, &[TWO[0], "create nonsense"])).is_err());
        assert_eq!(version(&database), 0);
        assert_eq!(database.run(|c| migrate(c, &TWO)).unwrap(), Migrated::Done);
    }
}
