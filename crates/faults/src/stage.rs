//! Sets the stage for a case: the server with its fault, and afterwards without it.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;

use recallflow_sandbox::{BlackHole, Builder, Certificate, Recorded, Sandbox, refused};
use serde_json::Value;
use tempfile::NamedTempFile;

use crate::protocol::Options;
use crate::row::{PLAIN_KEY, Played, Row, Stage};

pub(crate) const API_KEY: &str = "K3y-Canary-0123456789";
pub(crate) const API_SECRET: &str = "s3cret-CANARY-0123456789";

/// More requests than any call makes.
const ALWAYS: usize = 20;

/// A server for one case.
pub(crate) struct Set {
    sandbox: Option<Sandbox>,
    /// Where nothing answers as long as the fault lasts.
    address: Option<SocketAddr>,
    hole: Option<BlackHole>,
    /// The authorities that the client trusts.
    authorities: Option<NamedTempFile>,
}

impl Set {
    /// A server, still without its fault where that is one of requests.
    pub(crate) fn new(row: &Row) -> io::Result<Self> {
        let mut set = Self { sandbox: None, address: None, hole: None, authorities: None };
        match &row.stage {
            Stage::Requests(Played { over_tls: true, .. }) => set.start_with_tls(Certificate::Trusted)?,
            Stage::Requests(_) => set.sandbox = Some(builder().start_blocking()?),
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
        let sandbox = builder().tls(certificate).start_blocking()?;
        let mut file = NamedTempFile::new()?;
        file.write_all(sandbox.authority().unwrap_or_default().as_bytes())?;
        self.authorities = Some(file);
        self.sandbox = Some(sandbox);
        Ok(())
    }

    /// Options for a client of it.
    pub(crate) fn options(&self) -> Options {
        let base_url = match (&self.sandbox, self.address) {
            (Some(sandbox), _) => sandbox.url(),
            (None, Some(address)) => format!("http://{address}"),
            // No part of a name may be so long, which shows without asking a server that may take its time.
            (None, None) => format!("https://{}.invalid", "x".repeat(64)),
        };
        Options {
            base_url,
            api_key: API_KEY.to_owned(),
            api_secret: API_SECRET.to_owned(),
            ca_file: self.authorities.as_ref().map(|file| PathBuf::from(file.path())),
        }
    }

    /// From now on requests meet the fault; what came before is forgotten.
    pub(crate) fn begin(&self, row: &Row) {
        let (Stage::Requests(played), Some(sandbox)) = (&row.stage, &self.sandbox) else { return };
        sandbox.reset();
        if row.key_id() == PLAIN_KEY {
            sandbox.script(vec![played.fault.clone(); if played.once { 1 } else { ALWAYS }]);
        }
    }

    /// The requests that came since.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.sandbox.as_ref().map(Sandbox::requests).unwrap_or_default()
    }

    /// A flow as the service has it.
    pub(crate) fn flow(&self, key_id: i64) -> Option<Value> {
        self.sandbox.as_ref()?.flow(key_id)
    }

    /// Ends the fault, at the same address.
    pub(crate) fn repair(&mut self, row: &Row) -> io::Result<()> {
        let address = self.address.or(self.sandbox.as_ref().map(Sandbox::address));
        let builder = match &row.stage {
            Stage::Requests(_) => {
                self.requests_end();
                return Ok(());
            }
            Stage::NoHost => return Ok(()),
            Stage::Tls(_) => builder().tls(Certificate::Trusted),
            Stage::Refused | Stage::BlackHole => builder(),
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

fn builder() -> Builder {
    Sandbox::builder().api_key(API_KEY).api_secret(API_SECRET)
}
