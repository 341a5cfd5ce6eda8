//! The command line of the sandbox, shared by this crate and the Python and Node packages.

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::PathBuf;

use lexopt::prelude::{Long, Short, ValueExt};

use crate::builder::Builder;
use crate::generated::protocol::{RecordedRequest, Seed};
use crate::magic;
use crate::sandbox::Sandbox;
use crate::system;

/// Exit code after SIGTERM, as shells report it.
const TERMINATED: u8 = 128 + 15;

/// Exit code of a wrong argument or of a sandbox that could not start.
const FAILED: u8 = 1;

const OPTIONS: &str = "\
Options:
  --port PORT          Port to listen on, 0 for any free one [default: 4010]
  --host ADDRESS       IP address to listen on [default: 127.0.0.1]
  --api-key KEY        API key that is accepted [default: the documents' key]
  --api-secret SECRET  Secret that requests are signed with [default: the documents' secret]
  --seed FILE          JSON file of flows and tasks to start with [default: the documents' examples]
  --shape SHAPE        Shape of queryDetail responses: flat, page or flat-with-paging [default: flat]
  --allow-ip ADDRESS   Accept requests from this address only; may be repeated
  -h, --help           Print this help
";

/// The options that need TLS.
#[cfg(feature = "tls")]
const TLS_OPTIONS: &str = "
  --tls CERTIFICATE    Listen for TLS with this certificate: trusted, expired, wrong-host, unknown-authority,
                       self-signed, or stalled (the handshake never ends)
  --authority FILE     Write the certificate authority to this file as PEM, for clients to trust
";
#[cfg(not(feature = "tls"))]
const TLS_OPTIONS: &str = "";

/// The request of a command line.
enum CliRequest {
    Serve(Box<Settings>),
    Help,
}

/// The settings of a sandbox to serve.
struct Settings {
    builder: Builder,
    /// Whether the secret is not the documents' one.
    has_own_secret: bool,
    /// File for the certificate authority.
    #[cfg(feature = "tls")]
    authority: Option<PathBuf>,
}

/// Serves a sandbox until Ctrl-C or SIGTERM, and returns the exit code of the process. Messages call it `program`.
/// Prints the URL and the environment variables for clients, and then a line for each request.
#[must_use]
pub fn run(program: &str, arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let parsed = parse_arguments(lexopt::Parser::from_args(arguments));
    let result = parsed.and_then(|request| match request {
        CliRequest::Help => print_help(program).map(|()| 0).map_err(Into::into),
        CliRequest::Serve(settings) => serve_until_signal(*settings),
    });
    result.unwrap_or_else(|error| {
        // Nothing else can be done if the error output is closed.
        let _ = writeln!(io::stderr(), "{program}: {error}");
        FAILED
    })
}

fn print_help(program: &str) -> io::Result<()> {
    write!(
        io::stdout(),
        "A local server that behaves as the voice API does, to try clients without an account.\n\nUsage: {program} [OPTIONS]\n\n\
         {OPTIONS}{TLS_OPTIONS}\nA request with one of these keyIds plays a fault:\n{}",
        magic::table()
    )
}

fn parse_arguments(mut arguments: lexopt::Parser) -> Result<CliRequest, Box<dyn Error>> {
    // The command line has no way to read the recording.
    let mut builder = Sandbox::builder().port(4010).max_recorded_requests(0);
    let mut allowed_ips: Vec<IpAddr> = Vec::new();
    let mut has_own_secret = false;
    #[cfg(feature = "tls")]
    let mut authority = None;
    while let Some(argument) = arguments.next()? {
        builder = match argument {
            Long("port") => builder.port(arguments.value()?.parse()?),
            Long("host") => builder.host(arguments.value()?.parse()?),
            Long("api-key") => builder.api_key(arguments.value()?.string()?),
            Long("api-secret") => {
                has_own_secret = true;
                builder.api_secret(arguments.value()?.string()?)
            }
            Long("seed") => builder.seed(Seed::from_file(&PathBuf::from(arguments.value()?))?),
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
            Short('h') | Long("help") => return Ok(CliRequest::Help),
            other => return Err(other.unexpected().into()),
        };
    }
    Ok(CliRequest::Serve(Box::new(Settings {
        builder: builder.allowed_ips(allowed_ips),
        has_own_secret,
        #[cfg(feature = "tls")]
        authority,
    })))
}

/// Serves until a signal, and returns the exit code.
fn serve_until_signal(settings: Settings) -> Result<u8, Box<dyn Error>> {
    let runtime = system::build_runtime()?;
    let entered = runtime.enter();
    // Before the first line is printed, because its reader may send a signal at once.
    let signal = ending_signal()?;
    drop(entered);
    let sandbox = settings.builder.on_request(print_request).start_blocking()?;
    #[cfg(feature = "tls")]
    if let Some(file) = settings.authority {
        std::fs::write(file, sandbox.authority().ok_or("`--authority` needs `--tls`")?)?;
    }
    print_introduction(&sandbox, settings.has_own_secret)?;
    Ok(runtime.block_on(signal))
}

/// Begins to listen for Ctrl-C and SIGTERM. The future resolves to the exit code. The process with number 1 of a
/// container gets SIGTERM only because of this handler.
#[cfg(unix)]
fn ending_signal() -> io::Result<impl Future<Output = u8>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => 0,
            _ = terminate.recv() => TERMINATED,
        }
    })
}

