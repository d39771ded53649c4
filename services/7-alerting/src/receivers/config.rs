//! Who is told, from the environment.

use super::mail::MailboxConfig;

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
    /// Sender of alert mails.
    #[arg(long, env = "RETTIDIG_ALERT_MAIL_FROM")]
    pub alert_mail_from: Option<String>,
    /// Receiver of alert mails.
    #[arg(long, env = "RETTIDIG_ALERT_MAIL_TO")]
    pub alert_mail_to: Option<String>,
}

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
        Some(MailboxConfig { server, from, to })
    }
}

fn url(text: &str, option: &'static str) -> Result<reqwest::Url, ReceiversError> {
    reqwest::Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or(ReceiversError::Url { option })
}
