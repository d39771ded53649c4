//! The settings, from the environment, complete before the first call.

use crate::backoff::{FIRST_MS, MAX_MS};
use crate::tls::{Tls, TlsFiles};
use crate::{Backoff, ConfigFault, Connection, Error, GatewaySettings};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;
use std::time::Duration;

/// How the ERP is reached. A binary flattens it into its own arguments.
#[derive(Debug, Clone, clap::Args)]
pub struct ErpConfig {
    /// The ERP's base URL; its paths are those of schemas/erp-claims.openapi.yaml.
    #[arg(long, env = "ERP_URL")]
    pub erp_url: Option<String>,
    /// A file that holds the bearer token.
    #[arg(long, env = "ERP_TOKEN_FILE")]
    pub erp_token_file: Option<PathBuf>,
    /// The bearer token itself; from the environment only, a command line can be seen by others.
    #[arg(long, env = "ERP_TOKEN", hide = true, hide_env_values = true)]
    pub erp_token: Option<SecretString>,
    /// The certificate (PEM, with those between it and the root) that shows the ERP who we are.
    #[arg(long, env = "ERP_CLIENT_CERT_FILE", value_name = "FILE")]
    pub erp_client_cert_file: Option<PathBuf>,
    /// The key (PEM, PKCS #8) of that certificate.
    #[arg(long, env = "ERP_CLIENT_KEY_FILE", value_name = "FILE")]
    pub erp_client_key_file: Option<PathBuf>,
    /// Certificates (PEM) of who vouches for the ERP, and nobody else; those of the machine where none are named.
    #[arg(long, env = "ERP_CA_FILE", value_name = "FILE")]
    pub erp_ca_file: Option<PathBuf>,
    /// Allow http to another host than this one: only where something else encrypts the way, such as a service mesh.
    #[arg(long, env = "ERP_PLAIN_HTTP_ALLOWED")]
    pub erp_plain_http_allowed: bool,
    /// How long a connection may take to come about, in milliseconds.
    #[arg(long, env = "ERP_CONNECT_TIMEOUT_MS", default_value_t = 3_000)]
    pub erp_connect_timeout_ms: u64,
    /// How long a call may take in all, in milliseconds.
    #[arg(long, env = "ERP_TIMEOUT_MS", default_value_t = 30_000)]
    pub erp_timeout_ms: u64,
    /// Calls a second.
    #[arg(long, env = "ERP_RATE_PER_SECOND", default_value_t = 50)]
    pub erp_rate_per_second: u32,
    /// Calls at once after a pause.
    #[arg(long, env = "ERP_RATE_BURST", default_value_t = 50)]
    pub erp_rate_burst: u32,
    /// So many failures in a row open the circuit.
    #[arg(long, env = "ERP_BREAKER_FAILURES", default_value_t = 5)]
    pub erp_breaker_failures: u32,
    /// How long the circuit stays open, in milliseconds.
    #[arg(long, env = "ERP_BREAKER_OPEN_MS", default_value_t = 30_000)]
    pub erp_breaker_open_ms: u64,
    /// The first wait before a call is tried again, in milliseconds; it doubles.
    #[arg(long, env = "ERP_BACKOFF_FIRST_MS", default_value_t = FIRST_MS)]
    pub erp_backoff_first_ms: u64,
    /// The longest wait before a call is tried again, in milliseconds.
    #[arg(long, env = "ERP_BACKOFF_MAX_MS", default_value_t = MAX_MS)]
    pub erp_backoff_max_ms: u64,
    /// How long after an order without a clear answer the ERP is asked about it, in milliseconds.
    #[arg(long, env = "ERP_ASK_AFTER_MS", default_value_t = 5_000)]
    pub erp_ask_after_ms: u64,
    /// How often the ledger is read beside the opening and closing of each day, in milliseconds; never when left out.
    #[arg(long, env = "ERP_POLL_EVERY_MS")]
    pub erp_poll_every_ms: Option<u64>,
    /// Entries a page of the ledger, 1-1000.
    #[arg(long, env = "ERP_PAGE_ENTRIES", default_value_t = 500)]
    pub erp_page_entries: u32,
    /// The day of the month on which a subscription's documents fall due, 1-28.
    #[arg(long, env = "ERP_DUE_DAY", default_value_t = 1)]
    pub erp_due_day: u8,
}

/// The settings, checked.
#[derive(Debug, Clone)]
pub struct ErpSettings {
    /// For [`crate::ErpClient::new`].
    pub connection: Connection,
    /// For [`crate::Gateway::new`].
    pub gateway: GatewaySettings,
}

