//! A server with a tenant, its operator, and a folder for files.

use std::path::PathBuf;

use tempfile::TempDir;

use super::rig::{Operator, Server, directory};

/// A server with the tenant `demo`, and a folder for files.
pub(crate) struct Desk {
    pub(crate) server: Server,
    pub(crate) operator: Operator,
    pub(crate) directory: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let server = Server::start(&["--in-memory"]);
        let operator = Operator::on(&server);
        Self { server, operator, directory: directory() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).expect("it is written");
        path
    }
}
