//! TLS: rustls with ring, and the operating system's root certificates.

use std::sync::Arc;

use aqueduct_spec::{Error, Result};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_platform_verifier::Verifier;

/// Makes the configuration. Nothing is installed process-wide: a program may use another provider beside ours.
pub(crate) fn client_config(extra_roots: Vec<CertificateDer<'static>>) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::internal("cannot set up TLS").with_source(error))?;
    let mut config = builder
        .dangerous() // Only the name of the door to own verifiers: both of ours verify.
        .with_custom_certificate_verifier(verifier(extra_roots, provider))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Reads certificates in PEM.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let certificates =
        CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().map_err(|error| {
            Error::configuration("cannot read the root certificates: not PEM").with_source(error)
        })?;
    if certificates.is_empty() {
        return Err(Error::configuration(
            "cannot read the root certificates: no certificate in the PEM text",
        ));
    }
    Ok(certificates)
}

fn verifier(
    extra_roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Arc<dyn ServerCertVerifier> {
    match platform_verifier(extra_roots, Arc::clone(&provider)) {
        Ok(verifier) => Arc::new(verifier),
        Err(error) => Arc::new(NoRoots { reason: error.to_string(), provider }),
    }
}

#[cfg(not(target_os = "android"))]
fn platform_verifier(
    extra_roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    Verifier::new_with_extra_roots(extra_roots, provider)
}

/// Android's verifier takes roots from the system only.
#[cfg(target_os = "android")]
fn platform_verifier(
    _extra_roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    Verifier::new(provider)
}

/// Refuses every certificate, because there is nothing to check it with.
///
/// Container images without certificates are common. There plain HTTP on the local network must still work, and HTTPS must
/// say what is missing.
#[derive(Debug)]
struct NoRoots {
    reason: String,
    provider: Arc<CryptoProvider>,
}

impl NoRoots {
    fn error(&self) -> rustls::Error {
        rustls::Error::General(format!(
            "no root certificates: install the package 'ca-certificates' or set SSL_CERT_FILE ({})",
            self.reason
        ))
    }
}

impl ServerCertVerifier for NoRoots {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Err(self.error())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(self.error())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(self.error())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_speaks_both_versions_of_http() {
        let config = client_config(Vec::new()).unwrap();
        assert_eq!(config.alpn_protocols, [&b"h2"[..], b"http/1.1"]);
    }

    #[test]
    fn refuses_text_without_certificates() {
        let error = certificates(b"no pem").unwrap_err();
        assert_eq!(error.kind(), aqueduct_spec::ErrorKind::Configuration);
    }
}
