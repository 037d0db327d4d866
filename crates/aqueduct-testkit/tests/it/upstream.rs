//! The scripted upstream, over plain sockets.

use aqueduct_testkit::{Gate, Reply, ScriptedUpstream};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn send(upstream: &ScriptedUpstream, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(upstream.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

async fn until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        let mut buffer = [0; 512];
        let length = stream.read(&mut buffer).await.unwrap();
        assert!(length > 0, "closed after {text:?}");
        text.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
    }
    text
}

const GET: &str = "GET /v1/models?x=1 HTTP/1.1\r\nhost: a\r\nX-Key:  v \r\n\r\n";

#[tokio::test]
async fn chunks_go_out_one_by_one() {
    let gate = Gate::new();
    let reply = Reply::events(["a"]).gate(&gate).chunk("data: ").gate(&gate).chunk("b\n\n");
    let upstream = ScriptedUpstream::replies([reply]);
    let mut stream = send(&upstream, GET).await;
    let head = until(&mut stream, "9\r\ndata: a\n\n\r\n").await;
    assert!(head.starts_with(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    ));
    gate.let_one_through();
    assert_eq!(until(&mut stream, "data: \r\n").await, "6\r\ndata: \r\n");
    gate.open();
    until(&mut stream, "0\r\n\r\n").await;
}

#[tokio::test]
async fn requests_are_recorded_and_connections_kept() {
    let upstream = ScriptedUpstream::new(|request| Reply::text(200, request.path().to_owned()));
    let mut stream = send(&upstream, GET).await;
    until(&mut stream, "/v1/models").await;
    stream.write_all(b"POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4;x\r\n\":1}\r\n0\r\n\r\n").await.unwrap();
    until(&mut stream, "/b").await;
    let mut other = send(&upstream, "PUT /c HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi").await;
    until(&mut other, "/c").await;
    let requests = upstream.wait_for_requests(3).await;
    assert_eq!((requests[0].target.as_str(), requests[0].header("x-key")), ("/v1/models?x=1", "v"));
    assert_eq!(requests[1].json(), json!({ "a": 1 }));
    assert_eq!(&requests[2].body[..], b"hi");
    let connections: Vec<_> = requests.iter().map(|request| request.connection).collect();
    assert_eq!(connections, [0, 0, 1]);
}

#[tokio::test]
async fn replies_run_out_break_and_stall() {
    let upstream = ScriptedUpstream::replies([
        Reply::new(200).content_length(10).chunk("half").cut(),
        Reply::disconnect(),
        Reply::raw("no http"),
        Reply::new(200).chunk("x").stall(),
        Reply::never(),
    ]);
    let mut texts = Vec::new();
    for _ in 0..3 {
        let mut text = String::new();
        send(&upstream, GET).await.read_to_string(&mut text).await.unwrap();
        texts.push(text);
    }
    assert_eq!(texts, ["HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", "", "no http"]);
    let mut stalled = send(&upstream, GET).await;
    until(&mut stalled, "1\r\nx\r\n").await;
    let silent = send(&upstream, GET).await;
    upstream.wait_for_requests(5).await;
    drop((stalled, silent));
    upstream.wait_for_disconnects(2).await;
    let mut spent = send(&upstream, GET).await;
    let text = until(&mut spent, "GET /v1/models?x=1").await;
    assert!(text.starts_with("HTTP/1.1 500 "), "{text}");
}
