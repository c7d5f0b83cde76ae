//! Between the program and the server: hands everything on, but for the next write.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rotator_cli::clock::sleep;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What becomes of the next write.
#[derive(Clone)]
pub enum Trouble {
    /// It arrives, and its answer is lost.
    AnswerLost,
    /// It is lost itself.
    RequestLost,
    /// Nobody ever answers.
    Silence,
    /// Something in between answers, and hands nothing on.
    Answer(String),
    /// It arrives, and something in between answers.
    Belied(String),
    /// The next look takes so long, and the write after it is never answered.
    SlowLook(Duration),
    /// Somebody else's write to this path, with this document, comes first.
    Overtaken(&'static str, String),
}

pub struct Proxy {
    pub url: String,
    next: Arc<Mutex<Option<Trouble>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    pub async fn before(url: &str) -> Self {
        let upstream = url.strip_prefix("http://").unwrap().to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let next = Arc::new(Mutex::new(None));
        let shared = Arc::clone(&next);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, upstream.clone(), Arc::clone(&shared)));
            }
        });
        Self { url, next, task }
    }

    pub fn inject(&self, trouble: Trouble) {
        *self.next.lock().unwrap() = Some(trouble);
    }

    /// Whether what was injected has come to pass.
    pub fn has_hit(&self) -> bool {
        self.next.lock().unwrap().is_none()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, upstream: String, next: Arc<Mutex<Option<Trouble>>>) {
    while let Some(request) = message(&mut stream).await {
        let trouble = next.lock().unwrap().take_if(|trouble| {
            let hit = if let Trouble::SlowLook(_) = trouble { "GET " } else { "POST " };
            request.starts_with(hit.as_bytes())
        });
        match trouble {
            Some(Trouble::RequestLost) => return,
            Some(Trouble::SlowLook(span)) => {
                *next.lock().unwrap() = Some(Trouble::Silence);
                sleep(span).await;
            }
            Some(Trouble::Silence) => std::future::pending().await,
            Some(Trouble::Answer(text)) => {
                stream.write_all(text.as_bytes()).await.unwrap();
                return;
            }
            Some(Trouble::Belied(text)) => {
                hand_on(&upstream, &request).await;
                stream.write_all(text.as_bytes()).await.unwrap();
                return;
            }
            Some(Trouble::AnswerLost) => {
                hand_on(&upstream, &request).await;
                return;
            }
            Some(Trouble::Overtaken(path, body)) => {
                let other = format!(
                    "POST {path} HTTP/1.1\r\nHost: x\r\nX-Vault-Token: {}\r\nContent-Length: {}\r\n\r\n{body}",
                    bao::ROOT,
                    body.len()
                );
                let answer = hand_on(&upstream, other.as_bytes()).await;
                assert!(answer.starts_with(b"HTTP/1.1 20"), "{}", String::from_utf8_lossy(&answer));
            }
            None => {}
        }
        if stream.write_all(&hand_on(&upstream, &request).await).await.is_err() {
            return;
        }
    }
}

async fn hand_on(upstream: &str, request: &[u8]) -> Vec<u8> {
    let mut server = TcpStream::connect(upstream).await.unwrap();
    server.write_all(request).await.unwrap();
    message(&mut server).await.unwrap()
}

/// A head and as much as it announces.
async fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        text.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&text).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
    stream.read_exact(&mut body).await.ok()?;
    text.extend(body);
    Some(text)
}
