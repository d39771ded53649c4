//! Alerts as mail.

use super::config::SmtpTls;
use super::{Failure, ReceiversError, TELL_TIMEOUT};
use lettre::message::Mailbox as Address;
use lettre::transport::smtp::AsyncSmtpTransportBuilder as Builder;
#[cfg(feature = "tls")]
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use messages::Alert;

/// Where mail goes.
#[derive(Debug, Clone, Copy)]
pub struct MailboxConfig<'a> {
    /// host:port.
    pub server: &'a str,
    /// How the way there is secured.
    pub tls: SmtpTls,
    /// Sender.
    pub from: &'a str,
    /// Receiver.
    pub to: &'a str,
}

/// A mail server with sender and receiver. Within the municipality's network; the body holds no personal data.
#[derive(Debug)]
pub struct Mailbox {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
    to: Address,
}

impl Mailbox {
    pub fn open(config: MailboxConfig<'_>) -> Result<Self, ReceiversError> {
        let (host, port) = config.server.rsplit_once(':').ok_or(ReceiversError::Smtp)?;
        let port: u16 = port.parse().map_err(|_| ReceiversError::Smtp)?;
        let address = |text: &str, option| text.parse().map_err(|_| ReceiversError::Address { option });
        let server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(port)
            .timeout(Some(TELL_TIMEOUT));
        let server = secured(server, config.tls, host)?.build();
        let from = address(config.from, "--alert-mail-from")?;
        Ok(Self { server, from, to: address(config.to, "--alert-mail-to")? })
    }

    pub async fn send(&self, alert: &Alert) -> Result<(), Failure> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(self.to.clone())
            .subject(format!("[rettidig] {}", alert.title))
            .body(text(alert))
            .map_err(Failure::Compose)?;
        self.server.send(message).await.map(drop).map_err(Failure::Smtp)
    }
}

/// Adds TLS where it is asked for. The certificate must be one that this machine believes, and name the host.
#[cfg(feature = "tls")]
fn secured(builder: Builder, tls: SmtpTls, host: &str) -> Result<Builder, ReceiversError> {
    let parameters = || TlsParameters::new(host.to_owned()).map_err(ReceiversError::Certificates);
    Ok(match tls {
        SmtpTls::None => builder,
        SmtpTls::Starttls => builder.tls(Tls::Required(parameters()?)),
        SmtpTls::Tls => builder.tls(Tls::Wrapper(parameters()?)),
    })
}

#[cfg(not(feature = "tls"))]
fn secured(builder: Builder, tls: SmtpTls, _: &str) -> Result<Builder, ReceiversError> {
    match tls {
        SmtpTls::None => Ok(builder),
        SmtpTls::Starttls | SmtpTls::Tls => Err(ReceiversError::NoTls { option: "--alert-smtp-tls" }),
    }
}

fn text(alert: &Alert) -> String {
    let amount = alert.amount.map(|amount| format!("At stake: {amount}\n")).unwrap_or_default();
    format!(
        "{}\n\nSince {}, as of {}.\nOpen: {}\n{amount}\n{}\n",
        alert.title,
        alert.raised_on,
        alert.on,
        alert.count,
        alert.items.join("\n"),
    )
}
