//! How the brokers and the database are reached.

use crate::cli::WrongInput;
use crate::secrets;
use anyhow::Result;
use clap::{Args, ValueEnum};
use eventlog::Log;
use eventlog::kafka::KafkaConfig;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use store::Store;
use store::postgres::{PostgresConfig, PostgresStore};

/// The brokers.
#[derive(Debug, Clone, Args)]
pub struct KafkaOptions {
    /// Host and port of some brokers, separated by commas.
    #[arg(long, env = "KAFKA_BOOTSTRAP", value_name = "HOST:PORT,…")]
    kafka_bootstrap: String,
    /// Stands before every topic and group name.
    #[arg(long, env = "KAFKA_PREFIX", default_value = "")]
    kafka_prefix: String,
    /// Copies of each partition when topics are made.
    #[arg(long, env = "KAFKA_REPLICATION", default_value_t = 1)]
    kafka_replication: u16,
    /// How the way to the brokers is secured.
    #[arg(
        long,
        env = "KAFKA_SECURITY_PROTOCOL",
        value_enum,
        ignore_case = true,
        default_value = "PLAINTEXT"
    )]
    kafka_security_protocol: SecurityProtocol,
    /// How the password is proved to the brokers.
    #[arg(
        long,
        env = "KAFKA_SASL_MECHANISM",
        value_enum,
        ignore_case = true,
        default_value = "SCRAM-SHA-512"
    )]
    kafka_sasl_mechanism: SaslMechanism,
    /// Who we are to the brokers, with SASL_SSL.
    #[arg(long, env = "KAFKA_USER", value_name = "NAME")]
    kafka_user: Option<String>,
    /// A file that holds the password, with SASL_SSL.
    #[arg(long, env = "KAFKA_PASSWORD_FILE", value_name = "FILE")]
    kafka_password_file: Option<PathBuf>,
    /// Certificates (PEM) of who vouches for the brokers; those of the machine where none are named.
    #[arg(long, env = "KAFKA_CA_FILE", value_name = "FILE")]
    kafka_ca_file: Option<PathBuf>,
    /// Other properties of librdkafka for TLS and SASL, as name=value; may be given several times.
    #[arg(
        long,
        env = "KAFKA_PROPERTIES",
        value_name = "NAME=VALUE",
        value_delimiter = ';',
        hide_env_values = true
    )]
    kafka_property: Vec<KafkaProperty>,
}

/// How the way to the brokers is secured; the names are Kafka's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SecurityProtocol {
    /// Not at all: for brokers on this machine.
    #[value(name = "PLAINTEXT")]
    Plaintext,
    /// TLS.
    #[value(name = "SSL")]
    Ssl,
    /// TLS, and a user with a password.
    #[value(name = "SASL_SSL")]
    SaslSsl,
}

/// How the password is proved; the names are Kafka's.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum SaslMechanism {
    /// The password never leaves this process.
    #[value(name = "SCRAM-SHA-512")]
    ScramSha512,
    /// For brokers that know no other.
    #[value(name = "SCRAM-SHA-256")]
    ScramSha256,
}

/// `name=value`. The value may be a secret and is not shown.
#[derive(Clone)]
pub struct KafkaProperty(String);

impl From<&str> for KafkaProperty {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for KafkaProperty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.split_once('=').map_or("?", |(name, _)| name))
    }
}

impl KafkaOptions {
    /// Connects.
    pub async fn open(&self) -> Result<Arc<dyn Log>> {
        let config = self.config()?;
        let is_plain =
            config.properties.get("security.protocol").is_none_or(|protocol| protocol == "PLAINTEXT");
        if is_plain && !self.kafka_bootstrap.split(',').all(is_here) {
            tracing::warn!(
                "the way to the brokers is neither encrypted nor proved: set KAFKA_SECURITY_PROTOCOL=SASL_SSL"
            );
        }
        open(config).await
    }

    fn config(&self) -> Result<KafkaConfig> {
        let mut config = kafka(&self.kafka_bootstrap, &self.kafka_property)?;
        config.prefix.clone_from(&self.kafka_prefix);
        config.replication = self.kafka_replication;
        for (name, value) in self.security()? {
            config.properties.insert(name.to_owned(), value);
        }
        Ok(config)
    }

    /// The properties for what is asked for. What would have no effect is refused: somebody believes in it.
    fn security(&self) -> Result<Vec<(&'static str, String)>, WrongInput> {
        use SecurityProtocol::{Plaintext, SaslSsl, Ssl};
        let protocol = self.kafka_security_protocol;
        let refused = |problem: &str| Err(WrongInput(problem.to_owned()));
        if protocol == Plaintext && self.kafka_ca_file.is_some() {
            return refused("KAFKA_CA_FILE is for KAFKA_SECURITY_PROTOCOL=SSL or SASL_SSL: set it");
        }
        if protocol != SaslSsl && (self.kafka_user.is_some() || self.kafka_password_file.is_some()) {
            return refused(
                "KAFKA_USER and KAFKA_PASSWORD_FILE are for KAFKA_SECURITY_PROTOCOL=SASL_SSL: set it",
            );
        }
        let mut properties = Vec::new();
        // Left alone where it is not asked for: a property may say it.
        match protocol {
            Plaintext => return Ok(properties),
            Ssl => properties.push(("security.protocol", "SSL".to_owned())),
            SaslSsl => {
                let (Some(user), Some(file)) = (&self.kafka_user, &self.kafka_password_file) else {
                    return refused("SASL_SSL needs KAFKA_USER and KAFKA_PASSWORD_FILE");
                };
                let password = secrets::read(file, "--kafka-password-file")?;
                properties.push(("security.protocol", "SASL_SSL".to_owned()));
                properties.push(("sasl.mechanisms", self.kafka_sasl_mechanism.name().to_owned()));
                properties.push(("sasl.username", user.clone()));
                properties.push(("sasl.password", password.expose_secret().to_owned()));
            }
        }
        if let Some(file) = &self.kafka_ca_file {
            properties.push(("ssl.ca.location", file.display().to_string()));
        }
        Ok(properties)
    }
}

