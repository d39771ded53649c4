//! The schema of a stage and its migrations.

use crate::Error;
use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, PgConnection};

/// The tables, step by step. A step that was released is never changed; a change is a new step.
const STEPS: [&str; 4] = [
    include_str!("../../migrations/postgres/1_tables.sql"),
    include_str!("../../migrations/postgres/2_timer_because.sql"),
    include_str!("../../migrations/postgres/3_timer_without_because.sql"),
    include_str!("../../migrations/postgres/4_dead_letter_holds.sql"),
];

/// The newest version that this program knows: the number of steps.
pub(super) const KNOWN: i64 = 4;

/// The longest name that the server keeps whole, in bytes.
const NAME_BYTES_MAX: usize = 63;

/// The name of a stage's schema, as it can stand in SQL without quotes.
pub fn name(prefix: &str, stage: &str) -> Result<String, Error> {
    let name = format!("{prefix}{}", stage.replace('-', "_"));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    // Names that begin with `pg_` are the server's own.
    if stage.is_empty() || !starts_well || !name.chars().all(plain) || name.starts_with("pg_") {
        return Err(Error::StageName { name });
    }
    if name.len() > NAME_BYTES_MAX { Err(Error::StageName { name }) } else { Ok(name) }
}

/// Brings the schema to the newest step in one transaction, and gives the version found before. One process at a time
/// does so; the others wait and find it done. A newer schema is left alone.
pub(super) async fn migrate(pool: &PgPool, name: &str) -> Result<i64, sqlx::Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('rettidig schema ' || $1, 0))")
        .bind(name)
        .execute(&mut *transaction)
        .await?;
    let found = version(&mut transaction, name).await?;
    for (step, sql) in (1_i64..).zip(STEPS).filter(|(step, _)| *step > found) {
        sqlx::raw_sql(sql).execute(&mut *transaction).await?;
        sqlx::query("update schema_version set version = $1").bind(step).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(found)
}

/// The version of a schema; none where it is missing.
pub(super) async fn version_of(pool: &PgPool, name: &str) -> Result<Option<i64>, sqlx::Error> {
    let exists: bool = sqlx::query_scalar(
        "select exists (select from pg_tables where schemaname = $1 and tablename = 'schema_version')",
    )
    .bind(name)
    .fetch_one(pool)
    .await?;
    if !exists {
        return Ok(None);
    }
    sqlx::query_scalar("select version from schema_version").fetch_optional(pool).await
}

/// The version that an operator finds, if the stage has made it as this program knows it or a newer one does.
pub(super) fn checked(name: &str, found: Option<i64>) -> Result<i64, Error> {
    let refused = |problem: String| Err(Error::Setting { problem });
    match found {
        None => refused(format!(
            "there is no schema {name}: check the database and POSTGRES_PREFIX, or start the stage first"
        )),
        Some(found) if found < KNOWN => refused(format!(
            "the schema {name} is of an older program (version {found}, this knows {KNOWN}): start the stage's new version first"
        )),
        Some(found) => Ok(found),
    }
}

/// The version of the schema, which is made with version 0 where it is missing.
async fn version(connection: &mut PgConnection, name: &str) -> Result<i64, sqlx::Error> {
    let exists: bool = sqlx::query_scalar("select exists (select from pg_namespace where nspname = $1)")
        .bind(name)
        .fetch_one(&mut *connection)
        .await?;
    if !exists {
        // The name is checked: lower-case letters, digits and underscores.
        sqlx::raw_sql(AssertSqlSafe(format!("create schema {name}"))).execute(&mut *connection).await?;
    }
    sqlx::raw_sql("create table if not exists schema_version (version bigint not null)")
        .execute(&mut *connection)
        .await?;
    let found: Option<i64> =
        sqlx::query_scalar("select version from schema_version").fetch_optional(&mut *connection).await?;
    if let Some(found) = found {
        return Ok(found);
    }
    sqlx::query("insert into schema_version (version) values (0)").execute(&mut *connection).await?;
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_the_last_step() {
        assert_eq!(usize::try_from(KNOWN).unwrap(), STEPS.len());
    }

    #[test]
    fn an_operator_finds_no_schema_that_is_missing_or_older() {
        assert!(checked("a_routing", None).unwrap_err().to_string().contains("POSTGRES_PREFIX"));
        assert!(checked("a_routing", Some(KNOWN - 1)).unwrap_err().to_string().contains("older program"));
        assert_eq!(checked("a_routing", Some(KNOWN)).unwrap(), KNOWN);
    }

    #[test]
    fn a_stage_gets_a_schema_of_its_own() {
        assert_eq!(name("rettidig_", "erp-gateway").unwrap(), "rettidig_erp_gateway");
        assert_eq!(name("", "routing").unwrap(), "routing");
    }

    #[test]
    fn a_name_that_would_need_quotes_is_refused() {
        for (prefix, stage) in
            [("", ""), ("a;", "b"), ("", "Routing"), ("", "1-intake"), ("", "pg_x"), ("x\"", "y"), ("é", "y")]
        {
            assert!(matches!(name(prefix, stage), Err(Error::StageName { .. })), "{prefix}{stage}");
        }
        assert!(name("", &"a".repeat(64)).is_err());
    }
}
