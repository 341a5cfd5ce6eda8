//! The server of a case, first with its fault and then without it.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use recallflow_sandbox::{BlackHole, Builder, Certificate, Fault, RecordedRequest, RefusedPort, Sandbox};
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
    refused: Option<RefusedPort>,
    /// The proxy in the environment of the driver.
    proxy: Option<SocketAddr>,
    /// Whether that environment has a proxy that does not apply.
    has_unused_proxy: bool,
    /// Whether the base URL has a host name.
    looks_up_host: bool,
    /// The `ca_file` of the client.
    authorities: Option<NamedTempFile>,
}

impl CaseSetup {
    /// Starts the server. A fault on requests begins with `begin`.
    pub(crate) fn new(row: &FaultRow) -> io::Result<Self> {
        let mut set = Self {
            sandbox: None,
            address: None,
            hole: None,
            refused: None,
            authorities: None,
            proxy: None,
            has_unused_proxy: matches!(row.stage, Stage::UnusedProxy),
            looks_up_host: matches!(row.stage, Stage::NoThread),
        };
        match &row.stage {
            Stage::Requests(PlayedFault { over_tls: true, .. }) => set.start_with_tls(Certificate::Trusted)?,
            Stage::Requests(_) | Stage::Descriptors(_) | Stage::NoThread | Stage::Edit(_) | Stage::UnusedProxy => {
                set.sandbox = Some(sandbox_builder().start_blocking()?);
            }
            Stage::Tls(certificate) => set.start_with_tls(*certificate)?,
            Stage::Refused => {
                let refused = RefusedPort::open()?;
                set.address = Some(refused.address()?);
                set.refused = Some(refused);
            }
            Stage::BlackHole => {
                let hole = BlackHole::open()?;
                set.address = Some(hole.address()?);
                set.hole = Some(hole);
            }
            Stage::NoHost => {}
            Stage::BlanksAroundProxy => {
                set.start_with_tls(Certificate::WrongHost)?;
                set.proxy = set.sandbox.as_ref().map(|sandbox| start_proxy(sandbox.address())).transpose()?;
            }
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
            // The proxy connects to the sandbox, whose certificate is for this host.
            (Some(_), _) if self.proxy.is_some() => "https://other.example".to_owned(),
            (Some(sandbox), _) if self.looks_up_host => sandbox.url().replace("127.0.0.1", "localhost"),
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

    /// Returns the environment variables of the driver.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        match self.proxy {
            Some(address) => vec![("HTTPS_PROXY", format!(" http://{address}\t "))],
            None if self.has_unused_proxy => vec![("ALL_PROXY", "socks://127.0.0.1:9".to_owned())],
            None => Vec::new(),
        }
    }

    /// Starts the fault and forgets earlier requests.
    pub(crate) fn begin_fault(&self, row: &FaultRow) {
        if let (Stage::Descriptors(_), Some(sandbox)) = (&row.stage, &self.sandbox) {
            // With a delay, the calls are in progress at the same time.
            sandbox.script(vec![Fault::Delay(Duration::from_millis(100)); row.at_once]);
        }
        if let (Stage::Edit(edit), Some(sandbox)) = (&row.stage, &self.sandbox) {
            sandbox.reset();
            if let (Some((field, value)), Some(mut flow)) = (edit.meanwhile, sandbox.flow(row.key_id())) {
                flow[field] = value.into();
                sandbox.insert_flow(flow);
            }
            for (operation, fault) in &edit.faults {
                sandbox.script_for(operation, [fault.clone()]);
            }
        }
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
            Stage::Requests(_) | Stage::Edit(_) => {
                self.requests_end();
                return Ok(());
            }
            Stage::Descriptors(_) | Stage::NoThread | Stage::BlanksAroundProxy | Stage::UnusedProxy | Stage::NoHost => {
                return Ok(());
            }
            Stage::Tls(_) => sandbox_builder().tls(Certificate::Trusted),
            Stage::Refused | Stage::BlackHole => sandbox_builder(),
        };
        self.hole = None;
        self.refused = None;
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

/// Starts a proxy that connects every tunnel to the same address.
fn start_proxy(target: SocketAddr) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A tunnel that ends early is an error of the call.
            thread::spawn(move || drop(relay_tunnel(stream, target)));
        }
    });
    Ok(address)
}

fn relay_tunnel(mut outside: TcpStream, target: SocketAddr) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        outside.read_exact(&mut byte)?;
        head.extend(byte);
    }
    outside.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    let mut inside = TcpStream::connect(target)?;
    let (mut from_outside, mut to_inside) = (outside.try_clone()?, inside.try_clone()?);
    thread::spawn(move || {
        // Fails if the connection ends suddenly, as for the other direction.
        let _ = io::copy(&mut from_outside, &mut to_inside);
        let _ = to_inside.shutdown(Shutdown::Both);
    });
    let copied = io::copy(&mut inside, &mut outside);
    outside.shutdown(Shutdown::Both)?;
    copied.map(drop)
}
