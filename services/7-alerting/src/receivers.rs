//! The receivers: webhook, mail, Alertmanager.

mod alertmanager;
mod config;
mod mail;

pub use config::{AlertConfig, ReceiversError, SmtpTls};

use crate::{Alerting, Receiver, Tell, Told};
use mail::Mailbox;
use messages::Alert;
use runtime::Caller;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a receiver may take, in seconds.
const TELL_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a receiver that let a whole timeout pass is left alone: while it is silent, the alerts of all causes together
/// wait for it a sixth of the time at most.
const LEFT_ALONE: Duration = Duration::from_secs(60);

/// The configured receivers.
#[derive(Debug)]
pub struct Receivers {
    http: reqwest::Client,
    webhook: Option<reqwest::Url>,
    alertmanager: Option<reqwest::Url>,
    mail: Option<Mailbox>,
    /// What takes this long has had no answer.
    timeout: Duration,
    /// Receivers that gave no answer, and until when they are left alone.
    silent: Mutex<BTreeMap<Receiver, Instant>>,
}

impl Receivers {
    /// The receivers of a configuration.
    pub fn new(config: &AlertConfig) -> Result<Self, ReceiversError> {
        #[cfg(feature = "tls")]
        // Whoever came first in this process has chosen for all; that is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http =
            reqwest::Client::builder().timeout(TELL_TIMEOUT).build().map_err(ReceiversError::Client)?;
        Ok(Self {
            http,
            webhook: config.webhook()?,
            alertmanager: config.alertmanager()?,
            mail: config.mailbox().map(Mailbox::open).transpose()?,
            timeout: TELL_TIMEOUT,
            silent: Mutex::default(),
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

    /// Tells the receiver, unless it has just let a timeout pass.
    async fn tell(&self, receiver: Receiver, alert: &Alert) -> Result<(), Failure> {
        let begun = Instant::now();
        if self.silent().get(&receiver).is_some_and(|until| begun < *until) {
            return Err(Failure::LeftAlone);
        }
        let told = self.send(receiver, alert).await;
        if told.is_err() && begun.elapsed() >= self.timeout {
            self.silent().insert(receiver, Instant::now() + LEFT_ALONE);
        }
        told
    }

    fn silent(&self) -> MutexGuard<'_, BTreeMap<Receiver, Instant>> {
        // Nothing is called while it is locked; what a panic left behind is as good as ever.
        self.silent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn send(&self, receiver: Receiver, alert: &Alert) -> Result<(), Failure> {
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
    #[error("it gave no answer before and is left alone for a minute")]
    LeftAlone,
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
