//! How to reach the brokers.

use crate::Error;
use std::collections::BTreeMap;
use std::fmt;

/// What may be set from outside: the way to the brokers and the proof of who we are. Everything else carries a
/// guarantee and is set here.
const PROPERTIES_ALLOWED: [&str; 9] = [
    "broker.address.",
    "client.dns.lookup",
    "client.id",
    "client.rack",
    "enable.sasl.",
    "reconnect.",
    "sasl.",
    "security.protocol",
    "ssl.",
];

/// The property by which a broker's certificate is held against its name.
const IDENTIFICATION: &str = "ssl.endpoint.identification.algorithm";

/// Whether this build has TLS, and with it SCRAM.
const TLS: bool = cfg!(feature = "tls");

/// How to reach the brokers.
#[derive(Clone)]
pub struct KafkaConfig {
    /// Host and port of some brokers, separated by commas.
    pub bootstrap: String,
    /// Stands before every topic and group name. Empty, or ends with a dot by convention.
    pub prefix: String,
    /// Copies of each partition, when topics are created. 3 in production.
    pub replication: u16,
    /// Properties of librdkafka for TLS and SASL, such as `security.protocol`. Others are refused.
    pub properties: BTreeMap<String, String>,
}

impl KafkaConfig {
    /// One copy, no prefix, no TLS: a broker of one's own.
    pub fn new(bootstrap: impl Into<String>) -> Self {
        Self {
            bootstrap: bootstrap.into(),
            prefix: String::new(),
            replication: 1,
            properties: BTreeMap::new(),
        }
    }

    /// Refuses properties that could undo a guarantee, or that this build cannot keep.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.check_with(TLS)
    }

    fn check_with(&self, tls: bool) -> Result<(), Error> {
        let problem_of = |name: &str, value: &str| {
            if !PROPERTIES_ALLOWED.iter().any(|allowed| name.starts_with(allowed)) {
                return Some(
                    "only the way to the brokers may be set (security, sasl, ssl, client); remove it",
                );
            }
            if name == IDENTIFICATION && value.eq_ignore_ascii_case("none") {
                return Some("a broker must prove that it bears the name it is called by; remove it");
            }
            if !tls && needs_tls(name, value) {
                return Some("it needs TLS, and this build has none: build it with `--features tls`");
            }
            None
        };
        let refused = self.properties.iter().find_map(|(name, value)| Some((name, problem_of(name, value)?)));
        match refused {
            Some((name, problem)) => Err(Error::Setting { name: name.clone(), problem: problem.to_owned() }),
            None => Ok(()),
        }
    }
}

/// Whether a property means something only where there is TLS. SCRAM is made of the same cryptography.
fn needs_tls(name: &str, value: &str) -> bool {
    let value = value.to_ascii_uppercase();
    match name {
        "security.protocol" => value.ends_with("SSL"),
        "sasl.mechanism" | "sasl.mechanisms" => value.starts_with("SCRAM"),
        _ => name.starts_with("ssl."),
    }
}

/// Shows no values of properties: they hold passwords.
impl fmt::Debug for KafkaConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaConfig")
            .field("bootstrap", &self.bootstrap)
            .field("prefix", &self.prefix)
            .field("replication", &self.replication)
            .field("properties", &self.properties.keys().collect::<Vec<_>>())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_that_could_undo_a_guarantee_is_refused() {
        let mut config = KafkaConfig::new("127.0.0.1:9092");
        config.properties.insert("security.protocol".into(), "SASL_SSL".into());
        assert!(config.check_with(true).is_ok());
        config.properties.insert("enable.auto.commit".into(), "true".into());
        assert!(config.check().unwrap_err().to_string().contains("enable.auto.commit"));
    }

    #[test]
    fn a_broker_is_never_believed_unseen() {
        for (name, value) in [(IDENTIFICATION, "none"), ("enable.ssl.certificate.verification", "false")] {
            let mut config = KafkaConfig::new("127.0.0.1:9092");
            config.properties.insert(name.into(), value.into());
            assert!(config.check_with(true).unwrap_err().to_string().contains(name));
        }
    }

    #[test]
    fn tls_that_this_build_cannot_do_is_refused_and_never_left_out() {
        for (name, value) in [
            ("security.protocol", "ssl"),
            ("security.protocol", "SASL_SSL"),
            ("sasl.mechanisms", "SCRAM-SHA-512"),
            ("ssl.ca.location", "/etc/ca.pem"),
        ] {
            let mut config = KafkaConfig::new("127.0.0.1:9092");
            config.properties.insert(name.into(), value.into());
            assert!(config.check_with(true).is_ok());
            assert!(config.check_with(false).unwrap_err().to_string().contains("--features tls"), "{name}");
        }
    }

    #[test]
    fn a_password_does_not_show_in_debug() {
        let mut config = KafkaConfig::new("127.0.0.1:9092");
        config.properties.insert("sasl.password".into(), "hunter2".into());
        let shown = format!("{config:?}");
        assert!(shown.contains("sasl.password") && !shown.contains("hunter2"));
    }
}
