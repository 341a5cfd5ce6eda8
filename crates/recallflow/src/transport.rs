//! Sends one attempt over HTTP and returns the response, or the failure with how far the attempt came.
//!
//! Only this module and its submodules use `reqwest` and `hyper`.

mod body;
#[cfg_attr(
    not(feature = "__ffi"),
    expect(unreachable_pub, reason = "packages of other languages cancel calls from outside")
)]
pub(crate) mod cancel;
mod diagnosis;
pub(crate) mod failure;
pub(crate) mod headers;
pub(crate) mod pool;
pub(crate) mod proxy;
mod resolver;
pub(crate) mod response;
#[cfg(test)]
mod tests;
mod tunnel;

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Client, ClientBuilder, Method, Request, Response, redirect, retry};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, Sleep, sleep_until, timeout, timeout_at};

use self::body::{Connections, Gate, RequestBody};
use self::cancel::Cancel;
use self::diagnosis::{MAX_HEADERS, Peer};
use self::failure::TransportFailure;
use self::headers::ExtraHeaders;
use self::pool::{IdleLimit, Pool, PooledClient};
use self::proxy::{Proxy, ProxyServer, Route};
use self::resolver::Resolver;
use self::response::HttpResponse;
use self::tunnel::Tunnel;
use crate::endpoint::BaseUrl;
use crate::generated::service::{
    HEADER_API_KEY, HEADER_CONTENT_TYPE, HEADER_CONTENT_TYPE_VALUE, HEADER_SIGN, HEADER_TIMESTAMP,
};
use crate::operation::OperationKind;
use crate::tls::{self, PemFile, TlsOptions};

const SIGN: HeaderName = HeaderName::from_static(HEADER_SIGN);
const TIMESTAMP: HeaderName = HeaderName::from_static(HEADER_TIMESTAMP);
const API_KEY: HeaderName = HeaderName::from_static(HEADER_API_KEY);
const CONTENT_TYPE: HeaderName = HeaderName::from_static(HEADER_CONTENT_TYPE);

/// Not in the list of `http`.
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// The client options for the network.
pub(crate) struct Config {
    pub(crate) base: BaseUrl,
    pub(crate) api_key: String,
    /// Text to append to `User-Agent`.
    pub(crate) user_agent: Option<String>,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_connections: usize,
    pub(crate) proxy: Proxy,
    pub(crate) ca_file: Option<PemFile>,
    pub(crate) client_certificate: Option<PemFile>,
}

/// One signed request.
pub(crate) struct AttemptRequest<'a> {
    /// Below the base URL.
    pub(crate) path: &'a str,
    pub(crate) kind: OperationKind,
    pub(crate) sign: &'a str,
    pub(crate) timestamp: i64,
    pub(crate) body: Bytes,
    /// When the whole response must have arrived.
    pub(crate) ends_at: Instant,
    /// The longest time without progress.
    pub(crate) max_silence: Option<Duration>,
    pub(crate) max_response_bytes: usize,
    pub(crate) extra_headers: &'a ExtraHeaders,
    /// The call that the attempt belongs to.
    pub(crate) cancel: &'a Cancel,
}

/// Sends requests to one service.
pub(crate) struct Transport {
    base: BaseUrl,
    /// The headers of every request. `Sign` and `Timestamp` are empty here, so that a copy of the map need not grow.
    headers: HeaderMap,
    connect_timeout: Duration,
    max_idle: IdleLimit,
    /// One permit for each attempt that may be in progress.
    slots: Semaphore,
    max_connections: usize,
    route: Route,
    /// The tunnels through an HTTP proxy, if the service is called by TLS.
    tunnel: Option<Tunnel>,
    /// Proxy credentials to redact in responses.
    proxy_secrets: Vec<String>,
    tls_options: TlsOptions,
    /// Created on first use, because loading the system's certificates takes longer than a call.
    tls: OnceLock<rustls::ClientConfig>,
}

