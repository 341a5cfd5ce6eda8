//! The server of a case, first with its fault and then without it.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;

use recallflow_sandbox::{BlackHole, Builder, Certificate, RecordedRequest, Sandbox, refused};
use serde_json::Value;
use tempfile::NamedTempFile;

use crate::protocol::ClientOptions;
use crate::row::{FaultRow, PLAIN_KEY, PlayedFault, Stage};

pub(crate) const API_KEY: &str = "K3y-Canary-0123456789";
pub(crate) const API_SECRET: &str = "s3cret-CANARY-0123456789";

/// More requests than any call makes.
const ALWAYS: usize = 20;

/// A server for one case.
pub(crate) struct CaseSetup {
    sandbox: Option<Sandbox>,
    /// The unresponsive address, while the fault lasts.
    address: Option<SocketAddr>,
    hole: Option<BlackHole>,
    /// The `ca_file` of the client.
    authorities: Option<NamedTempFile>,
}

impl CaseSetup {
    /// Starts the server. A fault on requests begins with `begin`.
    pub(crate) fn new(row: &FaultRow) -> io::Result<Self> {
        let mut set = Self { sandbox: None, address: None, hole: None, authorities: None };
        match &row.stage {
            Stage::Requests(PlayedFault { over_tls: true, .. }) => set.start_with_tls(Certificate::Trusted)?,
            Stage::Requests(_) => set.sandbox = Some(sandbox_builder().start_blocking()?),
            Stage::Tls(certificate) => set.start_with_tls(*certificate)?,
            Stage::Refused => set.address = Some(refused()?),
            Stage::BlackHole => {
                let hole = BlackHole::open()?;
                set.address = Some(hole.address()?);
                set.hole = Some(hole);
            }
            Stage::NoHost => {}
        }
        Ok(set)
    }

    fn start_with_tls(&mut self, certificate: Certificate) -> io::Result<()> {
        let sandbox = sandbox_builder().tls(certificate).start_blocking()?;
        let mut file = NamedTempFile::new()?;
        file.write_all(sandbox.authority().unwrap_or_default().as_bytes())?;
        self.authorities = Some(file);
        self.sandbox = Some(sandbox);
        Ok(())
    }

    /// Returns the options of a client for this server.
    pub(crate) fn client_options(&self) -> ClientOptions {
        let base_url = match (&self.sandbox, self.address) {
            (Some(sandbox), _) => sandbox.url(),
            (None, Some(address)) => format!("http://{address}"),
            // A label of a host name has at most 63 characters, so this fails without asking a DNS server.
            (None, None) => format!("https://{}.invalid", "x".repeat(64)),
        };
        ClientOptions {
            base_url,
            api_key: API_KEY.to_owned(),
            api_secret: API_SECRET.to_owned(),
            ca_file: self.authorities.as_ref().map(|file| PathBuf::from(file.path())),
        }
    }

    /// Starts the fault and forgets earlier requests.
    pub(crate) fn begin_fault(&self, row: &FaultRow) {
        let (Stage::Requests(played), Some(sandbox)) = (&row.stage, &self.sandbox) else { return };
        sandbox.reset();
        if row.key_id() == PLAIN_KEY {
            sandbox.script(vec![played.fault.clone(); if played.once { 1 } else { ALWAYS }]);
        }
    }

    /// Returns the requests since `begin`.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.sandbox.as_ref().map(Sandbox::requests).unwrap_or_default()
    }

    /// Returns a flow of the sandbox.
    pub(crate) fn flow(&self, key_id: i64) -> Option<Value> {
        self.sandbox.as_ref()?.flow(key_id)
    }

    /// Ends the fault at the same address.
    pub(crate) fn end_fault(&mut self, row: &FaultRow) -> io::Result<()> {
        let address = self.address.or(self.sandbox.as_ref().map(Sandbox::address));
        let builder = match &row.stage {
            Stage::Requests(_) => {
                self.requests_end();
                return Ok(());
            }
            Stage::NoHost => return Ok(()),
            Stage::Tls(_) => sandbox_builder().tls(Certificate::Trusted),
            Stage::Refused | Stage::BlackHole => sandbox_builder(),
        };
        self.hole = None;
        self.sandbox = None;
        self.sandbox = Some(builder.port(address.map_or(0, |address| address.port())).start_blocking()?);
        Ok(())
    }

    fn requests_end(&self) {
        if let Some(sandbox) = &self.sandbox {
            sandbox.reset();
        }
    }
}

fn sandbox_builder() -> Builder {
    Sandbox::builder().api_key(API_KEY).api_secret(API_SECRET)
}
