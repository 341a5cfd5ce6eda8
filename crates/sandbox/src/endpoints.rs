//! Addresses where no sandbox answers: what a client meets before it can send anything.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use tokio::net::TcpSocket;
use tokio::runtime;

/// An address of this machine that refuses every connection.
///
/// The port was free a moment ago, and systems hand out others before they use one again.
///
/// ```
/// let address = recallflow_sandbox::refused()?;
/// assert!(std::net::TcpStream::connect(address).is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn refused() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// An address of this machine that neither accepts nor refuses connections, as behind a firewall that drops them. It
/// is one for as long as this lives.
#[derive(Debug)]
pub struct BlackHole {
    listener: TcpListener,
    /// Connections that nobody accepts and that leave no room for another.
    _waiting: Vec<TcpStream>,
}

impl BlackHole {
    /// Opens one. It takes a moment, because it is only full when a connection of its own is left waiting.
    pub fn open() -> io::Result<Self> {
        /// Systems let a few more wait than they are asked to.
        const MOST: usize = 64;
        /// How long a connection to this machine may take while there is room.
        const PATIENCE: Duration = Duration::from_millis(250);
        let listener = listen()?;
        let address = listener.local_addr()?;
        let mut waiting = Vec::new();
        while waiting.len() < MOST {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(stream) => waiting.push(stream),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    return Ok(Self { listener, _waiting: waiting });
                }
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("the system lets any number of connections wait"))
    }

    /// Where it is.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A socket that lets as few connections wait as the system allows, which the standard library does not offer.
fn listen() -> io::Result<TcpListener> {
    let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
    let _entered = runtime.enter();
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    socket.listen(0)?.into_std()
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::net::TcpStream;
    use std::time::Duration;

    use super::{BlackHole, refused};

    #[test]
    fn neither_is_a_connection() {
        let refused = TcpStream::connect(refused().unwrap()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        let hole = BlackHole::open().unwrap();
        let swallowed = TcpStream::connect_timeout(&hole.address().unwrap(), Duration::from_millis(300)).unwrap_err();
        assert_eq!(swallowed.kind(), ErrorKind::TimedOut);
    }
}