impl Transport {
    /// Checks the options. Nothing is resolved or connected before the first request.
    pub(crate) fn new(config: Config) -> Result<Self, String> {
        let authorities = config.ca_file.as_ref().map(PemFile::authorities).transpose()?;
        let client_certificate = config.client_certificate.as_ref().map(tls::client_certificate).transpose()?;
        let route = Route::new(config.proxy, &config.base)?;
        let http_proxy = route.proxy().filter(|proxy| proxy.is_http() && config.base.is_https());
        Ok(Self {
            headers: default_headers(&config.api_key, config.user_agent.as_deref())?,
            connect_timeout: config.connect_timeout,
            max_idle: IdleLimit::default(),
            slots: Semaphore::new(config.max_connections.min(Semaphore::MAX_PERMITS)),
            max_connections: config.max_connections,
            tunnel: http_proxy.map(|proxy| Tunnel::new(proxy.clone(), config.base.authority())),
            proxy_secrets: route.proxy().map(ProxyServer::secrets).unwrap_or_default(),
            route,
            base: config.base,
            tls_options: TlsOptions { authorities: authorities.unwrap_or_default(), client_certificate },
            tls: OnceLock::new(),
        })
    }

    /// Returns the maximum number of connections in use at the same time.
    pub(crate) fn max_connections(&self) -> usize {
        self.max_connections
    }

    pub(crate) fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// Returns the proxy credentials to redact, because an error page of a proxy may quote them.
    pub(crate) fn proxy_secrets(&self) -> &[String] {
        &self.proxy_secrets
    }

