//! By what we know the ERP, and by what it knows us.

use crate::ConfigFault;
use reqwest::ClientBuilder;
use std::fmt;
use std::path::Path;

/// What the settings name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TlsFiles<'a> {
    /// The ERP is reached over https.
    pub https: bool,
    /// Who vouches for the ERP.
    pub authorities: Option<&'a Path>,
    /// Our certificate.
    pub certificate: Option<&'a Path>,
    /// Its key.
    pub key: Option<&'a Path>,
}

/// The certificates of a connection, read. Without any, the ERP must have a certificate that the machine believes, and
/// learns nothing of us but the token.
#[derive(Clone, Default)]
pub struct Tls {
    #[cfg(feature = "tls")]
    authorities: Option<Vec<reqwest::Certificate>>,
    #[cfg(feature = "tls")]
    identity: Option<reqwest::Identity>,
}

impl Tls {
    /// Reads the files. Files that would have no effect are refused: somebody believes in them.
    pub(crate) fn read(files: &TlsFiles<'_>) -> Result<Self, ConfigFault> {
        let named = [
            ("ERP_CA_FILE", files.authorities),
            ("ERP_CLIENT_CERT_FILE", files.certificate),
            ("ERP_CLIENT_KEY_FILE", files.key),
        ];
        let first = named.into_iter().find_map(|(setting, file)| file.map(|_| setting));
        match (first, files.certificate, files.key) {
            (None, ..) => Ok(Self::default()),
            (Some(setting), ..) if !files.https => {
                Err(fault(setting, "is for an ERP_URL with https: write it so, or remove the file"))
            }
            (_, Some(_), None) => Err(fault("ERP_CLIENT_KEY_FILE", "is missing; the certificate has a key")),
            (_, None, Some(_)) => Err(fault("ERP_CLIENT_CERT_FILE", "is missing; the key has a certificate")),
            _ => Self::of(files),
        }
    }

    #[cfg(feature = "tls")]
    fn of(files: &TlsFiles<'_>) -> Result<Self, ConfigFault> {
        let authorities = files.authorities.map(authorities).transpose()?;
        let identity = match (files.certificate, files.key) {
            (Some(certificate), Some(key)) => {
                let mut pem = read(certificate, "ERP_CLIENT_CERT_FILE")?;
                pem.push(b'\n');
                pem.extend(read(key, "ERP_CLIENT_KEY_FILE")?);
                let identity = reqwest::Identity::from_pem(&pem);
                Some(identity.map_err(|_| fault("ERP_CLIENT_CERT_FILE", "and its key are no pair in PEM"))?)
            }
            _ => None,
        };
        Ok(Self { authorities, identity })
    }

    /// Only a URL with https comes here, and it has been refused where this build has no TLS.
    #[cfg(not(feature = "tls"))]
    fn of(_: &TlsFiles<'_>) -> Result<Self, ConfigFault> {
        Err(fault("ERP_CA_FILE", "needs TLS, and this build has none: build it with `--features tls`"))
    }

    /// Sets a client up with them.
    #[cfg(feature = "tls")]
    pub(crate) fn apply(&self, mut client: ClientBuilder) -> ClientBuilder {
        if let Some(authorities) = &self.authorities {
            client = client.tls_certs_only(authorities.iter().cloned());
        }
        if let Some(identity) = &self.identity {
            client = client.identity(identity.clone());
        }
        client
    }

    /// There is nothing to set up.
    #[cfg(not(feature = "tls"))]
    #[allow(clippy::unused_self, reason = "the other build has something to set up")]
    pub(crate) fn apply(&self, client: ClientBuilder) -> ClientBuilder {
        client
    }
}

#[cfg(feature = "tls")]
fn authorities(file: &Path) -> Result<Vec<reqwest::Certificate>, ConfigFault> {
    let unreadable = || fault("ERP_CA_FILE", "holds no certificate in PEM");
    let found =
        reqwest::Certificate::from_pem_bundle(&read(file, "ERP_CA_FILE")?).map_err(|_| unreadable())?;
    if found.is_empty() { Err(unreadable()) } else { Ok(found) }
}

#[cfg(feature = "tls")]
fn read(file: &Path, setting: &'static str) -> Result<Vec<u8>, ConfigFault> {
    std::fs::read(file).map_err(|error| fault(setting, &format!("cannot be read: {error}")))
}

fn fault(setting: &'static str, fault: &str) -> ConfigFault {
    ConfigFault { setting, fault: fault.to_owned() }
}

/// Shows no key.
impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that is there and holds no certificate.
    fn file() -> Option<&'static Path> {
        Some(Path::new(env!("CARGO_MANIFEST_PATH")))
    }

    fn refused(files: TlsFiles<'_>) -> &'static str {
        Tls::read(&files).map(drop).unwrap_err().setting
    }

    #[test]
    fn half_a_pair_is_refused_and_so_are_files_that_would_have_no_effect() {
        let none = TlsFiles { https: true, authorities: None, certificate: None, key: None };
        assert!(Tls::read(&none).is_ok());
        assert_eq!(refused(TlsFiles { certificate: file(), ..none }), "ERP_CLIENT_KEY_FILE");
        assert_eq!(refused(TlsFiles { key: file(), ..none }), "ERP_CLIENT_CERT_FILE");
        assert_eq!(refused(TlsFiles { https: false, authorities: file(), ..none }), "ERP_CA_FILE");
        assert_eq!(
            refused(TlsFiles { https: false, certificate: file(), key: file(), ..none }),
            "ERP_CLIENT_CERT_FILE"
        );
    }

    #[test]
    fn files_that_hold_no_certificate_are_refused() {
        let none = TlsFiles { https: true, authorities: None, certificate: None, key: None };
        assert_eq!(refused(TlsFiles { authorities: file(), ..none }), "ERP_CA_FILE");
        let pair = TlsFiles { certificate: file(), key: file(), ..none };
        let setting = if cfg!(feature = "tls") { "ERP_CLIENT_CERT_FILE" } else { "ERP_CA_FILE" };
        assert_eq!(refused(pair), setting);
    }
}