/// Begins to listen for Ctrl-C and for the end of the console or the session. The future resolves to the exit code.
#[cfg(windows)]
fn ending_signal() -> io::Result<impl Future<Output = u8>> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
    let (mut interrupt, mut end) = (ctrl_c()?, ctrl_break()?);
    let (mut close, mut shutdown) = (ctrl_close()?, ctrl_shutdown()?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => 0,
            _ = end.recv() => TERMINATED,
            _ = close.recv() => TERMINATED,
            _ = shutdown.recv() => TERMINATED,
        }
    })
}

/// Prints the URL of the sandbox, and the environment variables for clients.
fn print_introduction(sandbox: &Sandbox, has_own_secret: bool) -> io::Result<()> {
    // The caller may have passed a real secret.
    let secret = if has_own_secret { "…" } else { sandbox.api_secret() };
    let url = sandbox.url();
    let variables = [("BASE_URL", url.as_str()), ("API_KEY", sandbox.api_key()), ("API_SECRET", secret)];
    let lines = variables.map(|(name, value)| {
        if cfg!(windows) {
            format!("$env:RECALLFLOW_{name} = '{}'", value.replace('\'', "''"))
        } else {
            format!("export RECALLFLOW_{name}={}", quoted(value))
        }
    });
    // In one write, because a reader may close the output after the last variable.
    let text =
        format!("The sandbox listens on {url} until Ctrl-C. For clients in another shell:\n\n{}\n\n", lines.join("\n"));
    io::stdout().write_all(text.as_bytes())
}

/// Quotes a value for a POSIX shell, if the shell would not take it literally.
fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "…:/._-[]".contains(c);
    if value.chars().all(is_plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', r"'\''")) }
}

/// Prints a line for a request.
fn print_request(request: &RecordedRequest) {
    let response = &request.response;
    let status = response.http_status.map_or_else(|| "no response".to_owned(), |status| status.to_string());
    let code = response.code.map(|code| format!(" code {code}")).unwrap_or_default();
    let fault = response.fault.as_ref().map(|_| " (fault)").unwrap_or_default();
    let method = if request.method.is_empty() { "connection" } else { request.method.as_str() };
    // A closed output does not stop the sandbox.
    let _ = writeln!(io::stdout(), "{method} {} {status}{code}{fault}", request.path);
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_takes_a_quoted_value_literally() {
        for (value, written) in
            [("http://127.0.0.1:4010", "http://127.0.0.1:4010"), ("a b$", "'a b$'"), ("it's", r"'it'\''s'")]
        {
            assert_eq!(quoted(value), written);
        }
    }
}
