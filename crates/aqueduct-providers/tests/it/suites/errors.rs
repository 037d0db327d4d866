//! Refusals: what the vendor said is kept.

use std::time::Duration;

use aqueduct_spec::{Error, ModelKind};
use aqueduct_testkit::Reply;
use serde_json::{Value, json};

use super::wire::{Wire, some};
use super::{Findings, ask, client};

const MESSAGE: &str = "the vendor says no, and why";

/// Bodies as vendors shape them.
fn bodies() -> Vec<Value> {
    vec![
        json!({ "error": { "message": MESSAGE, "type": "refused", "code": "no_1", "param": null } }),
        json!({ "type": "error", "error": { "type": "refused", "message": MESSAGE } }),
        json!({ "error": { "code": 400, "message": MESSAGE, "status": "REFUSED" } }),
        json!({ "object": "error", "message": MESSAGE, "type": "refused", "param": null, "code": null }),
        json!({ "code": "refused", "message": MESSAGE, "request_id": "r-1" }),
        json!({ "message": MESSAGE }),
        json!({ "error": MESSAGE }),
        json!({ "code": "refused", "error": MESSAGE }),
        json!({ "detail": MESSAGE }),
        json!({ "detail": { "error": MESSAGE } }),
        json!({ "base_resp": { "status_code": 1004, "status_msg": MESSAGE } }),
    ]
}

fn refused(status: u16, body: &Value) -> Reply {
    let text = body.to_string();
    Reply::new(status)
        .header("content-type", "application/json")
        .header("retry-after", "7")
        .header("x-request-id", "req_suites")
        .content_length(text.len())
        .chunk(text)
}

/// The error of a call that is refused so.
async fn error(
    wire: &Wire,
    client: &aqueduct_http::Client,
    reply: Reply,
) -> Result<Error, &'static str> {
    let upstream = ask::upstream(wire, move |_, _| reply.clone());
    if wire.case.is_stream() {
        match ask::start(wire, &upstream.url(), client).await {
            Ok(_) => Err("a stream in place of an error"),
            Err(error) => Ok(error),
        }
    } else {
        match ask::whole(wire, &upstream.url(), client).await {
            Ok(_) => Err("an answer in place of an error"),
            Err(error) => Ok(error),
        }
    }
}

async fn check(kind: ModelKind, is_stream: bool) {
    let (client, mut findings, mut count) = (client(), Findings::default(), 0);
    for wire in some(kind, is_stream, 1) {
        let title = wire.title();
        let mut understood = false;
        for body in bodies() {
            count += 1;
            match error(&wire, &client, refused(400, &body)).await {
                Err(problem) => findings.check(false, || format!("{title}: {problem}")),
                Ok(error) => {
                    understood |= error.message().contains(MESSAGE);
                    let message = error.message();
                    let is_plain = !message.trim().is_empty() && !message.contains('{');
                    findings.check(is_plain, || format!("{title}: message {message:?}"));
                }
            }
        }
        findings.check(understood, || format!("{title}: no body says what its message is"));
        for status in [400, 401, 403, 404, 409, 413, 422, 429, 500, 503, 529] {
            count += 1;
            for body in [&bodies()[0], &json!({ "unheard": ["of"] })] {
                let what = format!("{title}: status {status}");
                match error(&wire, &client, refused(status, body)).await {
                    Err(problem) => findings.check(false, || format!("{what}: {problem}")),
                    Ok(error) => kept(&mut findings, &what, &error, status, body),
                }
            }
        }
    }
    findings.report(count);
}

fn kept(findings: &mut Findings, what: &str, error: &Error, status: u16, body: &Value) {
    let have = error.status().map(|status| status.as_u16());
    findings.check(have == Some(status), || format!("{what}: told as {have:?}"));
    let text = body.to_string();
    let is_kept = error.response_body() == Some(text.as_bytes());
    findings.check(is_kept, || format!("{what}: the body is lost"));
    findings.check(error.response_headers().is_some(), || format!("{what}: no headers"));
    findings.check(error.request_id() == Some("req_suites"), || format!("{what}: no request id"));
    let wait = error.retry_after();
    findings.check(wait == Some(Duration::from_secs(7)), || format!("{what}: wait {wait:?}"));
    let may = matches!(status, 408 | 409 | 429) || status >= 500;
    let have = error.is_retryable();
    findings.check(have == may, || format!("{what}: retryable {have}"));
    findings.check(error.provider().is_some(), || format!("{what}: whose error is it?"));
    findings.check(error.model().is_some(), || format!("{what}: of which model?"));
    findings.check(!error.message().trim().is_empty(), || format!("{what}: no message"));
}

#[tokio::test]
async fn of_whole_answers() {
    check(ModelKind::Language, false).await;
}

#[tokio::test]
async fn of_streams() {
    check(ModelKind::Language, true).await;
}

#[tokio::test]
async fn of_embeddings() {
    check(ModelKind::Embedding, false).await;
}

#[tokio::test]
async fn of_images() {
    check(ModelKind::Image, false).await;
}

#[tokio::test]
async fn of_speech() {
    check(ModelKind::Speech, false).await;
}

#[tokio::test]
async fn of_transcriptions() {
    check(ModelKind::Transcription, false).await;
}

#[tokio::test]
async fn of_rerankings() {
    check(ModelKind::Reranking, false).await;
}

#[tokio::test]
async fn of_videos() {
    check(ModelKind::Video, false).await;
}
