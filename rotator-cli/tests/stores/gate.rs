//! Between a program and a server that speaks for AWS: hands everything on, but for what it is to spoil.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rotator_cli::sandbox::What;

/// An action, and what becomes of each call of it.
type Spoilt = Arc<Mutex<Option<(String, What)>>>;

pub struct Gate {
    pub url: String,
    spoilt: Spoilt,
}

impl Gate {
    /// Stands before a server until the test ends.
    pub fn before(server: &str) -> Self {
        let upstream = server.trim_end_matches('/').strip_prefix("http://").unwrap().to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let spoilt = Spoilt::default();
        let shared = Arc::clone(&spoilt);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (upstream, spoilt) = (upstream.clone(), Arc::clone(&shared));
                thread::spawn(move || serve(&stream.unwrap(), &upstream, &spoilt));
            }
        });
        Self { url, spoilt }
    }

    /// `ssm:PutParameter`, say.
    pub fn spoil(&self, action: &str, what: What) {
        let (_, name) = action.split_once(':').unwrap();
        *self.spoilt.lock().unwrap() = Some((name.to_owned(), what));
    }
}

fn serve(mut client: &TcpStream, upstream: &str, spoilt: &Spoilt) -> io::Result<()> {
    let (head, body) = message(client)?;
    let what = spoilt.lock().unwrap().clone();
    let answer = match what.filter(|(name, _)| called(&head) == *name).map(|(_, what)| what) {
        None => hand_on(upstream, &head, &body)?,
        Some(What::Deny) => answer("400 Bad Request", "AccessDeniedException"),
        Some(What::ErrorAfter) => {
            hand_on(upstream, &head, &body)?;
            answer("500 Internal Server Error", "InternalServiceError")
        }
        Some(What::Hang(span)) => {
            thread::park_timeout(span);
            return Ok(());
        }
        Some(other) => panic!("not spoilt here: {other:?}"),
    };
    client.write_all(&answer)
}

/// One request, one connection: neither side keeps it.
fn hand_on(upstream: &str, head: &str, body: &[u8]) -> io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(upstream)?;
    server.write_all(closing(head).as_bytes())?;
    server.write_all(body)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
    let head = closing(&String::from_utf8_lossy(&answer[..end]));
    Ok([head.as_bytes(), &answer[end..]].concat())
}

fn closing(head: &str) -> String {
    let (first, rest) = head.split_once("\r\n").unwrap();
    format!("{first}\r\nconnection: close\r\n{rest}")
}

fn answer(status: &str, code: &str) -> Vec<u8> {
    let body = format!(r#"{{"__type":"{code}","Message":"spoilt","message":"spoilt"}}"#);
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/x-amz-json-1.1\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The name of the action, as the JSON protocols have it.
fn called(head: &str) -> String {
    let target = header(head, "x-amz-target");
    target.rsplit_once('.').map_or_else(String::new, |(_, name)| name.to_owned())
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let fields = head.lines().filter_map(|line| line.split_once(':'));
    fields
        .filter(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
        .next()
        .unwrap_or("")
}

/// A head, and as much as it announces.
fn message(mut stream: &TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut body = vec![0; header(&head, "content-length").parse().unwrap_or(0)];
    stream.read_exact(&mut body)?;
    Ok((head, body))
}
