//! Requests, answers, errors and limits.

use std::time::Duration;

use aqueduct_http::{ApiMessage, Client, MAX_ERROR_BODY_BYTES, Multipart, Secret, Timeouts};
use aqueduct_spec::ErrorKind;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::server::{Server, Step, answer};

const SHORT: Duration = Duration::from_millis(30);

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

fn nothing(_: StatusCode, _: &HeaderMap, _: &[u8]) -> Option<ApiMessage> {
    None
}

#[tokio::test]
async fn sends_json_and_reads_json() {
    let body = "\u{feff}{\"ok\":true}";
    let mut server = Server::answer([answer("200 OK", "x-request-id: req_1\r\n", body)]).await;
    let response = client()
        .post(&server.url("/v1/chat?a=1"))
        .bearer(&Secret::from("sk-1\n"))
        .query([("b", "2 &3")])
        .headers([("X-Extra", "yes")])
        .json(&json!({ "model": "m" }))
        .send()
        .await
        .unwrap();
    assert_eq!(response.request_id(), Some("req_1"));
    assert_eq!(response.url(), server.url("/v1/chat"));
    let answer = response.json::<Value>().await.unwrap();
    assert_eq!(answer.value, json!({ "ok": true }));
    assert_eq!(answer.bytes, body);
    assert_eq!(answer.headers["x-request-id"], "req_1");

    let request = server.request().await;
    assert!(request.starts_with("POST /v1/chat?a=1&b=2+%263 HTTP/1.1\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n{\"model\":\"m\"}"), "{request}");
    for line in [
        "authorization: Bearer sk-1\r\n",
        "content-type: application/json\r\n",
        "x-extra: yes\r\n",
        concat!("user-agent: aqueduct/", env!("CARGO_PKG_VERSION"), "\r\n"),
    ] {
        assert!(request.contains(line), "{line} in {request}");
    }
    assert!(!request.contains("accept-encoding"), "{request}");
}

#[tokio::test]
async fn the_callers_content_type_wins_over_json_but_not_over_a_form() {
    let mut server = Server::answer([answer("200 OK", "", ""), answer("200 OK", "", "")]).await;
    let request = client().post(&server.url("/")).header("content-type", "application/x-ndjson");
    drop(request.clone().json_bytes("{}").send().await.unwrap());
    assert!(server.request().await.contains("content-type: application/x-ndjson\r\n"));

    drop(request.multipart(&Multipart::new().text("a", "b")).send().await.unwrap());
    let request = server.request().await;
    assert!(request.contains("content-type: multipart/form-data; boundary=aqueduct-"), "{request}");
    assert!(request.contains("form-data; name=\"a\"\r\n\r\nb\r\n--aqueduct-"), "{request}");
}

#[tokio::test]
async fn an_error_keeps_what_the_answer_said() {
    let body = r#"{"error":{"message":"slow down","code":"rate"}}"#;
    let headers = "retry-after-ms: 1500\r\nx-request-id: req_9\r\n";
    let server = Server::answer([answer("429 Too Many Requests", headers, body)]).await;
    let error = client()
        .post(&server.url("/v1?key=secret"))
        .json(&json!({}))
        .send()
        .await
        .unwrap()
        .error_for_status(|status, headers, body| {
            assert_eq!(
                (status.as_u16(), &headers["x-request-id"]),
                (429, &"req_9".parse().unwrap())
            );
            let body: Value = serde_json::from_slice(body).ok()?;
            Some(ApiMessage::new(body["error"]["message"].as_str()?).with_code("rate"))
        })
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!((error.message(), error.code()), ("slow down", Some("rate")));
    assert_eq!(error.retry_after(), Some(Duration::from_millis(1500)));
    assert_eq!(error.request_id(), Some("req_9"));
    assert_eq!(error.response_body(), Some(body.as_bytes()));
    assert_eq!(error.url(), Some(&*server.url("/v1")));
    assert!(error.is_retryable());
}

#[tokio::test]
async fn an_endless_error_body_is_cut() {
    let long = "x".repeat(MAX_ERROR_BODY_BYTES * 3);
    let head = "HTTP/1.1 500 Internal Server Error\r\n\r\n";
    let mut server = Server::start(vec![vec![
        Step::Write((head.to_owned() + &long).into_bytes()),
        Step::AwaitClose,
    ]])
    .await;
    let response = client().get(&server.url("/")).send().await.unwrap();
    let error = response.error_for_status(nothing).await.unwrap_err();
    assert_eq!(error.message(), "Internal Server Error");
    assert_eq!(error.response_body().unwrap().len(), MAX_ERROR_BODY_BYTES);
    server.connection_closed().await;
}

#[tokio::test]
async fn an_error_body_that_breaks_off_is_kept_as_far_as_it_came() {
    let text = "HTTP/1.1 400 Bad Request\r\ncontent-length: 100\r\n\r\n{\"error\":";
    let server = Server::answer([text.to_owned()]).await;
    let response = client().get(&server.url("/")).send().await.unwrap();
    let error = response.error_for_status(nothing).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::InvalidRequest, "Bad Request"));
    assert_eq!(error.response_body(), Some(&b"{\"error\":"[..]));
}

