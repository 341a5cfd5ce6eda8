//! Addresses that refuse or ignore connections.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use tokio::net::TcpSocket;

use crate::system;

/// A local address that refuses connections. No other program gets its port until this value is dropped.
///
/// ```
/// let port = recallflow_sandbox::RefusedPort::open()?;
/// assert!(std::net::TcpStream::connect(port.address()?).is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct RefusedPort {
    /// Bound, but not listening.
    socket: TcpSocket,
}

impl RefusedPort {
    /// Takes a free port.
    pub fn open() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        Ok(Self { socket })
    }

    /// Returns the address.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

/// A local address that neither accepts nor refuses connections, as if a firewall dropped their packets. The address
/// stays unresponsive until this value is dropped.
#[derive(Debug)]
pub struct BlackHole {
    listener: TcpListener,
    /// Connections that fill the listener's queue, because they are never accepted.
    _waiting: Vec<TcpStream>,
}

impl BlackHole {
    /// Opens an unresponsive address. Takes a moment, because only a connection that times out shows that the queue is
    /// full.
    pub fn open() -> io::Result<Self> {
        /// Operating systems queue a few more connections than requested.
        const MAX_WAITING: usize = 64;
        /// Time within which a local connection succeeds if the queue has room.
        const CONNECT_TIMEOUT: Duration = Duration::from_millis(250);
        let listener = listen()?;
        let address = listener.local_addr()?;
        let mut waiting = Vec::new();
        while waiting.len() < MAX_WAITING {
            match TcpStream::connect_timeout(&address, CONNECT_TIMEOUT) {
                Ok(stream) => waiting.push(stream),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    return Ok(Self { listener, _waiting: waiting });
                }
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("could not fill the queue of a listening socket"))
    }

    /// Returns the address.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Opens a listening socket with the shortest queue that the system allows. The standard library has no such function.
fn listen() -> io::Result<TcpListener> {
    let runtime = system::build_runtime()?;
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

    use super::{BlackHole, RefusedPort};

    #[test]
    fn a_connection_is_refused_or_times_out() {
        let port = RefusedPort::open().unwrap();
        let refused = TcpStream::connect(port.address().unwrap()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        let hole = BlackHole::open().unwrap();
        let swallowed = TcpStream::connect_timeout(&hole.address().unwrap(), Duration::from_millis(300)).unwrap_err();
        assert_eq!(swallowed.kind(), ErrorKind::TimedOut);
    }
}
