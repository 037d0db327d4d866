//! A server that plays a script.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// What the server does after it has read a request.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Write(Vec<u8>),
    /// Waits until the client closes the connection, and reports it.
    AwaitClose,
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: mpsc::UnboundedReceiver<String>,
    closed: mpsc::UnboundedReceiver<()>,
}

impl Server {
    /// Plays one script for each connection, one after the other.
    pub(crate) async fn start(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (request_sender, requests) = mpsc::unbounded_channel();
        let (closed_sender, closed) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            for script in scripts {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read_request(&mut stream).await;
                request_sender.send(request).ok();
                for step in script {
                    match step {
                        // A client that has enough closes early.
                        Step::Write(bytes) => drop(stream.write_all(&bytes).await),
                        Step::AwaitClose => {
                            while !matches!(stream.read(&mut [0; 1024]).await, Ok(0) | Err(_)) {}
                            closed_sender.send(()).ok();
                        }
                    }
                }
            }
        });
        Self { address, requests, closed }
    }

    /// Answers each connection with one text.
    pub(crate) async fn answer(answers: impl IntoIterator<Item = String>) -> Self {
        let scripts = answers.into_iter().map(|answer| vec![Step::Write(answer.into_bytes())]);
        Self::start(scripts.collect()).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn url_at(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.address.port())
    }

    /// The next request: head and body.
    pub(crate) async fn request(&mut self) -> String {
        self.requests.recv().await.unwrap()
    }

    /// Requests that came and were not taken yet.
    pub(crate) fn untaken_requests(&mut self) -> usize {
        std::iter::from_fn(|| self.requests.try_recv().ok()).count()
    }

    pub(crate) async fn connection_closed(&mut self) {
        self.closed.recv().await.unwrap();
    }
}

/// An answer with a length, after which the connection closes.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{headers}connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse::<usize>().unwrap());
            if body.len() >= length {
                return text;
            }
        }
        let mut buffer = [0; 4096];
        let n = stream.read(&mut buffer).await.unwrap();
        assert!(n > 0, "the client closed within its request");
        request.extend_from_slice(&buffer[..n]);
    }
}