impl SaslMechanism {
    fn name(self) -> &'static str {
        match self {
            Self::ScramSha512 => "SCRAM-SHA-512",
            Self::ScramSha256 => "SCRAM-SHA-256",
        }
    }
}

/// Whether an address is on this machine.
fn is_here(address: &str) -> bool {
    let address = address.trim();
    let has_port = !address.ends_with(']');
    let host = address.rsplit_once(':').filter(|_| has_port).map_or(address, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

async fn open(config: KafkaConfig) -> Result<Arc<dyn Log>> {
    eventlog::kafka::open(config).await.map_err(|error| match error {
        eventlog::Error::Setting { .. } => WrongInput(error.to_string()).into(),
        error => error.into(),
    })
}

/// Brokers with properties as `name=value`.
pub fn kafka(bootstrap: &str, properties: &[KafkaProperty]) -> Result<KafkaConfig> {
    let mut config = KafkaConfig::new(bootstrap);
    for KafkaProperty(property) in properties {
        let (name, value) = property
            .split_once('=')
            .ok_or_else(|| WrongInput("--kafka-property is written name=value".to_owned()))?;
        config.properties.insert(name.to_owned(), value.to_owned());
    }
    Ok(config)
}

/// The database.
#[derive(Debug, Clone, Args)]
pub struct PostgresOptions {
    /// postgres://user:password@host:port/database
    #[arg(long, env = "POSTGRES_URL", hide_env_values = true)]
    postgres_url: SecretString,
    /// A file that holds the password, in place of one in the URL.
    #[arg(long, env = "POSTGRES_PASSWORD_FILE", value_name = "FILE")]
    postgres_password_file: Option<PathBuf>,
    /// Certificates (PEM) of who vouches for the server. With them it must prove, over TLS, that it is the host of the URL.
    #[arg(long, env = "POSTGRES_CA_FILE", value_name = "FILE")]
    postgres_ca_file: Option<PathBuf>,
    /// Stands before the name of every stage's schema.
    #[arg(long, env = "POSTGRES_PREFIX", default_value = "rettidig_")]
    postgres_prefix: String,
}

impl PostgresOptions {
    /// Connects to the schema of a stage, and makes it where it is missing.
    pub async fn open(&self, stage: &str) -> Result<Arc<dyn Store>> {
        let config = self.config(stage)?;
        opened(PostgresStore::open_as(&config, stage).await)
    }

    /// Connects to the schema that a stage has made.
    pub async fn open_made(&self, stage: &str) -> Result<Arc<dyn Store>> {
        let config = self.config(stage)?;
        opened(PostgresStore::open_made(&config, stage).await)
    }

    fn config(&self, stage: &str) -> Result<PostgresConfig> {
        let read = |file: &PathBuf| secrets::read(file, "--postgres-password-file");
        let password = self.postgres_password_file.as_ref().map(read).transpose()?;
        let config = PostgresConfig {
            url: self.postgres_url.expose_secret().to_owned(),
            password: password.map(|password| password.expose_secret().to_owned()),
            ca_file: self.postgres_ca_file.clone(),
            prefix: self.postgres_prefix.clone(),
        };
        let url = self.postgres_url.expose_secret();
        let proved = self.postgres_ca_file.is_some() || url.contains("sslmode=verify-full");
        // Without a host it is a socket; one that cannot be read is refused below.
        let host = reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
        if !proved && host.is_some_and(|host| !is_here(&host)) {
            tracing::warn!(
                stage,
                "the way to PostgreSQL is not proved: name who vouches for it in POSTGRES_CA_FILE"
            );
        }
        Ok(config)
    }
}

fn opened(opened: Result<PostgresStore, store::Error>) -> Result<Arc<dyn Store>> {
    match opened {
        Ok(store) => Ok(Arc::new(store)),
        Err(error @ store::Error::Setting { .. }) => Err(WrongInput(error.to_string()).into()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_this_machine_is_known() {
        for here in ["localhost:9092", "127.0.0.1:9092", " 127.3.0.1", "[::1]:9092", "[::1]"] {
            assert!(is_here(here), "{here}");
        }
        for elsewhere in ["kafka:9092", "10.0.0.5:9092", "localhost.example.org:9092", ""] {
            assert!(!is_here(elsewhere), "{elsewhere}");
        }
    }
}
