//! The ERP over TLS, where each side proves who it is: the training ERP behind a real TLS server (OpenSSL, by socat) that
//! asks for a certificate.

use crate::servers::certificate;
use clap::Parser;
use erp_gateway::{ErpCall, ErpClient, ErpConfig, ErpOutcome, Gateway, Trouble};
use rettidig::erp::TrainingErp;
use runtime::Caller;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::sleep;

/// A TLS server before a plain one.
pub struct TlsFront {
    socat: Child,
    port: u16,
}

impl TlsFront {
    /// Before `plain`, a `host:port`. Where it `asks`, it turns away who shows no certificate of our authority.
    pub async fn start(plain: &str, asks: bool) -> Self {
        let port = free_port();
        let path = |name: &str| certificate(name).display().to_string();
        let listen = format!(
            "OPENSSL-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork,verify={},cert={},key={},cafile={}",
            u8::from(asks),
            path("server.pem"),
            path("server.key"),
            path("ca.pem"),
        );
        let socat = Command::new("socat")
            .args([listen, format!("TCP:{plain}")])
            .stderr(Stdio::null())
            .spawn()
            .expect("socat is installed by tests/run");
        let front = Self { socat, port };
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
        front
    }

    pub fn url(&self, host: &str) -> String {
        format!("https://{host}:{}", self.port)
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and that is as good.
        drop(self.socat.kill());
        drop(self.socat.wait());
    }
}

pub fn free_port() -> u16 {
    loop {
        let port = 10_000 + uuid::Uuid::new_v4().as_fields().1 % 10_000;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

#[derive(Debug, Parser)]
struct Settings {
    #[command(flatten)]
    erp: ErpConfig,
}

/// A gateway's client, from its settings: the files of who vouches for the ERP, and of us.
fn client(url: &str, files: &[(&str, &str)]) -> ErpClient {
    let mut arguments = vec!["erp".to_owned(), "--erp-url".to_owned(), url.to_owned()];
    arguments.extend(["--erp-token".to_owned(), "training".to_owned()]);
    for (option, name) in files {
        arguments.extend([(*option).to_owned(), certificate(name).display().to_string()]);
    }
    let settings = Settings::try_parse_from(arguments).unwrap().erp.validate().unwrap();
    ErpClient::new(settings.connection).unwrap()
}

async fn ledger(client: &ErpClient) -> ErpOutcome {
    Caller::<Gateway>::call(client, "erp/ledger", "1", ErpCall::ReadLedger { after: 0 }).await
}

const OURS: [(&str, &str); 2] =
    [("--erp-client-cert-file", "client.pem"), ("--erp-client-key-file", "client.key")];
const STRANGER: [(&str, &str); 2] =
    [("--erp-client-cert-file", "stranger.pem"), ("--erp-client-key-file", "stranger.key")];
const CA: (&str, &str) = ("--erp-ca-file", "ca.pem");

async fn erp(place: &Path) -> (TrainingErp, TlsFront) {
    rettidig::tls::choose_cryptography();
    let erp = TrainingErp::start(place.to_owned(), erp_sandbox::Faults::default(), None).await.unwrap();
    erp.open_day("2023-01-02".parse().unwrap()).await.unwrap();
    let front = TlsFront::start(erp.url().strip_prefix("http://").unwrap(), true).await;
    (erp, front)
}

#[tokio::test]
async fn the_erp_and_the_gateway_know_each_other_by_their_certificates() {
    let place = tempfile::tempdir().unwrap();
    let (_erp, front) = erp(place.path()).await;
    for host in ["127.0.0.1", "localhost"] {
        let outcome = ledger(&client(&front.url(host), &[&[CA][..], &OURS].concat())).await;
        assert!(matches!(outcome, ErpOutcome::Page(_)), "{outcome:?}");
    }
}

#[tokio::test]
async fn whoever_cannot_prove_who_it_is_gets_no_answer() {
    let place = tempfile::tempdir().unwrap();
    let (_erp, front) = erp(place.path()).await;
    let url = front.url("127.0.0.1");
    let renamed = front.url("0.0.0.0");
    for (what, url, files) in [
        ("no certificate of ours", &url, vec![CA]),
        ("a certificate of another authority", &url, [&[CA][..], &STRANGER].concat()),
        ("an ERP of another authority", &url, [&[("--erp-ca-file", "other-ca.pem")][..], &OURS].concat()),
        ("an ERP that this machine does not believe", &url, OURS.to_vec()),
        ("an ERP of another name", &renamed, [&[CA][..], &OURS].concat()),
    ] {
        let outcome = ledger(&client(url, &files)).await;
        let (ErpOutcome::NotTaken { trouble, .. } | ErpOutcome::Unknown { trouble, .. }) = &outcome else {
            panic!("{what}: {outcome:?}")
        };
        assert!(matches!(trouble, Trouble::NotConnected | Trouble::BrokenConnection), "{what}: {outcome:?}");
    }
}
