//! HTTP/1.1 on loopback: reads requests, writes answers, closes connections where a fault says so.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::clock::http_date;
use super::error::AwsError;
use super::faults::What;
use super::request::{Asked, Service};
use super::service::{Answer, State};
use crate::clock::sleep;

/// Above the largest secret with room for its escapes.
const LARGEST_BODY: usize = 1024 * 1024;

/// The state behind one lock: a request is done whole or not at all, as seen by any other.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<State>>);

impl Shared {
    pub(super) fn new(state: State) -> Self {
        Shared(Arc::new(Mutex::new(state)))
    }

    /// A test that panicked while it held the lock leaves a state that is whole all the same.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves until it is dropped; its connections end with it.
pub(super) async fn accept(listener: TcpListener, shared: Shared) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // An answer is small and waits for nothing; that it could not be said is no harm.
                    let _said = stream.set_nodelay(true);
                    connections.spawn(serve(stream, shared.clone()));
                }
                // Out of file descriptors, perhaps: give the others time to finish.
                Err(_) => sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, shared: Shared) {
    let service = service_fn(move |request| respond(shared.clone(), request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // The error is that the caller went away, or that a fault closed the connection.
    let _ended = connection.await;
}

/// Why a connection closes without an answer.
#[derive(Debug)]
struct Unanswered;

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no answer is given to this request")
    }
}

impl std::error::Error for Unanswered {}

async fn respond(shared: Shared, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Unanswered> {
    let began = shared.lock().watch.elapsed();
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
        let error = AwsError::invalid("The body is too large, or ended early.");
        let answer = shared.lock().refuse(Service::Iam, error);
        return Ok(response(&shared, answer));
    };
    // A task of its own, for what AWS has begun it also does when the caller hangs up.
    let work = tokio::spawn({
        let shared = shared.clone();
        let asked = Asked::parse(head, body.to_bytes());
        async move { work(&shared, asked, began).await }
    });
    let answer = work.await.ok().flatten().ok_or(Unanswered)?;
    Ok(response(&shared, answer))
}

async fn work(shared: &Shared, asked: Result<Asked, (Service, AwsError)>, began: Duration) -> Option<Answer> {
    let latency = shared.lock().account.settings.latency;
    pause(latency).await;
    let asked = match asked {
        Ok(asked) => asked,
        Err((service, error)) => return Some(shared.lock().refuse(service, error)),
    };
    let verdict = shared.lock().verdict(&asked);
    if let Some(What::Hang(hang)) = verdict {
        pause(hang).await;
    }
    shared.lock().handle(&asked, verdict, began)
}

async fn pause(duration: Duration) {
    if !duration.is_zero() {
        sleep(duration).await;
    }
}

fn response(shared: &Shared, answer: Answer) -> Response<Full<Bytes>> {
    let now = shared.lock().account.now();
    let mut response = Response::new(Full::new(Bytes::from(answer.body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    if let Ok(date) = HeaderValue::try_from(http_date(now)) {
        headers.insert(DATE, date);
    }
    if let Ok(id) = HeaderValue::try_from(answer.request_id) {
        headers.insert(HeaderName::from_static("x-amzn-requestid"), id);
    }
    response
}
