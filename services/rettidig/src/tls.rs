//! Which cryptography this process uses for TLS.

/// Chooses ring for every client of this process, once, before the first client is made: without a choice none can be made.
/// Nothing where this build has no TLS.
pub fn choose_cryptography() {
    #[cfg(feature = "tls")]
    // Whoever came first in this process has chosen for all; that is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
}