/// The longest timeout, back-off, opening and poll, in milliseconds: an hour. Longer ones hide a fault for a day.
const DURATION_MS_MAX: u64 = 3_600_000;
/// The highest rate and burst: beyond it the limit limits nothing.
const RATE_MAX: u32 = 100_000;
/// The most failures before the circuit opens.
const BREAKER_FAILURES_MAX: u32 = 1_000;

impl ErpConfig {
    /// Checks everything, reads the token, and reports all faults at once.
    pub fn validate(self) -> Result<ErpSettings, Error> {
        let mut faults = self.range_faults();
        let url = self.url().map_err(|fault| faults.push(fault)).ok();
        let token = match self.token() {
            Ok(token) => token,
            Err(TokenFault::Setting(fault)) => {
                faults.push(fault);
                None
            }
            Err(TokenFault::File(error)) => return Err(error),
        };
        let tls = url.as_ref().and_then(|url| self.tls(url).map_err(|fault| faults.push(fault)).ok());
        let (Some(url), Some(token), Some(tls), true) = (url, token, tls, faults.is_empty()) else {
            return Err(Error::Config(faults));
        };
        let connection = Connection {
            url,
            token,
            tls,
            connect_timeout: Duration::from_millis(self.erp_connect_timeout_ms),
            timeout: Duration::from_millis(self.erp_timeout_ms),
            rate_per_second: self.erp_rate_per_second,
            rate_burst: self.erp_rate_burst,
            breaker_failures: self.erp_breaker_failures,
            breaker_open: Duration::from_millis(self.erp_breaker_open_ms),
            page_entries: self.erp_page_entries,
            due_day: self.erp_due_day,
        };
        let backoff = Backoff { first_ms: self.erp_backoff_first_ms, max_ms: self.erp_backoff_max_ms };
        let gateway = GatewaySettings {
            backoff,
            ask_after_ms: self.erp_ask_after_ms,
            poll_every_ms: self.erp_poll_every_ms,
        };
        Ok(ErpSettings { connection, gateway })
    }

    fn range_faults(&self) -> Vec<ConfigFault> {
        let rows = [
            ("ERP_CONNECT_TIMEOUT_MS", self.erp_connect_timeout_ms, 1, self.erp_timeout_ms),
            ("ERP_TIMEOUT_MS", self.erp_timeout_ms, 1, DURATION_MS_MAX),
            ("ERP_RATE_PER_SECOND", self.erp_rate_per_second.into(), 1, RATE_MAX.into()),
            ("ERP_RATE_BURST", self.erp_rate_burst.into(), 1, RATE_MAX.into()),
            ("ERP_BREAKER_FAILURES", self.erp_breaker_failures.into(), 1, BREAKER_FAILURES_MAX.into()),
            ("ERP_BREAKER_OPEN_MS", self.erp_breaker_open_ms, 1, DURATION_MS_MAX),
            ("ERP_BACKOFF_FIRST_MS", self.erp_backoff_first_ms, 1, self.erp_backoff_max_ms),
            ("ERP_BACKOFF_MAX_MS", self.erp_backoff_max_ms, 1, DURATION_MS_MAX),
            ("ERP_ASK_AFTER_MS", self.erp_ask_after_ms, 0, DURATION_MS_MAX),
            ("ERP_POLL_EVERY_MS", self.erp_poll_every_ms.unwrap_or(1), 1, DURATION_MS_MAX),
            ("ERP_PAGE_ENTRIES", self.erp_page_entries.into(), 1, 1_000),
            ("ERP_DUE_DAY", self.erp_due_day.into(), 1, 28),
        ];
        rows.into_iter()
            .filter(|(_, value, least, most)| !(least..=most).contains(&value))
            .map(|(setting, value, least, most)| ConfigFault {
                setting,
                fault: format!("{value} is not between {least} and {most}"),
            })
            .collect()
    }

