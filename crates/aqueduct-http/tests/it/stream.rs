//! Streams of events and bytes.

use aqueduct_http::{Client, EventStream, SseEvent, UnfinishedEvent};
use aqueduct_spec::{Error, ErrorKind};
use futures_util::{StreamExt, TryStreamExt};

use crate::server::{Server, Step};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: Text/Event-Stream; charset=utf-8\r\n";

async fn open(server: &Server) -> EventStream {
    let client = Client::builder().no_proxy().build().unwrap();
    let response = client.get(&server.url("/")).send().await.unwrap();
    assert_eq!(response.media_type().as_deref(), Some("text/event-stream"));
    response.events()
}

async fn data(stream: &mut EventStream) -> Result<Vec<String>, Error> {
    stream.map_ok(|event: SseEvent| event.data().to_owned()).try_collect().await
}

/// One HTTP chunk.
fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

#[tokio::test]
async fn events_arrive_whatever_the_chunks() {
    let text = "\u{feff}data: é🦀\r\n\r\n: note\n\nevent: x\ndata: b\n\n";
    let mut script =
        vec![Step::Write(format!("{HEAD}transfer-encoding: chunked\r\n\r\n").into_bytes())];
    script.extend(text.as_bytes().chunks(1).map(|byte| Step::Write(chunk(byte))));
    script.push(Step::Write(b"0\r\n\r\n".to_vec()));
    let server = Server::start(vec![script]).await;
    let mut stream = open(&server).await;
    assert_eq!(data(&mut stream).await.unwrap(), ["é🦀", "b"]);
    assert!(!stream.ended_within_event());
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn the_data_of_events_is_read_as_json() {
    let text = "data: {\"a\":1}\n\ndata: {\"a\":\n\ndata: [DONE]\n\n";
    let body = format!("{HEAD}content-length: {}\r\n\r\n{text}", text.len());
    let server = Server::start(vec![vec![Step::Write(body.into_bytes())]]).await;
    let events: Vec<SseEvent> = open(&server).await.try_collect().await.unwrap();
    let values: Vec<_> = events.iter().map(SseEvent::json::<serde_json::Value>).collect();
    assert_eq!(values[0].as_ref().unwrap()["a"], 1);
    let broken = values[1].as_ref().unwrap_err();
    assert_eq!(broken.kind(), ErrorKind::InvalidResponse);
    assert_eq!((values.len(), events[2].data()), (3, "[DONE]"), "a broken event ends nothing");
}

#[tokio::test]
async fn characters_cut_between_events_are_joined() {
    let text = r#"data: {"t":"a\ud83d"}||data: {"t":"\ude00b"}||data: {"t":"\ud83d!"}||"#
        .replace('|', "\n");
    let body = format!("{HEAD}content-length: {}\r\n\r\n{text}", text.len());
    let server = Server::start(vec![vec![Step::Write(body.into_bytes())]]).await;
    let events: Vec<SseEvent> = open(&server).await.try_collect().await.unwrap();
    let texts = events.iter().map(|event| event.json::<serde_json::Value>().unwrap()["t"].clone());
    assert_eq!(texts.collect::<Vec<_>>(), ["a", "😀b", "\u{fffd}!"]);
}

#[tokio::test]
async fn dropping_the_stream_closes_the_connection() {
    let sent = format!("{HEAD}\r\ndata: a\n\n").into_bytes();
    let mut server = Server::start(vec![vec![Step::Write(sent), Step::AwaitClose]]).await;
    let mut stream = open(&server).await;
    assert_eq!(stream.next().await.unwrap().unwrap().data(), "a");
    drop(stream);
    server.connection_closed().await;
}

#[tokio::test]
async fn dropping_the_wait_for_an_answer_closes_the_connection() {
    let mut server = Server::start(vec![vec![Step::AwaitClose]]).await;
    let client = Client::builder().no_proxy().build().unwrap();
    let waiting = tokio::spawn(client.get(&server.url("/")).send());
    server.request().await;
    waiting.abort();
    server.connection_closed().await;
}

#[tokio::test]
async fn a_cut_stream_is_a_network_error_after_its_last_event() {
    let sent = format!("{HEAD}transfer-encoding: chunked\r\n\r\n").into_bytes();
    let script = vec![Step::Write([sent, chunk(b"data: a\n\ndata: half")].concat())];
    let server = Server::start(vec![script]).await;
    let mut stream = open(&server).await;
    assert_eq!(stream.next().await.unwrap().unwrap().data(), "a");
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(error.message().starts_with("the answer of the API was cut: "), "{error}");
    assert!(error.is_retryable());
    assert!(stream.ended_within_event());
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn an_unfinished_event_is_discarded_or_returned_as_told() {
    let text = format!("{HEAD}connection: close\r\n\r\ndata: a\n\ndata: b");
    let server = Server::answer([text.clone(), text]).await;
    let mut stream = open(&server).await;
    assert_eq!(data(&mut stream).await.unwrap(), ["a"]);
    assert!(stream.ended_within_event());
    let mut stream = open(&server).await.with_unfinished_event(UnfinishedEvent::Dispatch);
    assert_eq!(data(&mut stream).await.unwrap(), ["a", "b"]);
}

#[tokio::test]
async fn an_event_too_large_ends_the_stream_and_the_connection() {
    let sent = format!("{HEAD}\r\ndata: 0123456789").into_bytes();
    let mut server = Server::start(vec![vec![Step::Write(sent), Step::AwaitClose]]).await;
    let mut stream = open(&server).await.with_max_event_bytes(10);
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(stream.next().await.is_none());
    server.connection_closed().await;
}
