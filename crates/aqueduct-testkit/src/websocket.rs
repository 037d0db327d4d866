//! A WebSocket server on loopback that plays a script.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use aqueduct_spec::BoxFuture;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use http::HeaderValue;
use http::header::SEC_WEBSOCKET_PROTOCOL;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinError, JoinSet};
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

use crate::RecordedRequest;

/// A WebSocket server on loopback. Each connection is switched (the first sub-protocol that is offered is chosen) and then
/// given to the script as a [`Peer`]. It ends when it is dropped.
///
/// For handshakes that are refused there is [`ScriptedUpstream`](crate::ScriptedUpstream): they are requests like any other.
///
/// ```
/// use aqueduct_testkit::ScriptedWebSocket;
/// use serde_json::json;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let server = ScriptedWebSocket::new(|mut peer| async move {
///     let asked = peer.json().await;
///     peer.send_json(&json!({ "heard": asked })).await;
///     peer.close(1000, "").await;
/// });
/// let base_url = format!("{}/v1", server.url());
/// # let _ = base_url;
/// # });
/// ```
pub struct ScriptedWebSocket {
    address: SocketAddr,
    log: Arc<Log>,
    server: AbortHandle,
}

type Script = dyn Fn(Peer) -> BoxFuture<'static, ()> + Send + Sync;

struct Log {
    script: Box<Script>,
    requests: watch::Sender<Vec<RecordedRequest>>,
    /// What came of each script that ended: the words of its panic, if it panicked.
    ended: watch::Sender<Vec<Option<String>>>,
}

impl ScriptedWebSocket {
    /// Plays a script with every client.
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O, or if there is no free port.
    pub fn new<F>(script: impl Fn(Peer) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener =
            std::net::TcpListener::bind("127.0.0.1:0").expect("no free port on loopback");
        listener.set_nonblocking(true).expect("a listener can be non-blocking");
        let listener = TcpListener::from_std(listener).expect("a runtime with I/O is needed");
        let address = listener.local_addr().expect("a bound listener has an address");
        let log = Arc::new(Log {
            script: Box::new(move |peer| Box::pin(script(peer))),
            requests: watch::Sender::default(),
            ended: watch::Sender::default(),
        });
        let server = tokio::spawn(serve(listener, Arc::clone(&log))).abort_handle();
        Self { address, log, server }
    }

    /// Where it is, without a slash at the end: `http://127.0.0.1:49152`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The handshakes so far.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.log.requests.borrow().clone()
    }

    /// Waits until so many scripts are at their end.
    ///
    /// # Panics
    /// If one of them panicked, with its words.
    pub async fn finished(&self, count: usize) {
        let mut ended = self.log.ended.subscribe();
        let ended = ended.wait_for(|ended| ended.len() >= count).await;
        let ended = ended.map(|ended| ended.clone()).unwrap_or_default();
        if let Some(words) = ended.into_iter().flatten().next() {
            panic!("the script of the server failed: {words}");
        }
    }
}

async fn serve(listener: TcpListener, log: Arc<Log>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let number = log.requests.borrow().len();
                connections.spawn(play(stream, number, Arc::clone(&log)));
            }
            Some(ended) = connections.join_next() => {
                let words = ended.err().filter(JoinError::is_panic).map(words_of);
                log.ended.send_modify(|ended| ended.push(words));
            }
        }
    }
}

fn words_of(error: JoinError) -> String {
    let panic = error.into_panic();
    let words = panic.downcast_ref::<String>().map(String::as_str);
    words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default().to_owned()
}

async fn play(stream: TcpStream, connection: usize, log: Arc<Log>) {
    // Messages must not wait for each other.
    let _ = stream.set_nodelay(true);
    let mut recorded = None;
    #[expect(clippy::result_large_err, reason = "the type that the library asks for")]
    let switch = |request: &Request, mut response: Response| {
        recorded = Some(RecordedRequest {
            method: request.method().clone(),
            target: request.uri().to_string(),
            headers: request.headers().clone(),
            body: Bytes::new(),
            connection,
        });
        let offered = request.headers().get(SEC_WEBSOCKET_PROTOCOL);
        let offered = offered.and_then(|offered| offered.to_str().ok()?.split(',').next());
        if let Some(first) = offered.and_then(|first| HeaderValue::from_str(first.trim()).ok()) {
            response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, first);
        }
        Ok(response)
    };
    let switched = accept_hdr_async(stream, switch).await;
    log.requests.send_modify(|requests| requests.extend(recorded));
    let stream = switched.expect("the client's handshake is not that of a WebSocket");
    (log.script)(Peer { stream }).await;
}

