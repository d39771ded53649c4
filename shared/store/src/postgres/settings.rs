//! How to reach the database, and how its certificate is looked at.

use crate::Error;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Whether this build has TLS.
const TLS: bool = cfg!(feature = "tls");

/// How to reach the database.
#[derive(Clone)]
pub struct PostgresConfig {
    /// `postgres://user:password@host:port/database`.
    pub url: String,
    /// The password, in place of the one in the URL.
    pub password: Option<String>,
    /// Certificates (PEM) of who vouches for the server. With them the way is encrypted, and the server must prove that it
    /// bears the name in the URL. The certificates of the machine are believed as well.
    pub ca_file: Option<PathBuf>,
    /// Stands before the name of every stage's schema.
    pub prefix: String,
}

impl PostgresConfig {
    /// A database of one's own: as the URL says, and no prefix.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), password: None, ca_file: None, prefix: String::new() }
    }

    pub(super) fn options(&self) -> Result<PgConnectOptions, Error> {
        // The reason of a failure could quote the URL with its password.
        let mut options = PgConnectOptions::from_str(&self.url).map_err(|_| Error::Open {
            place: "PostgreSQL".into(),
            source: "the URL cannot be read; it is postgres://user:password@host:port/database".into(),
        })?;
        if let Some(password) = &self.password {
            options = options.password(password);
        }
        let mode = self.mode(options.get_ssl_mode(), TLS)?;
        if let Some(file) = &self.ca_file {
            let readable = std::fs::metadata(file).is_ok_and(|found| found.is_file());
            if !readable {
                return Err(Error::Setting {
                    problem: format!("the certificates {} cannot be read", file.display()),
                });
            }
            options = options.ssl_root_cert(file);
        }
        Ok(options.ssl_mode(mode))
    }

    /// What is asked for, if it can be had and is worth its name. `asked` is what the URL says.
    fn mode(&self, asked: PgSslMode, tls: bool) -> Result<PgSslMode, Error> {
        let refused = |problem: &str| Err(Error::Setting { problem: problem.to_owned() });
        let mode = if self.ca_file.is_some() { PgSslMode::VerifyFull } else { asked };
        match mode {
            PgSslMode::VerifyFull if tls => Ok(mode),
            PgSslMode::VerifyFull | PgSslMode::VerifyCa | PgSslMode::Require if !tls => {
                refused("TLS is asked for, and this build has none: build it with `--features tls`")
            }
            PgSslMode::VerifyCa | PgSslMode::Require => {
                refused("sslmode must be verify-full: the others take any server for ours")
            }
            _ => Ok(mode),
        }
    }
}

/// Shows neither password nor URL, which may hold one.
impl fmt::Debug for PostgresConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresConfig")
            .field("ca_file", &self.ca_file)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(config: &PostgresConfig, asked: PgSslMode, tls: bool) -> String {
        config.mode(asked, tls).unwrap_err().to_string()
    }

    #[test]
    fn tls_that_this_build_cannot_do_is_refused_and_never_left_out() {
        let plain = PostgresConfig::new("");
        let mut with_ca = PostgresConfig::new("");
        with_ca.ca_file = Some("ca.pem".into());
        assert!(problem(&with_ca, PgSslMode::Prefer, false).contains("--features tls"));
        assert!(problem(&plain, PgSslMode::VerifyFull, false).contains("--features tls"));
        assert!(problem(&plain, PgSslMode::Require, false).contains("--features tls"));
        assert!(matches!(plain.mode(PgSslMode::Prefer, false).unwrap(), PgSslMode::Prefer));
    }

    #[test]
    fn who_names_certificates_gets_them_looked_at_whatever_the_url_says() {
        let mut config = PostgresConfig::new("");
        config.ca_file = Some("ca.pem".into());
        for asked in [PgSslMode::Disable, PgSslMode::Prefer, PgSslMode::Require] {
            assert!(matches!(config.mode(asked, true).unwrap(), PgSslMode::VerifyFull));
        }
    }

    #[test]
    fn encryption_towards_anybody_is_refused() {
        for asked in [PgSslMode::Require, PgSslMode::VerifyCa] {
            assert!(problem(&PostgresConfig::new(""), asked, true).contains("verify-full"));
        }
    }

    #[test]
    fn a_certificate_file_that_is_missing_is_named() {
        let mut config = PostgresConfig::new("postgres://u@localhost/d");
        config.ca_file = Some("/nowhere/ca.pem".into());
        let shown = config.options().map(drop).unwrap_err().to_string();
        assert!(shown.contains(if TLS { "/nowhere/ca.pem" } else { "--features tls" }), "{shown}");
    }

    #[test]
    fn no_password_shows_in_debug() {
        let mut config = PostgresConfig::new("postgres://u:hunter2@localhost/d");
        config.password = Some("hunter3".into());
        let shown = format!("{config:?}");
        assert!(!shown.contains("hunter"), "{shown}");
    }
}
