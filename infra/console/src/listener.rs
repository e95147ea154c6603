//! Serving HTTP/1.1 at an address or a socket, with nothing unbounded: the
//! connections, the time for a head, the time and the bytes of a body, the time
//! at the end. Each request is told the peer of its connection ([`ConnectInfo`]).

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use axum::{Extension, Router};
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::sync::Semaphore;

/// Beyond what a laptop's callers open.
const MAX_CONNECTIONS: usize = 1_024;
/// How long the head of a request may take, and a connection may be idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the body of a request may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long requests under way may go on at the end.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(30);

/// Serves until `shutdown` resolves, then lets requests under way finish.
pub async fn serve<L>(listener: L, router: Router, shutdown: impl Future<Output = ()> + Send)
where
    L: Listener,
    L::Io: Unpin,
    L::Addr: Clone + Sync + 'static,
{
    serve_within(HEAD_TIMEOUT, listener, router, shutdown).await;
}

async fn serve_within<L>(
    head_timeout: Duration,
    mut listener: L,
    router: Router,
    shutdown: impl Future<Output = ()> + Send,
) where
    L: Listener,
    L::Io: Unpin,
    L::Addr: Clone + Sync + 'static,
{
    let mut http = http1::Builder::new();
    // The library's Date panics where the clock is before 1970, outside of every
    // guard, so that the connection would be dropped. Lambda's has none either.
    http.timer(TokioTimer::new()).header_read_timeout(head_timeout).auto_date_header(false);
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let connections = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accept = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (listener.accept().await, place)
        };
        let ((stream, peer), place) = tokio::select! {
            accepted = accept => accepted,
            () = &mut shutdown => break,
        };
        let service = router.clone().layer(Extension(ConnectInfo(peer)));
        let service = TowerToHyperService::new(service);
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(SHUTDOWN_TIMEOUT, connections.shutdown()).await.is_err() {
        tracing::warn!("requests were still under way at the end");
    }
}

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyProblem {
    /// It is longer than its reader takes.
    TooLong,
    /// It did not come in time.
    TooSlow,
    /// The connection broke.
    Broken,
}

impl BodyProblem {
    /// What its sender is answered where nobody has a better answer.
    pub fn response(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = match self {
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Broken => StatusCode::BAD_REQUEST,
        };
        // The rest of the body is not read, so nothing can follow it.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    }
}

/// Reads a body of up to so many bytes, and nothing of one that says that it is
/// longer.
pub async fn read_body(body: &mut Body, max_bytes: usize) -> Result<Bytes, BodyProblem> {
    read_body_within(BODY_TIMEOUT, body, max_bytes).await
}

async fn read_body_within(
    timeout: Duration,
    body: &mut Body,
    max_bytes: usize,
) -> Result<Bytes, BodyProblem> {
    if body.size_hint().lower() > max_bytes as u64 {
        return Err(BodyProblem::TooLong);
    }
    match tokio::time::timeout(timeout, Limited::new(body, max_bytes).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyProblem::TooLong),
        Ok(Err(_)) => Err(BodyProblem::Broken),
        Err(_) => Err(BodyProblem::TooSlow),
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::extract::Request;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// Long enough for a whole request on a busy machine, and no wait.
    const SHORT: Duration = Duration::from_millis(300);

    async fn echo(request: Request) -> Response<Body> {
        match read_body_within(SHORT, &mut request.into_body(), 4).await {
            Ok(body) => Response::new(Body::from(body)),
            Err(problem) => problem.response().map(Body::from),
        }
    }

    /// All that a server answers to some bytes until it closes the connection.
    async fn answer_to(sent: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(echo);
        tokio::spawn(serve_within(SHORT, listener, router, std::future::pending()));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn half_a_head_and_an_idle_connection_are_closed() {
        for sent in ["", "POST / HT", "POST / HTTP/1.1\r\nHost: a\r\n"] {
            let answer = answer_to(sent).await;
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{sent:?} {answer}");
        }
    }

    #[tokio::test]
    async fn a_body_comes_in_time_and_is_no_longer_than_may_be() {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:";
        for (rest, status) in [
            (" 4\r\n\r\nabcd", "200"),
            (" 4\r\n\r\nab", "408"),
            (" 5\r\n\r\nabcde", "413"),
            (" 5\r\n\r\n", "413"),
        ] {
            let answer = answer_to(&format!("{head}{rest}")).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{rest:?} {answer}");
        }
    }

    #[tokio::test]
    async fn a_handler_is_told_the_peer_of_the_connection_whatever_headers_say() {
        async fn peer(ConnectInfo(peer): ConnectInfo<SocketAddr>) -> String {
            peer.to_string()
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(peer);
        tokio::spawn(serve(listener, router, std::future::pending()));
        let mut stream = TcpStream::connect(address).await.unwrap();
        let own = stream.local_addr().unwrap();
        let sent = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\n\
                    Forwarded: for=203.0.113.9\r\nConnection: close\r\n\r\n";
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with(&format!("\r\n\r\n{own}")), "{answer}");
    }

    #[tokio::test]
    async fn it_ends_while_a_connection_is_idle() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let server = tokio::spawn(serve(listener, Router::new().fallback(echo), async {
            drop(stopped.await);
        }));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        let mut begin = [0; 12];
        stream.read_exact(&mut begin).await.unwrap();
        assert_eq!(&begin, b"HTTP/1.1 200");
        stop.send(()).unwrap();
        server.await.unwrap();
    }
}
