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

use super::{ExpectedResponse, decode_response, sign_request};
use crate::BenchError;
use crate::fixture::{API_KEY, QUERY_PATH, UPDATE_PATH};
use crate::plain::{PlainQuery, PlainUpdate};

type HyperConnection = SendRequest<Full<Bytes>>;

pub(super) struct HyperClient {
    address: SocketAddr,
    host: String,
    idle: Mutex<Vec<HyperConnection>>,
    update: PlainUpdate,
    query: PlainQuery,
}

impl HyperClient {
    pub(super) fn new(base_url: &str) -> Result<Self, BenchError> {
        let host = base_url.trim_start_matches("http://").to_owned();
        let (update, query) = (PlainUpdate::fixture(), PlainQuery::fixture());
        Ok(Self { address: host.parse()?, host, idle: Mutex::default(), update, query })
    }

    async fn take_connection(&self) -> Result<HyperConnection, BenchError> {
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

    async fn post_json(&self, path: &str, request: &(impl Serialize + Sync)) -> Result<Bytes, BenchError> {
        let (sign, timestamp) = sign_request()?;
        let request = Request::post(path)
            .header("Host", &self.host)
            .header("Content-Type", "application/json;charset=UTF-8")
            .header("HyperClient-Key", API_KEY)
            .header("Sign", sign)
            .header("Timestamp", timestamp)
            .body(Full::from(serde_json::to_vec(request)?))?;
        let mut connection = self.take_connection().await?;
        connection.ready().await?;
        let response = connection.send_request(request).await?;
        let body = response.into_body().collect().await?.to_bytes();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(body)
    }
}

impl super::ContenderClient for HyperClient {
    async fn call(&self, response: ExpectedResponse) -> Result<(), BenchError> {
        let body = match response {
            ExpectedResponse::Small => self.post_json(UPDATE_PATH, &self.update).await?,
            ExpectedResponse::List => return Err("hyper does not read lists".into()),
            ExpectedResponse::Page => self.post_json(QUERY_PATH, &self.query).await?,
        };
        decode_response(response, &body)
    }
}