    /// Waits until fewer than `max_connections` attempts are in progress. Attempts wait in the order in which they came.
    pub(crate) async fn acquire_slot(&self, ends_at: Instant) -> Result<SemaphorePermit<'_>, TransportFailure> {
        // Needs no timer, and fails while others wait.
        if let Ok(slot) = self.slots.try_acquire() {
            return Ok(slot);
        }
        match timeout_at(ends_at, self.slots.acquire()).await {
            Ok(Ok(slot)) => Ok(slot),
            // The semaphore is never closed.
            Ok(Err(_)) | Err(_) => Err(TransportFailure::no_free_connection(self.max_connections)),
        }
    }

    /// Returns the HTTP clients of the current runtime.
    pub(crate) fn open(&self, pool: &Pool) -> Result<Arc<PooledClient>, TransportFailure> {
        let resolver = || match self.route.proxy() {
            Some(proxy) => Resolver::new(proxy.host().to_owned(), proxy.port()),
            None => Resolver::new(self.base.host().to_owned(), self.base.port()),
        };
        pool.client(self.max_idle.get(), resolver, |resolver| self.client_builder(resolver))
    }

    /// Sends a request once over a connection of the pool and reads the whole response.
    ///
    /// Dropping the future cancels the request. The transport and the pool stay usable.
    pub(crate) async fn send(
        &self,
        http: &PooledClient,
        attempt: AttemptRequest<'_>,
    ) -> Result<HttpResponse, TransportFailure> {
        let started = Instant::now();
        if started >= attempt.ends_at {
            return Err(TransportFailure::too_late());
        }
        let AttemptRequest { ends_at, max_silence, max_response_bytes, .. } = attempt;
        let limits = Limits { ends_at, max_silence, max_response_bytes };
        let mut deadline = pin!(sleep_until(limits.end_after(started)));
        if let Some(tunnel) = &self.tunnel {
            let checked = timeout(self.connect_timeout, tunnel.ensure(&http.resolver, self.tls()?));
            match with_deadline(deadline.as_mut(), pin!(checked)).await {
                Some(Ok(checked)) => checked?,
                Some(Err(_)) | None => return Err(tunnel.timed_out(http.resolver.is_waiting())),
            }
        }
        let client = http.client_for(attempt.kind);
        let (request, gate) = self.build_request(attempt, &http.connections)?;

        // Close the gate before dropping `exchange`; otherwise a write could race with the check.
        let mut exchange = pin!(client.execute(request));
        let response = loop {
            match with_deadline(deadline.as_mut(), exchange.as_mut()).await {
                Some(response) => break Some(response),
                None => match limits.extended(gate.last_progress()) {
                    Some(later) => deadline.as_mut().reset(later),
                    // A request that has not begun must not be sent any more.
                    None if !gate.close().begun => break None,
                    None => break look_again(exchange.as_mut()).await,
                },
            }
        };
        let mut response = match response {
            Some(Ok(response)) => response,
            Some(Err(error)) => {
                if error.is_connect() {
                    http.resolver.forget();
                }
                if let Some(tunnel) = self.tunnel.as_ref().filter(|_| error.is_connect()) {
                    tunnel.forget();
                }
                let peer = Peer { is_https: self.base.is_https(), proxy: self.route.proxy() };
                return Err(diagnosis::describe_without_response(
                    &error,
                    gate.close(),
                    http.resolver.is_waiting(),
                    peer,
                ));
            }
            None => return Err(TransportFailure::timed_out_without_response(gate.close(), http.resolver.is_waiting())),
        };

        if let Some(keep_alive) = response.headers().get(KEEP_ALIVE).and_then(|header| header.to_str().ok()) {
            self.max_idle.learn(keep_alive);
        }
        let is_early = !gate.has_handed_over();
        let head = HttpResponse::from_head(&mut response);
        let body =
            self.read_body(response, deadline, limits).await.map_err(|failure| failure.with_status(head.status))?;
        Ok(HttpResponse { is_early, body, elapsed: started.elapsed(), ..head })
    }

    fn build_request(
        &self,
        attempt: AttemptRequest<'_>,
        connections: &Arc<Connections>,
    ) -> Result<(Request, Arc<Gate>), TransportFailure> {
        let AttemptRequest { path, sign, timestamp, body, extra_headers, cancel, .. } = attempt;
        let mut sign = HeaderValue::from_str(sign)
            .map_err(|_| TransportFailure::unsent("the signature is not a valid header value".to_owned()))?;
        sign.set_sensitive(true);
        let (body, gate) = RequestBody::new(body, connections.clone());
        cancel.begin(&gate);
        let mut request = Request::new(Method::POST, self.base.join(path));
        let headers = request.headers_mut();
        headers.clone_from(&self.headers);
        extra_headers.copy_to(headers);
        headers.insert(SIGN, sign);
        headers.insert(TIMESTAMP, HeaderValue::from(timestamp));
        *request.body_mut() = Some(reqwest::Body::wrap(body));
        Ok((request, gate))
    }

    /// Reads the body. It is copied only if it arrives in several pieces.
    async fn read_body(
        &self,
        mut response: Response,
        mut deadline: Pin<&mut Sleep>,
        limits: Limits,
    ) -> Result<Bytes, TransportFailure> {
        let limit = limits.max_response_bytes;
        let declared = response.content_length().map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
        if declared > limit {
            return Err(TransportFailure::too_large(limit));
        }
        let mut whole = Bytes::new();
        let mut pieces = BytesMut::new();
        loop {
            deadline.as_mut().reset(limits.end_after(Instant::now()));
            let mut chunk = pin!(response.chunk());
            let in_time = match with_deadline(deadline.as_mut(), chunk.as_mut()).await {
                None => look_again(chunk.as_mut()).await,
                in_time => in_time,
            };
            let piece = match in_time {
                Some(Ok(Some(piece))) => piece,
                Some(Ok(None)) => return Ok(if pieces.is_empty() { whole } else { pieces.freeze() }),
                Some(Err(error)) => return Err(diagnosis::describe_within_body(&error)),
                None => return Err(TransportFailure::timed_out_within_body()),
            };
            if whole.len().max(pieces.len()) + piece.len() > limit {
                return Err(TransportFailure::too_large(limit));
            }
            if whole.is_empty() {
                whole = piece;
                continue;
            }
            if pieces.is_empty() {
                pieces.reserve(declared.max(whole.len() + piece.len()));
                pieces.extend_from_slice(&whole);
            }
            pieces.extend_from_slice(&piece);
        }
    }

    fn client_builder(&self, resolver: &Resolver) -> Result<ClientBuilder, TransportFailure> {
        let builder = Client::builder()
            .tls_backend_preconfigured(self.tls()?.clone())
            .http1_only()
            .http1_max_headers(MAX_HEADERS)
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(retry::never())
            // Another crate may enable the features of reqwest that would decode bodies.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .dns_resolver(resolver.clone())
            .connect_timeout(self.connect_timeout)
            .tcp_nodelay(true);
        Ok(match &self.route {
            Route::Direct => builder.no_proxy(),
            Route::System => builder,
            Route::Through(proxy) => builder.proxy(proxy.to_reqwest().map_err(TransportFailure::unsent)?),
        })
    }

    fn tls(&self) -> Result<&rustls::ClientConfig, TransportFailure> {
        if let Some(config) = self.tls.get() {
            return Ok(config);
        }
        let uses_tls = self.base.is_https() || self.route.may_use_tls();
        let config = if uses_tls { tls::client_config(&self.tls_options) } else { Ok(tls::unused_config()) };
        let config = config.map_err(|error| TransportFailure::refused_by_system(&error))?;
        Ok(self.tls.get_or_init(|| config))
    }
}

