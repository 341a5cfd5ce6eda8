//! hyper's connections without a client around them, which no client in Rust is likely to beat.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use ::hyper::Request;
use ::hyper::client::conn::http1::{SendRequest, handshake};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::TcpStream;

use super::{Response, decode, sign};
use crate::Failure;
use crate::fixture::{API_KEY, QUERY_PATH, UPDATE_PATH};
use crate::plain::{Query, Update};

type Connection = SendRequest<Full<Bytes>>;

pub(super) struct Api {
    address: SocketAddr,
    host: String,
    idle: Mutex<Vec<Connection>>,
    update: Update,
    query: Query,
}

impl Api {
    pub(super) fn new(base_url: &str) -> Result<Self, Failure> {
        let host = base_url.trim_start_matches("http://").to_owned();
        let (update, query) = (Update::fixture(), Query::fixture());
        Ok(Self { address: host.parse()?, host, idle: Mutex::default(), update, query })
    }

    async fn connection(&self) -> Result<Connection, Failure> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(connection) = idle {
            return Ok(connection);
        }
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (connection, driver) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(driver);
        Ok(connection)
    }

    async fn post(&self, path: &str, request: &(impl Serialize + Sync)) -> Result<Bytes, Failure> {
        let (sign, timestamp) = sign()?;
        let request = Request::post(path)
            .header("Host", &self.host)
            .header("Content-Type", "application/json;charset=UTF-8")
            .header("Api-Key", API_KEY)
            .header("Sign", sign)
            .header("Timestamp", timestamp)
            .body(Full::from(serde_json::to_vec(request)?))?;
        let mut connection = self.connection().await?;
        connection.ready().await?;
        let response = connection.send_request(request).await?;
        let body = response.into_body().collect().await?.to_bytes();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(body)
    }
}

impl super::Api for Api {
    async fn call(&self, response: Response) -> Result<(), Failure> {
        let body = match response {
            Response::Small => self.post(UPDATE_PATH, &self.update).await?,
            Response::Page => self.post(QUERY_PATH, &self.query).await?,
        };
        decode(response, &body)
    }
}
