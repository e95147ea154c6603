//! The certificates that AWS_CA_BUNDLE names, looked at before the client takes them:
//! it panics at those that it can't read.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::error::CliError;

const CA_BUNDLE: &str = "AWS_CA_BUNDLE";

pub(super) fn check_ca_bundle() -> Result<(), CliError> {
    let Some(path) = std::env::var_os(CA_BUNDLE).filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let refused = |rule: String| CliError::Setting { name: CA_BUNDLE, rule };
    let pem = std::fs::read(&path).map_err(|error| {
        refused(format!("names {}, which can't be read ({error})", path.display()))
    })?;
    if !is_bundle(&pem) {
        let place = path.display();
        return Err(refused(format!("names {place}, which is no file of certificates in PEM")));
    }
    Ok(())
}

fn is_bundle(pem: &[u8]) -> bool {
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let Ok(certificates) = certificates else { return false };
    certificates.into_iter().all(|certificate| roots.add(certificate).is_ok()) && !roots.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_certificates_and_nothing_that_is_none() {
        let cut = "-----BEGIN CERTIFICATE-----\nMIIB\n";
        let rubbish = format!("{cut}-----END CERTIFICATE-----\n");
        for text in ["", "no certificate", cut, &rubbish] {
            assert!(!is_bundle(text.as_bytes()), "{text}");
        }
    }
}
