//! The receivers: webhook, mail, Alertmanager.

mod alertmanager;
mod config;
mod mail;

pub use config::{AlertConfig, ReceiversError};

use crate::{Alerting, Receiver, Tell, Told};
use mail::Mailbox;
use messages::Alert;
use runtime::Caller;
use std::time::Duration;

/// How long a receiver may take, in seconds.
const TELL_TIMEOUT: Duration = Duration::from_secs(10);

/// The configured receivers.
#[derive(Debug)]
pub struct Receivers {
    http: reqwest::Client,
    webhook: Option<reqwest::Url>,
    alertmanager: Option<reqwest::Url>,
    mail: Option<Mailbox>,
}

impl Receivers {
    /// The receivers of a configuration.
    pub fn new(config: &AlertConfig) -> Result<Self, ReceiversError> {
        let http =
            reqwest::Client::builder().timeout(TELL_TIMEOUT).build().map_err(ReceiversError::Client)?;
        Ok(Self {
            http,
            webhook: config.webhook()?,
            alertmanager: config.alertmanager()?,
            mail: config.mailbox().map(Mailbox::open).transpose()?,
        })
    }

    /// Which of them there are, for the stage.
    pub fn configured(&self) -> Vec<Receiver> {
        [
            self.webhook.is_some().then_some(Receiver::Webhook),
            self.mail.is_some().then_some(Receiver::Mail),
            self.alertmanager.is_some().then_some(Receiver::Alertmanager),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    async fn tell(&self, receiver: Receiver, alert: &Alert) -> Result<(), Failure> {
        match receiver {
            Receiver::Webhook => post(&self.http, self.webhook.as_ref(), alert).await,
            Receiver::Alertmanager => {
                post(&self.http, self.alertmanager.as_ref(), &alertmanager::alerts(alert)).await
            }
            Receiver::Mail => match &self.mail {
                Some(mailbox) => mailbox.send(alert).await,
                None => Err(Failure::NotConfigured),
            },
        }
    }
}

/// Why a receiver has not been told.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the receiver is not configured any more; configure it again or the alert waits")]
    NotConfigured,
    #[error("no answer")]
    Http(#[source] reqwest::Error),
    #[error("it answered {0}")]
    Status(u16),
    #[error("the mail server did not take it")]
    Smtp(#[source] lettre::transport::smtp::Error),
    #[error("the mail cannot be composed")]
    Compose(#[source] lettre::error::Error),
}

async fn post(
    http: &reqwest::Client,
    url: Option<&reqwest::Url>,
    body: &impl serde::Serialize,
) -> Result<(), Failure> {
    let url = url.ok_or(Failure::NotConfigured)?;
    let answer = http.post(url.clone()).json(body).send().await.map_err(Failure::Http)?;
    let status = answer.status();
    if status.is_success() { Ok(()) } else { Err(Failure::Status(status.as_u16())) }
}

#[async_trait::async_trait]
impl Caller<Alerting> for Receivers {
    async fn call(&self, key: &str, _id: &str, tell: Tell) -> Told {
        match self.tell(tell.receiver, &tell.alert).await {
            Ok(()) => Told::Accepted,
            Err(failure) => {
                tracing::warn!(
                    alert.cause = key,
                    alert.receiver = tell.receiver.name(),
                    alert.tries = tell.tries,
                    error = %failure,
                    "a receiver has not taken an alert; it is tried again"
                );
                Told::NotYet
            }
        }
    }
}

#[cfg(test)]
mod tests;