#[tokio::test]
async fn a_redirect_is_an_error_and_is_not_followed() {
    for status in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        let headers = "location: /elsewhere?key=1\r\n";
        let mut server =
            Server::answer([answer(status, headers, ""), answer("200 OK", "", "")]).await;
        let request = client().post(&server.url("/")).bearer(&Secret::from("sk")).json(&json!({}));
        let error = request.send().await.unwrap().error_for_status(nothing).await.unwrap_err();
        assert_eq!(
            error.message(),
            "the API redirects to /elsewhere: set the base URL to where it is now"
        );
        assert!(!error.is_retryable());
        assert_eq!(server.untaken_requests(), 1);
    }
}

#[tokio::test]
async fn a_refused_connection_can_be_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://me:sk-pass@{address}/v1?key=sk-query");
    let error = client().get(&url).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(error.is_retryable());
    assert!(error.message().starts_with("cannot connect to API: "), "{error}");
    assert_eq!(error.url(), Some(&*format!("http://{address}/v1")));
    assert!(!format!("{error} {error:?}").contains("sk-"), "{error:?}");
}

#[tokio::test]
async fn a_connection_that_closes_without_an_answer_is_a_network_error() {
    let server = Server::start(vec![vec![]]).await;
    let error = client().post(&server.url("/?key=sk-1")).json(&1).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(error.is_retryable());
    assert!(!format!("{error} {error:?}").contains("sk-1"), "{error:?}");
}

#[tokio::test]
async fn limits_end_the_wait_and_the_connection() {
    let none = Timeouts::default().with_first_byte(None).with_idle(None);
    let head = b"HTTP/1.1 200 OK\r\n\r\nbegin".to_vec();
    let cases = [
        (none.with_first_byte(SHORT), vec![], "first-byte timeout"),
        (none.with_total(SHORT), vec![], "total timeout"),
        (none.with_idle(SHORT), head, "idle timeout"),
    ];
    for (timeouts, sent, expected) in cases {
        let mut server = Server::start(vec![vec![Step::Write(sent), Step::AwaitClose]]).await;
        let request = client().get(&server.url("/")).timeouts(timeouts);
        let error = match request.send().await {
            Ok(response) => response.bytes().await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.message().contains(expected), "{error}");
        assert!(error.is_retryable());
        server.connection_closed().await;
    }
}

#[tokio::test]
async fn bodies_have_a_largest_size() {
    let announced = answer("200 OK", "", "0123456789");
    let unannounced = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n0123456789".to_owned();
    for text in [announced, unannounced] {
        let server = Server::answer([text.clone(), text]).await;
        let response = client().get(&server.url("/")).send().await.unwrap();
        let error = response.bytes_up_to(9).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
        let response = client().get(&server.url("/")).send().await.unwrap();
        assert_eq!(response.bytes_up_to(10).await.unwrap(), "0123456789");
    }
}

#[tokio::test]
async fn unreadable_json_is_kept_in_the_error_and_not_in_its_text() {
    let server = Server::answer([answer("200 OK", "x-request-id: r\r\n", "<html>my prompt")]).await;
    let response = client().get(&server.url("/")).send().await.unwrap();
    let error = response.json::<Value>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.message().starts_with("invalid JSON response: expected value"), "{error}");
    assert_eq!(error.response_body(), Some(&b"<html>my prompt"[..]));
    assert_eq!(error.request_id(), Some("r"));
    assert!(!format!("{error:?}").contains("prompt"));
}

#[tokio::test]
async fn mistakes_are_told_before_anything_is_sent() {
    let mut server = Server::answer([answer("200 OK", "", "")]).await;
    let post = || client().post(&server.url("/"));
    let cases = [
        (post().header("x-api-key", "sk-\u{1}"), ErrorKind::InvalidRequest),
        (post().header("bad name", "sk-"), ErrorKind::InvalidRequest),
        (post().secret_header("x-api-key", &Secret::from("sk-\n-")), ErrorKind::InvalidRequest),
        (post().body("x", "sk-\n/"), ErrorKind::InvalidRequest),
        (client().get("/v1?key=sk-"), ErrorKind::Configuration),
        (client().get("ftp://sk-@h/"), ErrorKind::Configuration),
    ];
    for (request, kind) in cases {
        assert!(!format!("{request:?}").contains("sk-"), "{request:?}");
        let error = request.send().await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(!error.is_retryable());
        assert!(!format!("{error} {error:?}").contains("sk-"), "{error:?}");
    }
    assert_eq!(server.untaken_requests(), 0);
}

#[tokio::test]
async fn debug_of_a_request_shows_no_credential_and_no_content() {
    let request = client()
        .post("https://me:sk-a@api.example/v1?key=sk-b")
        .bearer(&Secret::from("sk-c"))
        .header("x-anything", "sk-d")
        .json(&json!({ "prompt": "sk-e" }));
    let shown = format!("{request:?}");
    assert!(!shown.contains("sk-"), "{shown}");
    assert!(shown.contains("https://api.example/v1") && shown.contains("x-anything"), "{shown}");
}
