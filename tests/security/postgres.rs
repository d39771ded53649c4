//! PostgreSQL over TLS, and a role for each stage.

use crate::servers::{Roles, as_owner, certificate, port, unique};
use rettidig::pipeline::parts;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor};
use std::path::PathBuf;
use store::postgres::{PostgresConfig, PostgresStore};
use store::{Commit, Error, Store};

fn config(roles: &Roles, stage: &str, ca: &str) -> PostgresConfig {
    PostgresConfig {
        password: Some(Roles::password(stage)),
        ca_file: Some(certificate(ca)),
        prefix: roles.prefix.clone(),
        ..PostgresConfig::new(roles.url(stage))
    }
}

/// Why a store does not open, with all causes.
async fn refusal(config: &PostgresConfig, stage: &str) -> String {
    let error = PostgresStore::open_as(config, stage).await.map(drop).unwrap_err();
    let shown = causes(&error);
    let password = config.password.as_deref().unwrap_or_default();
    assert!(!shown.contains(password) && !format!("{error:?} {config:?}").contains(password), "{shown}");
    shown
}

fn causes(error: &dyn std::error::Error) -> String {
    let source = error.source().map(causes).unwrap_or_default();
    format!("{error}: {source}")
}

async fn save(store: &PostgresStore) {
    let version = store.claim(0).await.unwrap().version;
    let states_put = vec![("a key".to_owned(), "{}".to_owned())];
    store.commit(0, version, &Commit { states_put, ..Commit::default() }).await.unwrap();
}

#[tokio::test]
async fn a_stage_works_in_its_own_schema_and_reaches_no_other() {
    let roles = Roles::make();
    for stage in parts() {
        let store = PostgresStore::open_as(&config(&roles, stage, "ca.pem"), stage).await.unwrap();
        save(&store).await;
        assert!(store.read(0, &["a key"]).await.unwrap()[0].doc.is_some());
    }
    for stage in parts() {
        let url: PgConnectOptions = roles.url(stage).parse().unwrap();
        let options = url
            .password(&Roles::password(stage))
            .ssl_mode(PgSslMode::VerifyFull)
            .ssl_root_cert(certificate("ca.pem"));
        let mut connection = options.connect().await.unwrap();
        let mut denied = vec![
            "create schema another".to_owned(),
            "create table public.another (a int)".to_owned(),
            "create role another".to_owned(),
        ];
        for other in parts().filter(|other| *other != stage) {
            let schema = roles.name(other);
            denied.extend([
                format!("select * from {schema}.states"),
                format!("delete from {schema}.progress"),
                format!("create table {schema}.another (a int)"),
                format!("alter schema {schema} owner to {}", roles.name(stage)),
                format!("set role {schema}"),
            ]);
        }
        for sql in denied {
            let error = connection.execute(AssertSqlSafe(sql.clone())).await.unwrap_err();
            let code = error.as_database_error().and_then(|error| error.code()).unwrap();
            // insufficient_privilege
            assert_eq!(code, "42501", "{stage}: {sql}: {error}");
        }
    }
}

#[tokio::test]
async fn a_schema_from_before_there_were_roles_is_handed_over_with_what_it_holds() {
    let prefix = format!("s{}_", unique());
    let common = format!("{prefix}common");
    as_owner(&format!(
        "create role {common} login password 'common'; grant create on database rettidig to {common};"
    ));
    let before = PostgresConfig {
        password: Some("common".to_owned()),
        ca_file: Some(certificate("ca.pem")),
        prefix: prefix.clone(),
        ..PostgresConfig::new(format!("postgres://{common}@127.0.0.1:{}/rettidig", port("postgres")))
    };
    save(&PostgresStore::open_as(&before, "routing").await.unwrap()).await;

    let roles = Roles { prefix };
    roles.apply();
    roles.apply();
    let store = PostgresStore::open_as(&config(&roles, "routing", "ca.pem"), "routing").await.unwrap();
    assert!(store.read(0, &["a key"]).await.unwrap()[0].doc.is_some());
    save(&store).await;
    // What it may not use is not there for it.
    let shown = refusal(&before, "routing").await;
    assert!(shown.contains("no schema has been selected"), "{shown}");
}

#[tokio::test]
async fn without_tls_the_server_lets_nobody_in() {
    let roles = Roles::make();
    let mut plain = config(&roles, "routing", "ca.pem");
    plain.ca_file = None;
    plain.url = format!("{}?sslmode=disable", plain.url);
    let shown = refusal(&plain, "routing").await;
    assert!(shown.contains("no encryption"), "{shown}");
}

#[tokio::test]
async fn a_server_that_another_authority_vouches_for_or_that_bears_another_name_is_not_believed() {
    let roles = Roles::make();
    let shown = refusal(&config(&roles, "routing", "other-ca.pem"), "routing").await;
    assert!(shown.contains("UnknownIssuer"), "{shown}");

    // Another name of this machine, which the certificate does not have.
    let mut renamed = config(&roles, "routing", "ca.pem");
    renamed.url = renamed.url.replace("127.0.0.1", "0.0.0.0");
    let shown = refusal(&renamed, "routing").await;
    assert!(shown.contains("not valid for name"), "{shown}");
}

#[tokio::test]
async fn a_wrong_password_is_refused() {
    let roles = Roles::make();
    let mut wrong = config(&roles, "routing", "ca.pem");
    wrong.password = Some("hunter2".to_owned());
    let shown = refusal(&wrong, "routing").await;
    assert!(shown.contains("password authentication failed"), "{shown}");
}

#[tokio::test]
async fn a_missing_certificate_file_and_encryption_towards_anybody_are_refused() {
    let mut config = PostgresConfig::new(format!("postgres://127.0.0.1:{}/rettidig", port("postgres")));
    config.ca_file = Some(PathBuf::from("/nowhere/ca.pem"));
    let error = PostgresStore::open_as(&config, "routing").await.map(drop).unwrap_err();
    assert!(matches!(&error, Error::Setting { problem } if problem.contains("/nowhere/ca.pem")), "{error}");
    config.ca_file = None;
    config.url.push_str("?sslmode=require");
    let error = PostgresStore::open_as(&config, "routing").await.map(drop).unwrap_err();
    assert!(matches!(&error, Error::Setting { problem } if problem.contains("verify-full")), "{error}");
}