    fn url(&self) -> Result<Url, ConfigFault> {
        let fault = |fault: &str| ConfigFault { setting: "ERP_URL", fault: fault.to_owned() };
        let text = self.erp_url.as_deref().ok_or_else(|| fault("is missing; it names the ERP's base URL"))?;
        let url = Url::parse(text)
            .map_err(|_| fault("is no URL; write https://erp.example/claims-api, for instance"))?;
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(fault("has a user, a query or a fragment; the token goes into ERP_TOKEN_FILE"));
        }
        let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        match url.scheme() {
            "http" if here || self.erp_plain_http_allowed => Ok(url),
            "http" => Err(fault(
                "would send personal numbers in the clear; use https, or set ERP_PLAIN_HTTP_ALLOWED=true where \
                 something else encrypts the way",
            )),
            "https" if cfg!(feature = "tls") => Ok(url),
            "https" => Err(fault("needs TLS, and this build has none: build it with `--features tls`")),
            _ => Err(fault("is neither http nor https")),
        }
    }

    fn tls(&self, url: &Url) -> Result<Tls, ConfigFault> {
        Tls::read(&TlsFiles {
            https: url.scheme() == "https",
            authorities: self.erp_ca_file.as_deref(),
            certificate: self.erp_client_cert_file.as_deref(),
            key: self.erp_client_key_file.as_deref(),
        })
    }

    fn token(&self) -> Result<Option<SecretString>, TokenFault> {
        let fault = |fault: &str| {
            TokenFault::Setting(ConfigFault { setting: "ERP_TOKEN_FILE", fault: fault.to_owned() })
        };
        let token = match (&self.erp_token_file, &self.erp_token) {
            (Some(_), Some(_)) => return Err(fault("is set together with ERP_TOKEN; set one of them")),
            (None, None) => return Err(fault("is not set, and neither is ERP_TOKEN")),
            (None, Some(token)) => token.clone(),
            (Some(path), None) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|source| TokenFault::File(Error::TokenFile { path: path.clone(), source }))?;
                SecretString::from(text.trim_end())
            }
        };
        let text = token.expose_secret();
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(fault("holds no token: one line of printable ASCII characters without blanks"));
        }
        Ok(Some(token))
    }
}

/// Why there is no token.
enum TokenFault {
    Setting(ConfigFault),
    File(Error),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        erp: ErpConfig,
    }

    fn config(arguments: &[&str]) -> ErpConfig {
        Arguments::try_parse_from(["test"].iter().chain(arguments)).unwrap_or_else(|e| panic!("{e}")).erp
    }

    fn faults(arguments: &[&str]) -> Vec<&'static str> {
        match config(arguments).validate() {
            Ok(_) => Vec::new(),
            Err(Error::Config(faults)) => faults.iter().map(|fault| fault.setting).collect(),
            Err(other) => panic!("{other}"),
        }
    }

    const LOCAL: [&str; 4] = ["--erp-url", "http://127.0.0.1:8089", "--erp-token", "s3cret"];

    #[test]
    fn the_defaults_are_valid() {
        let settings = config(&LOCAL).validate().unwrap();
        assert_eq!(settings.gateway.backoff, Backoff::default());
        assert_eq!(settings.connection.timeout, Duration::from_secs(30));
    }

    #[test]
    fn every_fault_is_reported_at_once() {
        let wrong = [
            "--erp-url",
            "ftp://erp",
            "--erp-timeout-ms",
            "0",
            "--erp-due-day",
            "29",
            "--erp-page-entries",
            "1001",
        ];
        assert_eq!(
            faults(&wrong),
            [
                "ERP_CONNECT_TIMEOUT_MS",
                "ERP_TIMEOUT_MS",
                "ERP_PAGE_ENTRIES",
                "ERP_DUE_DAY",
                "ERP_URL",
                "ERP_TOKEN_FILE"
            ]
        );
    }

    #[test]
    fn personal_numbers_go_in_the_clear_to_this_host_only() {
        for (url, right) in [
            ("http://localhost:1", true),
            ("http://[::1]:1/api", true),
            ("http://erp.example", false),
            ("http://127.0.0.1.example", false),
            ("http://user:pass@127.0.0.1", false),
            ("http://127.0.0.1/?token=x", false),
            ("mailto:erp@example", false),
            ("erp", false),
        ] {
            assert_eq!(faults(&["--erp-url", url, "--erp-token", "t"]).is_empty(), right, "{url}");
        }
        assert!(
            faults(&["--erp-url", "http://erp.example", "--erp-token", "t", "--erp-plain-http-allowed"])
                .is_empty()
        );
        assert_eq!(
            faults(&["--erp-url", "https://erp.example", "--erp-token", "t"]).is_empty(),
            cfg!(feature = "tls")
        );
    }

    #[test]
    fn the_token_comes_from_its_file_without_the_line_end_and_is_never_shown() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "s3cret\n").unwrap();
        let path = file.path().to_str().unwrap();
        let settings =
            config(&["--erp-url", "http://localhost", "--erp-token-file", path]).validate().unwrap();
        assert_eq!(settings.connection.token.expose_secret(), "s3cret");
        assert!(!format!("{settings:?}").contains("s3cret"));
        let missing =
            config(&["--erp-url", "http://localhost", "--erp-token-file", "/nowhere/token"]).validate();
        assert!(matches!(missing, Err(Error::TokenFile { .. })));
    }

    #[test]
    fn an_empty_token_and_two_tokens_are_refused() {
        assert_eq!(faults(&["--erp-url", "http://localhost", "--erp-token", ""]), ["ERP_TOKEN_FILE"]);
        let both = [&LOCAL[..], &["--erp-token-file", "/nowhere"]].concat();
        assert_eq!(faults(&both), ["ERP_TOKEN_FILE"]);
    }
}
