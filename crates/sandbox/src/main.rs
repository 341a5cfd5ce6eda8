//! The sandbox on the command line.

use std::error::Error;
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::prelude::{Long, Short, ValueExt};
use recallflow_sandbox::{Builder, Recorded, Sandbox, Seed, magic_keys};

const USAGE: &str = "\
A local stand-in for the voice API, to try clients against.

Usage: recallflow-sandbox [OPTIONS]

Options:
  --port PORT          Port to listen on, 0 for any free one [default: 4010]
  --host ADDRESS       Address to listen on [default: 127.0.0.1]
  --api-key KEY        API key that is accepted [default: that of the documents]
  --api-secret SECRET  Secret that requests are signed with [default: that of the documents]
  --seed FILE          Flows and tasks to start with, as JSON [default: the documents' examples]
  --shape SHAPE        How queryDetail answers: flat, page or flat-with-paging [default: flat]
  --allow-ip ADDRESS   Accept requests from this address only; may be given several times
  -h, --help           Print this
";

/// What there is besides where TLS is built in.
#[cfg(feature = "tls")]
const USAGE_OF_TLS: &str = "
  --tls CERTIFICATE    Speak TLS with a certificate that is trusted, expired, wrong-host, unknown-authority or
                       self-signed, or with a handshake that is stalled
  --authority FILE     Write the authority of the certificate there, as PEM, for clients to trust
";
#[cfg(not(feature = "tls"))]
const USAGE_OF_TLS: &str = "";

const USAGE_OF_KEYS: &str = "
A request that names one of these keyIds plays a fault:
";

/// What the command line asks for.
enum Command {
    Serve(Box<Settings>),
    Help,
}

/// A sandbox to serve.
struct Settings {
    builder: Builder,
    /// Whether it has a secret of the caller's own.
    is_secret_given: bool,
    /// Where to write its authority.
    #[cfg(feature = "tls")]
    authority: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("recallflow-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    match command(lexopt::Parser::from_env())? {
        Command::Help => Ok(write!(io::stdout(), "{USAGE}{USAGE_OF_TLS}{USAGE_OF_KEYS}{}", magic_keys())?),
        Command::Serve(settings) => serve(*settings),
    }
}

fn command(mut arguments: lexopt::Parser) -> Result<Command, Box<dyn Error>> {
    let mut builder = Sandbox::builder().port(4010);
    let mut allowed_ips: Vec<IpAddr> = Vec::new();
    let mut is_secret_given = false;
    #[cfg(feature = "tls")]
    let mut authority = None;
    while let Some(argument) = arguments.next()? {
        builder = match argument {
            Long("port") => builder.port(arguments.value()?.parse()?),
            Long("host") => builder.host(arguments.value()?.parse()?),
            Long("api-key") => builder.api_key(arguments.value()?.string()?),
            Long("api-secret") => {
                is_secret_given = true;
                builder.api_secret(arguments.value()?.string()?)
            }
            Long("seed") => builder.seed(read_seed(&PathBuf::from(arguments.value()?))?),
            Long("shape") => builder.shape(arguments.value()?.string()?.parse()?),
            Long("allow-ip") => {
                allowed_ips.push(arguments.value()?.parse()?);
                builder
            }
            #[cfg(feature = "tls")]
            Long("tls") => builder.tls(arguments.value()?.string()?.parse()?),
            #[cfg(feature = "tls")]
            Long("authority") => {
                authority = Some(PathBuf::from(arguments.value()?));
                builder
            }
            Short('h') | Long("help") => return Ok(Command::Help),
            other => return Err(other.unexpected().into()),
        };
    }
    Ok(Command::Serve(Box::new(Settings {
        builder: builder.allowed_ips(allowed_ips),
        is_secret_given,
        #[cfg(feature = "tls")]
        authority,
    })))
}

fn read_seed(path: &PathBuf) -> Result<Seed, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Seed::from_json(&text).map_err(|error| format!("{} is no seed: {error}", path.display()))
}

/// Serves until it is interrupted.
fn serve(settings: Settings) -> Result<(), Box<dyn Error>> {
    let sandbox = settings.builder.on_request(log).start_blocking()?;
    #[cfg(feature = "tls")]
    if let Some(file) = settings.authority {
        std::fs::write(file, sandbox.authority().ok_or("`--authority` needs `--tls`")?)?;
    }
    // A secret that somebody gave may be a real one.
    let secret = if settings.is_secret_given { "as given" } else { sandbox.api_secret() };
    writeln!(
        io::stdout(),
        "Base URL    {}\nAPI key     {}\nAPI secret  {}\nA path prefix such as /v3 is fine too. Ctrl-C ends.",
        sandbox.url(),
        sandbox.api_key(),
        secret
    )?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(tokio::signal::ctrl_c())?;
    Ok(())
}

/// Prints one line for a request.
fn log(request: &Recorded) {
    let answered = &request.answered;
    let status = answered.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let code = answered.code.map(|code| format!(" code {code}")).unwrap_or_default();
    let fault = answered.fault.as_ref().map(|_| " (fault)").unwrap_or_default();
    let what = if request.method.is_empty() { "connection" } else { request.method.as_str() };
    // Who has closed the output does not want the line.
    let _ = writeln!(io::stdout(), "{what} {} {status}{code}{fault}", request.path);
}
