//! WebSockets against a server that does what its script says, frame by frame.

use std::time::Duration;

use aqueduct_http::{
    ApiMessage, Client, Request, Secret, Timeouts, WebSocket, WebSocketMessage, WebSocketOptions,
};
use aqueduct_spec::{Error, ErrorKind, Result};
use aqueduct_testkit::{PeerMessage, Reply, ScriptedUpstream, ScriptedWebSocket};
use futures_util::StreamExt as _;
use futures_util::future::poll_fn;
use http::StatusCode;
use serde_json::json;
use tokio::sync::oneshot;

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

async fn open_with(request: Request, options: &WebSocketOptions) -> Result<WebSocket> {
    request
        .websocket(options, |_, _, body| Some(ApiMessage::new(String::from_utf8_lossy(body))))
        .await
}

async fn open(server: &ScriptedWebSocket) -> WebSocket {
    open_with(client().get(&server.url()), &WebSocketOptions::new()).await.unwrap()
}

async fn text(socket: &mut WebSocket) -> String {
    let message = socket.next().await.unwrap().unwrap();
    assert!(matches!(message, WebSocketMessage::Text(_)), "{message:?}");
    String::from_utf8(message.as_bytes().to_vec()).unwrap()
}

async fn failure(socket: &mut WebSocket) -> Error {
    let error = socket.next().await.unwrap().unwrap_err();
    assert!(socket.next().await.is_none(), "after an error there is nothing");
    error
}

#[tokio::test]
async fn both_sides_speak_and_say_goodbye() {
    let server = ScriptedWebSocket::new(|mut peer| async move {
        assert_eq!(peer.json().await, json!({ "a": 1 }));
        assert_eq!(peer.binary().await, vec![1, 2]);
        peer.send_json(&json!("heard")).await;
        peer.send_binary(vec![3]).await;
        assert_eq!(peer.gone().await, Some(1000));
    });
    let mut socket = open(&server).await;
    socket.send(WebSocketMessage::json(&json!({ "a": 1 })).unwrap()).await.unwrap();
    socket.send(WebSocketMessage::Binary(vec![1, 2].into())).await.unwrap();
    assert_eq!(text(&mut socket).await, "\"heard\"");
    let bytes = socket.next().await.unwrap().unwrap();
    assert_eq!(bytes, WebSocketMessage::Binary(vec![3].into()));
    socket.close().await;
    server.finished(1).await;
}

#[tokio::test]
async fn the_handshake_offers_protocols_and_hides_their_secrets() {
    let server = ScriptedWebSocket::new(|mut peer| async move {
        peer.gone().await;
    });
    let options = WebSocketOptions::new()
        .protocol("marker.v1")
        .secret_protocol("auth.", &Secret::from("sk-12345678\n"));
    let url = server.url().replace("http", "ws") + "/v1/realtime?intent=x";
    let request = client().get(&url).header("x-team", "t").bearer(&Secret::from("sk-12345678"));
    let socket = open_with(request, &options).await.unwrap();
    assert_eq!(socket.protocol(), Some("marker.v1"));
    assert!(!format!("{socket:?} {options:?}").contains("sk-"));
    let seen = &server.requests()[0];
    assert_eq!(seen.target, "/v1/realtime?intent=x");
    assert_eq!(seen.header("sec-websocket-protocol"), "marker.v1, auth.sk-12345678");
    assert_eq!(seen.header("authorization"), "Bearer sk-12345678");
    assert_eq!(seen.header("x-team"), "t");
}

