//! Who is told, from the environment.

use super::mail::MailboxConfig;
use clap::ValueEnum;

/// The receivers of alerts. All are optional.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct AlertConfig {
    /// URL that gets every alert as a JSON POST.
    #[arg(long, env = "RETTIDIG_ALERT_WEBHOOK")]
    pub alert_webhook: Option<String>,
    /// Base URL of an Alertmanager, such as http://127.0.0.1:9093.
    #[arg(long, env = "RETTIDIG_ALERTMANAGER")]
    pub alertmanager: Option<String>,
    /// Mail server as host:port.
    #[arg(long, env = "RETTIDIG_ALERT_SMTP", requires_all = ["alert_mail_from", "alert_mail_to"])]
    pub alert_smtp: Option<String>,
    /// How the way to the mail server is secured.
    #[arg(
        long,
        env = "RETTIDIG_ALERT_SMTP_TLS",
        value_enum,
        default_value = "none",
        requires = "alert_smtp"
    )]
    pub alert_smtp_tls: SmtpTls,
    /// Sender of alert mails.
    #[arg(long, env = "RETTIDIG_ALERT_MAIL_FROM", requires = "alert_smtp")]
    pub alert_mail_from: Option<String>,
    /// Receiver of alert mails.
    #[arg(long, env = "RETTIDIG_ALERT_MAIL_TO", requires = "alert_smtp")]
    pub alert_mail_to: Option<String>,
}

/// How the way to the mail server is secured. The server's certificate must be one that the machine believes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum SmtpTls {
    /// Not at all: a mail server within the municipality's own network. A mail holds no personal data.
    #[default]
    None,
    /// After the greeting, or not at all (often port 587).
    Starttls,
    /// From the first byte (often port 465).
    Tls,
}

/// Whether this build has TLS.
const TLS: bool = cfg!(feature = "tls");

/// Why the receivers cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum ReceiversError {
    /// Not a URL with http.
    #[error("{option} is not an http URL: write it as http://host:port/path")]
    Url {
        /// Which option.
        option: &'static str,
    },
    /// Not host:port.
    #[error("--alert-smtp is not host:port")]
    Smtp,
    /// TLS is asked for, and this build has none.
    #[error("{option} asks for TLS, and this build has none: build it with `--features tls`")]
    NoTls {
        /// Which option.
        option: &'static str,
    },
    /// The mail server's certificate cannot be looked at.
    #[error("the certificates of this machine cannot be read")]
    Certificates(#[source] lettre::transport::smtp::Error),
    /// Not a mail address.
    #[error("{option} is not a mail address")]
    Address {
        /// Which option.
        option: &'static str,
    },
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made")]
    Client(#[source] reqwest::Error),
}

impl AlertConfig {
    pub(super) fn webhook(&self) -> Result<Option<reqwest::Url>, ReceiversError> {
        self.alert_webhook.as_deref().map(|text| url(text, "--alert-webhook")).transpose()
    }

    pub(super) fn alertmanager(&self) -> Result<Option<reqwest::Url>, ReceiversError> {
        let option = "--alertmanager";
        let Some(base) = self.alertmanager.as_deref() else { return Ok(None) };
        url(&format!("{}/api/v2/alerts", base.trim_end_matches('/')), option).map(Some)
    }

    pub(super) fn mailbox(&self) -> Option<MailboxConfig<'_>> {
        let (server, from, to) =
            (self.alert_smtp.as_deref()?, self.alert_mail_from.as_deref()?, self.alert_mail_to.as_deref()?);
        Some(MailboxConfig { server, tls: self.alert_smtp_tls, from, to })
    }
}

fn url(text: &str, option: &'static str) -> Result<reqwest::Url, ReceiversError> {
    reqwest::Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or(ReceiversError::Url { option })
        .and_then(|url| if url.scheme() == "https" { needs_tls(option, TLS).map(|()| url) } else { Ok(url) })
}

/// Refuses an option that asks for TLS where there is none.
pub(super) fn needs_tls(option: &'static str, tls: bool) -> Result<(), ReceiversError> {
    if tls { Ok(()) } else { Err(ReceiversError::NoTls { option }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_that_this_build_cannot_do_is_refused_and_never_left_out() {
        let refused = needs_tls("--alert-webhook", false).unwrap_err().to_string();
        assert!(refused.contains("--alert-webhook") && refused.contains("--features tls"), "{refused}");
        assert!(needs_tls("--alert-webhook", true).is_ok());
        assert_eq!(url("https://hook.example/", "--alert-webhook").is_ok(), TLS);
        assert!(url("http://hook.example/", "--alert-webhook").is_ok());
    }
}
