//! Picks the few roots that AWS endpoints chain to
//! ([Amazon Trust Services](https://www.amazontrust.com/repository/)) out of
//! Mozilla's list, so that the functions don't carry the whole of it.

use std::path::PathBuf;
use std::{env, fs, io};

use base64::Engine as _;

/// Subjects of these roots: Amazon Root CA 1 to 4, and Starfield Services Root
/// CA G2.
const SUBJECTS: [&[u8]; 2] = [b"Amazon Root CA ", b"Starfield Services Root Certificate Authority"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let is_one = |der: &[u8]| {
        SUBJECTS.iter().any(|name| der.windows(name.len()).any(|window| window == *name))
    };
    let pems: String = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter(|der| is_one(der))
        .map(|der| {
            let base64 = base64::engine::general_purpose::STANDARD.encode(der);
            format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n")
        })
        .collect();
    let folder = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(PathBuf::from(folder).join("aws-roots.pem"), pems)
}
