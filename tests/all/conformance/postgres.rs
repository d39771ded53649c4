//! What only PostgreSQL can show.

use super::store_place::StorePlace;
use super::store_rows::{committed, state};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::postgres::PostgresStore;
use store::{Commit, Error};

async fn run(sql: String) {
    let mut connection = PgConnection::connect(&tests::postgres_url()).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
}

fn prefix_of(place: &StorePlace) -> &str {
    let StorePlace::Postgres { prefix } = place else { unreachable!() };
    prefix
}

/// A newer version of the stage has been there.
pub(super) async fn newer_comes(place: &StorePlace) {
    run(format!("update {}counting.schema_version set version = 99", prefix_of(place))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_program_refuses_a_newer_schema_and_leaves_it_alone() {
    let place = StorePlace::postgres();
    let store = place.open().await;
    committed(store.as_ref(), 0, &Commit { states_put: vec![state("k", "kept")], ..Commit::default() }).await;
    let prefix = prefix_of(&place);
    newer_comes(&place).await;
    let refused =
        PostgresStore::open(&tests::postgres_url(), prefix, "counting").await.map(drop).unwrap_err();
    assert!(matches!(&refused, Error::Newer { stage, found: 99, .. } if stage == "counting"), "{refused}");
    assert_eq!(store.read(0, &["k"]).await.unwrap()[0].doc.as_deref(), Some("kept"));
    // Nor does one that runs already take over what a newer process has had.
    let refused = store.claim(0).await.unwrap_err();
    assert!(matches!(&refused, Error::Newer { found: 99, .. }), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_named_without_the_password() {
    for url in ["postgres://user:hunter2@127.0.0.1:1/db", "postgres://user:hunter2@[broken"] {
        let refused = PostgresStore::open(url, "", "counting").await.map(drop).unwrap_err();
        assert!(matches!(refused, Error::Open { .. }), "{refused}");
        let shown = format!("{refused} {refused:?}");
        assert!(shown.contains("PostgreSQL") && !shown.contains("hunter2"), "{shown}");
    }
}
