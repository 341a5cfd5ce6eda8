#![allow(missing_docs, dead_code)]
use bytes::Bytes; use std::time::Duration; use crate::Phase;
#[derive(Clone)] pub(crate) enum Proxy { Environment, None, Url(String) }
pub(crate) struct Config { pub base: crate::endpoint::BaseUrl, pub paths: Vec<&'static str>, pub api_key: String, pub connect_timeout: Duration, pub max_response_bytes: usize, pub proxy: Proxy, pub ca_file: Option<std::path::PathBuf> }
pub(crate) struct Transport;
impl Transport { pub(crate) fn new(_: Config) -> Result<Self,String> { Ok(Transport) } pub(crate) fn base_url(&self)->&str{""}
 pub(crate) async fn send(&self, _o: Outgoing<'_>) -> Result<Answer, Failure> { tokio::task::yield_now().await; Err(Failure{kind:FailureKind::Network,phase:Phase::Connect,sent:false,reused:false,status:None,message:String::new()}) } }
pub(crate) struct Outgoing<'a> { pub endpoint: usize, pub sign: &'a str, pub timestamp: i64, pub body: Bytes, pub ends_at: tokio::time::Instant }
pub(crate) struct Answer { pub status: u16, pub date: Option<String>, pub age: bool, pub retry_after: Option<String>, pub content_type: Option<String>, pub content_encoding: Option<String>, pub body: Bytes, pub elapsed: Duration }
pub(crate) struct Failure { pub kind: FailureKind, pub phase: Phase, pub sent: bool, pub reused: bool, pub status: Option<u16>, pub message: String }
#[derive(PartialEq, Clone, Copy)] pub(crate) enum FailureKind { Network, Timeout, Truncated, Malformed, TooLarge{limit: usize} }
