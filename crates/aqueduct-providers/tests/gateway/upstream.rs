//! A gateway that does what the test says.

use std::collections::BTreeMap;

use aqueduct_http::Client;
use aqueduct_providers::gateway::{Gateway, GatewayBuilder};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// One answer of the script.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) end: End,
    /// The bytes of one chunk of the body.
    pub(crate) chunk: usize,
}

/// How an answer ends.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum End {
    /// As HTTP says.
    Whole,
    /// With a broken connection.
    Cut,
    /// Not, until the client closes the connection.
    Open,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    pub(crate) fn events(body: &str) -> Self {
        Self::new(200, "text/event-stream", body)
    }

    pub(crate) fn new(status: u16, media_type: &str, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: vec![("content-type", media_type.to_owned())],
            body: body.into().into_bytes(),
            end: End::Whole,
            chunk: usize::MAX,
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn in_chunks_of(mut self, bytes: usize) -> Self {
        self.chunk = bytes;
        self
    }

    pub(crate) fn end(mut self, end: End) -> Self {
        self.end = end;
        self
    }
}

/// A request as it arrived.
#[derive(Debug)]
pub(crate) struct Received {
    /// Method and target: `POST /v4/ai/language-model`.
    pub(crate) line: String,
    /// All but those that every HTTP client sends.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A scripted gateway, answering one request a connection.
pub(crate) struct Upstream {
    pub(crate) origin: String,
    requests: mpsc::UnboundedReceiver<Received>,
    closed: mpsc::UnboundedReceiver<()>,
}

impl Upstream {
    /// Gives one answer after the other.
    pub(crate) async fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (sent, requests) = mpsc::unbounded_channel();
        let (end, closed) = mpsc::unbounded_channel();
        let answers: Vec<_> = answers.into_iter().collect();
        tokio::spawn(async move {
            for answer in answers {
                let (mut socket, _) = listener.accept().await.unwrap();
                let _ = sent.send(receive(&mut socket).await);
                respond(&mut socket, &answer).await;
                if answer.end == End::Open {
                    // Zero bytes or an error: the client is gone.
                    while socket.read(&mut [0; 64]).await.is_ok_and(|n| n > 0) {}
                }
                let _ = end.send(());
            }
        });
        Self { origin, requests, closed }
    }

    /// A builder that points here, without credential.
    pub(crate) fn builder(&self) -> GatewayBuilder {
        let client = Client::builder().no_proxy().build().unwrap();
        Gateway::builder().base_url(format!("{}/v4/ai/", self.origin)).client(client)
    }

    /// A gateway with a key.
    pub(crate) fn gateway(&self) -> Gateway {
        self.builder().api_key("key-1").build().unwrap()
    }

    /// The next request that arrived.
    pub(crate) async fn received(&mut self) -> Received {
        self.requests.recv().await.unwrap()
    }

    /// Waits until the connection of an answer is done with.
    pub(crate) async fn closed(&mut self) {
        self.closed.recv().await.unwrap();
    }
}

async fn receive(socket: &mut TcpStream) -> Received {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        assert!(socket.read_buf(&mut bytes).await.unwrap() > 0, "the request was cut");
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let mut lines = text.split("\r\n");
    let line = lines.next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
    let mut headers: BTreeMap<_, _> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let length = headers.remove("content-length").map_or(0, |length| length.parse().unwrap());
    while bytes.len() < head + 4 + length {
        assert!(socket.read_buf(&mut bytes).await.unwrap() > 0, "the request was cut");
    }
    headers.remove("host");
    if headers.get("accept").is_some_and(|accept| accept == "*/*") {
        headers.remove("accept");
    }
    if headers.get("user-agent").is_some_and(|agent| agent.starts_with("aqueduct/")) {
        headers.remove("user-agent");
    }
    let body = String::from_utf8(bytes[head + 4..].to_vec()).unwrap();
    Received { line, headers, body }
}

async fn respond(socket: &mut TcpStream, answer: &Answer) {
    let mut out = format!("HTTP/1.1 {} X\r\nconnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    out.push_str("transfer-encoding: chunked\r\n\r\n");
    let mut out = out.into_bytes();
    for chunk in answer.body.chunks(answer.chunk) {
        out.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
        out.extend(chunk);
        out.extend(b"\r\n");
    }
    if answer.end == End::Whole {
        out.extend(b"0\r\n\r\n");
    }
    socket.write_all(&out).await.unwrap();
    socket.flush().await.unwrap();
}

/// The headers of a request.
pub(crate) fn headers<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// The headers of a call with a key, and these.
pub(crate) fn call_headers<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    let mut all = headers([
        ("authorization", "Bearer key-1"),
        ("ai-gateway-protocol-version", "0.0.1"),
        ("ai-gateway-auth-method", "api-key"),
        ("content-type", "application/json"),
    ]);
    all.extend(headers(pairs));
    all
}
