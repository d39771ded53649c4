#![doc = include_str!("README.md")]
#![expect(
    clippy::panic,
    reason = "a test without its server must fail; passing it over would claim a proof that is not there"
)]

/// Address (`host:port`) of the Apache Kafka that `tests/servers/kafka` started.
///
/// # Panics
/// When `KAFKA_BOOTSTRAP` is not set.
#[must_use]
pub fn kafka_bootstrap() -> String {
    server("KAFKA_BOOTSTRAP", "kafka")
}

/// `postgres://` URL of the PostgreSQL that `tests/servers/postgres` started. Its role may create
/// databases, so that each test can have one of its own.
///
/// # Panics
/// When `POSTGRES_URL` is not set.
#[must_use]
pub fn postgres_url() -> String {
    server("POSTGRES_URL", "postgres")
}

/// `http://` URL of the Alertmanager that `tests/servers/alertmanager` started, without a path.
///
/// # Panics
/// When `ALERTMANAGER_URL` is not set.
#[must_use]
pub fn alertmanager_url() -> String {
    server("ALERTMANAGER_URL", "alertmanager")
}

/// Directory of the servers that let nobody in without TLS and a password, and of the certificates they were started with:
/// `tests/run` starts them for the tests of `tests/security`.
///
/// # Panics
/// When `SECURE_SERVERS` is not set.
#[must_use]
pub fn secure_servers() -> std::path::PathBuf {
    server("SECURE_SERVERS", "{certificates,kafka,postgres}").into()
}

fn server(variable: &str, script: &str) -> String {
    match std::env::var(variable) {
        Ok(value) if !value.is_empty() => value,
        _ => panic!(
            "{variable} is not set: run ./tests/run, or start the server with \
             `tests/servers/{script} start DIR` and export the line it prints"
        ),
    }
}