#[tokio::test]
async fn a_refusal_is_an_error_as_of_any_request() {
    let reply = Reply::text(401, "the key k-12345678 is wrong").header("x-request-id", "r");
    let upstream = ScriptedUpstream::always(reply);
    let options = WebSocketOptions::new().secret_protocol("auth.", &Secret::from("k-12345678"));
    let error = open_with(client().get(&upstream.url()), &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert_eq!(error.message(), "the key [redacted] is wrong");
    assert_eq!(error.request_id(), Some("r"));

    let upstream = ScriptedUpstream::always(Reply::text(200, "hello"));
    let request = client().get(&upstream.url());
    let error = open_with(request, &WebSocketOptions::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.message().contains("instead of switching"), "{error}");
}

#[tokio::test]
async fn a_server_that_does_not_know_the_handshake_is_refused() {
    let reply = Reply::new(101)
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-accept", "AAAA");
    let upstream = ScriptedUpstream::always(reply);
    let request = client().get(&upstream.url());
    let error = open_with(request, &WebSocketOptions::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{error:?}");
    assert!(error.message().contains("handshake"), "{error}");
}

#[tokio::test]
async fn no_connection_is_an_error_of_the_network() {
    let request = client().get("ws://127.0.0.1:1/");
    let error = open_with(request, &WebSocketOptions::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Network, true));
}

#[tokio::test]
async fn a_message_in_frames_is_one_message() {
    let server = ScriptedWebSocket::new(|mut peer| async move {
        peer.send_in_frames(["ab", "", "c"]).await;
        peer.close(1000, "").await;
    });
    let mut socket = open(&server).await;
    assert_eq!(text(&mut socket).await, "abc");
    assert!(socket.next().await.is_none());
    server.finished(1).await;
}

#[tokio::test]
async fn how_the_other_side_closes_is_told() {
    let server = ScriptedWebSocket::new(|peer| async move { peer.close(1011, "broken").await });
    let mut socket = open(&server).await;
    assert!(socket.next().await.is_none());
    let closed = socket.closed().unwrap();
    assert_eq!((closed.code, closed.reason.as_str()), (1011, "broken"));
    let error = socket.send(WebSocketMessage::Text(String::new())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
}

#[tokio::test]
async fn an_end_without_goodbye_is_an_error() {
    let server = ScriptedWebSocket::new(|mut peer| async move { peer.send_text("a").await });
    let mut socket = open(&server).await;
    assert_eq!(text(&mut socket).await, "a");
    let error = failure(&mut socket).await;
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Network, true));
    assert_eq!(socket.closed(), None);
}

#[tokio::test]
async fn messages_that_are_too_large_or_no_frames_are_errors() {
    let server = ScriptedWebSocket::new(|mut peer| async move {
        peer.send_text("12345").await;
        peer.gone().await;
    });
    let options = WebSocketOptions::new().max_message_bytes(4);
    let mut socket = open_with(client().get(&server.url()), &options).await.unwrap();
    let error = failure(&mut socket).await;
    assert_eq!(error.message(), "a message of the API is larger than 4 bytes");

    let server = ScriptedWebSocket::new(|mut peer| async move {
        // An opcode that is reserved.
        peer.write(&[0x83, 0x00]).await;
        peer.gone().await;
    });
    let error = failure(&mut open(&server).await).await;
    assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{error:?}");
}

#[tokio::test]
async fn silence_ends_it_and_sending_is_no_silence() {
    let server = ScriptedWebSocket::new(|mut peer| async move {
        peer.gone().await;
    });
    let idle = Duration::from_millis(50);
    let request = client().get(&server.url()).timeouts(Timeouts::default().with_idle(idle));
    let mut socket = open_with(request, &WebSocketOptions::new()).await.unwrap();
    // However slow this machine is: with each message the limit begins anew.
    for _ in 0..3 {
        socket.send(WebSocketMessage::Text("a".to_owned())).await.unwrap();
        assert!(futures_util::future::poll_immediate(socket.next()).await.is_none());
        tokio::time::sleep(idle).await;
    }
    socket.send(WebSocketMessage::Text("a".to_owned())).await.unwrap();
    let error = failure(&mut socket).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.message().contains("idle timeout"), "{error}");
}

#[tokio::test]
async fn a_limit_of_the_whole_holds_for_a_connection_that_flows() {
    let server = ScriptedWebSocket::new(|mut peer| async move {
        while let PeerMessage::Text(text) = peer.next().await {
            peer.send_text(&text).await;
        }
    });
    let limits = Timeouts::default().with_total(Duration::from_millis(100));
    let request = client().get(&server.url()).timeouts(limits);
    let mut socket = open_with(request, &WebSocketOptions::new()).await.unwrap();
    let error = loop {
        socket.send(WebSocketMessage::Text("a".to_owned())).await.unwrap();
        if let Err(error) = socket.next().await.unwrap() {
            break error;
        }
    };
    assert!(error.message().contains("total timeout"), "{error}");
}

#[tokio::test]
async fn who_is_not_read_is_not_written_to_without_end() {
    let (go_on, wait) = oneshot::channel::<()>();
    let wait = std::sync::Mutex::new(Some(wait));
    let server = ScriptedWebSocket::new(move |mut peer| {
        let wait = wait.lock().unwrap().take().unwrap();
        async move {
            wait.await.unwrap();
            peer.gone().await;
        }
    });
    let mut socket = open(&server).await;
    let message = WebSocketMessage::Binary(vec![0; 1024 * 1024].into());
    let mut sent = 0;
    // What the two kernels hold is some megabytes; beyond that the sender has to wait.
    while poll_fn(|cx| std::task::Poll::Ready(socket.poll_ready(cx).is_ready())).await {
        socket.start_send(message.clone()).unwrap();
        sent += 1;
        assert!(sent < 100, "{sent} MiB are queued");
    }
    go_on.send(()).unwrap();
    socket.close().await;
    server.finished(1).await;
}