/// The limits of an attempt.
#[derive(Clone, Copy)]
struct Limits {
    ends_at: Instant,
    max_silence: Option<Duration>,
    max_response_bytes: usize,
}

impl Limits {
    /// Returns when an attempt ends that made progress at this time and makes none from then on.
    fn end_after(&self, progress: Instant) -> Instant {
        let silent = self.max_silence.and_then(|silence| progress.checked_add(silence));
        silent.map_or(self.ends_at, |silent| silent.min(self.ends_at))
    }

    /// Does the same, but returns `None` if that time has passed.
    fn extended(&self, progress: Option<Instant>) -> Option<Instant> {
        progress.map(|progress| self.end_after(progress)).filter(|end| *end > Instant::now())
    }
}

fn default_headers(api_key: &str, user_agent: Option<&str>) -> Result<HeaderMap, String> {
    const UNSUITABLE: &str =
        "the API key has characters that are not allowed in a header; copy it again, without spaces or line breaks";
    let mut api_key = HeaderValue::from_str(api_key).map_err(|_| UNSUITABLE.to_owned())?;
    api_key.set_sensitive(true);
    Ok(HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static("application/json")),
        (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
        (USER_AGENT, user_agent_header(user_agent)?),
        (CONTENT_TYPE, HeaderValue::from_static(HEADER_CONTENT_TYPE_VALUE)),
        (API_KEY, api_key),
        (SIGN, HeaderValue::from_static("")),
        (TIMESTAMP, HeaderValue::from_static("")),
    ]))
}

/// Returns the value of `User-Agent`: the name and version of this library, followed by the text of the option.
fn user_agent_header(appended: Option<&str>) -> Result<HeaderValue, String> {
    const OWN: &str = concat!("recallflow/", env!("CARGO_PKG_VERSION"));
    const UNSUITABLE: &str = "`user_agent`: expected 1 to 256 printable ASCII characters without a blank at either end; \
                              set it to a product such as `my-app/1.2`";
    let Some(text) = appended else { return Ok(HeaderValue::from_static(OWN)) };
    // `HeaderValue` permits tabs and bytes above 127, which gateways read in different ways.
    let is_printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if !is_printable || !(1..=256).contains(&text.len()) || text.trim() != text {
        return Err(UNSUITABLE.to_owned());
    }
    HeaderValue::try_from(format!("{OWN} {text}")).map_err(|_| UNSUITABLE.to_owned())
}

/// Polls a future a few more times after its deadline, in case its result has already arrived.
///
/// The process may have been stopped, or its runtime busy, while the response arrived. Each yield lets the runtime read from
/// its sockets and run the tasks of its connections, which pass the response on.
async fn look_again<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    const LOOKS: u32 = 8;
    for _ in 0..LOOKS {
        tokio::task::yield_now().await;
        let output = poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await;
        if let Poll::Ready(output) = output {
            return Some(output);
        }
    }
    None
}

/// Awaits a future, or returns `None` if the deadline passes first.
///
/// The timer is shared by all steps of an attempt, which `tokio::time::timeout_at` does not allow.
pub(crate) async fn with_deadline<F: Future>(
    mut deadline: Pin<&mut Sleep>,
    mut future: Pin<&mut F>,
) -> Option<F::Output> {
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        deadline.as_mut().poll(context).map(|()| None)
    })
    .await
}