impl Drop for ScriptedWebSocket {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl fmt::Debug for ScriptedWebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedWebSocket").field("address", &self.address).finish_non_exhaustive()
    }
}

/// The client of a [`ScriptedWebSocket`], as its script sees it. Dropped, it cuts the connection.
#[derive(Debug)]
pub struct Peer {
    stream: WebSocketStream<TcpStream>,
}

/// What a client did.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum PeerMessage {
    /// It sent text.
    Text(String),
    /// It sent bytes.
    Binary(Bytes),
    /// It said goodbye, with this number; 1005 stands for none.
    Close(u16),
    /// It is gone.
    Gone,
}

impl Peer {
    /// Waits for what the client does next. Pings are answered, pongs passed over.
    pub async fn next(&mut self) -> PeerMessage {
        loop {
            return match self.stream.next().await {
                Some(Ok(Message::Text(text))) => PeerMessage::Text(text.as_str().to_owned()),
                Some(Ok(Message::Binary(bytes))) => PeerMessage::Binary(bytes),
                Some(Ok(Message::Close(frame))) => {
                    PeerMessage::Close(frame.map_or(1005, |frame| frame.code.into()))
                }
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => PeerMessage::Gone,
            };
        }
    }

    /// Waits for text that is JSON.
    ///
    /// # Panics
    /// If the client does anything else.
    pub async fn json(&mut self) -> Value {
        match self.next().await {
            PeerMessage::Text(text) => serde_json::from_str(&text).expect("the text is not JSON"),
            other => panic!("JSON was expected, not {other:?}"),
        }
    }

    /// Waits for bytes.
    ///
    /// # Panics
    /// If the client does anything else.
    pub async fn binary(&mut self) -> Bytes {
        match self.next().await {
            PeerMessage::Binary(bytes) => bytes,
            other => panic!("bytes were expected, not {other:?}"),
        }
    }

    /// Sends JSON as text. A client that is gone does not matter here, it shows at the next thing expected of it.
    pub async fn send_json(&mut self, value: &Value) {
        self.send(Message::text(value.to_string())).await;
    }

    /// Sends text.
    pub async fn send_text(&mut self, text: &str) {
        self.send(Message::text(text)).await;
    }

    /// Sends bytes.
    pub async fn send_binary(&mut self, bytes: impl Into<Bytes>) {
        self.send(Message::Binary(bytes.into())).await;
    }

    /// Sends one text in several frames, with a ping after each but the last.
    pub async fn send_in_frames<'a>(&mut self, pieces: impl IntoIterator<Item = &'a str>) {
        let mut pieces = pieces.into_iter().peekable();
        let mut kind = OpCode::Data(Data::Text);
        while let Some(piece) = pieces.next() {
            let is_last = pieces.peek().is_none();
            let frame = Frame::message(piece.as_bytes().to_vec(), kind, is_last);
            self.send(Message::Frame(frame)).await;
            if !is_last {
                self.send(Message::Ping(Bytes::from_static(b"?"))).await;
            }
            kind = OpCode::Data(Data::Continue);
        }
    }

    /// Writes bytes that need be no frame.
    ///
    /// # Panics
    /// If the client is gone.
    pub async fn write(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).await.expect("the client is gone");
    }

    /// Says goodbye and waits until the client is gone.
    pub async fn close(mut self, code: u16, reason: &str) {
        let reason = reason.to_owned().into();
        self.send(Message::Close(Some(CloseFrame { code: code.into(), reason }))).await;
        while self.next().await != PeerMessage::Gone {}
    }

    /// Waits until the client is gone; returns the number with which it said goodbye, if it did. What it sends is passed over.
    pub async fn gone(&mut self) -> Option<u16> {
        let mut code = None;
        loop {
            match self.next().await {
                PeerMessage::Gone => return code,
                PeerMessage::Close(number) => code = Some(number),
                PeerMessage::Text(_) | PeerMessage::Binary(_) => {}
            }
        }
    }

    async fn send(&mut self, message: Message) {
        let _: Result<(), Error> = self.stream.send(message).await;
    }
}
