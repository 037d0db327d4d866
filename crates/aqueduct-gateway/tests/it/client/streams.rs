//! Streams that break, and streams that nobody wants any more.

use aqueduct_spec::language::{CallOptions, StreamPart};
use aqueduct_spec::{ErrorKind, Generate};
use aqueduct_testkit::{Gate, Reply, ScriptedUpstream};
use futures_util::StreamExt as _;
use serde_json::json;

use super::{ask, connect, parts, say, stream, text};
use crate::harness::{Running, config};
use crate::provider::{self, echoing, opening, word};

async fn before(upstream: &ScriptedUpstream) -> Running {
    Running::with(config(&provider::table("up", &upstream.url()))).await
}

/// An answer that has begun and goes on as the test says.
fn begun() -> Reply {
    Reply::events([opening(), word("one "), word("two ")])
}

#[tokio::test]
async fn a_stream_through_both_ends() {
    let upstream = echoing();
    let gateway = before(&upstream).await;
    let mut options = say("a bird in the hand");
    options["topK"] = json!(4);
    let parts = parts(stream(&connect(&gateway), "up/m", options).await.unwrap()).await;
    assert_eq!(text(&parts), "a bird in the hand");
    assert_eq!(parts[0]["warnings"][0]["feature"], "topK", "{}", parts[0]);
    let finish = parts.last().unwrap();
    assert_eq!(finish["finishReason"], json!({ "unified": "stop", "raw": "stop" }));
    assert_eq!(finish["usage"]["outputTokens"]["total"], 5);
    let metadata = parts.iter().find(|part| part["type"] == "response-metadata").unwrap();
    assert_eq!(
        (metadata["id"].as_str(), metadata["modelId"].as_str()),
        (Some("chatcmpl-1"), Some("m-1"))
    );
}

#[tokio::test]
async fn the_provider_s_own_chunks_for_who_asks() {
    let upstream = echoing();
    let gateway = before(&upstream).await;
    for wants_raw in [true, false] {
        let mut options = say("hi");
        options["includeRawChunks"] = wants_raw.into();
        let parts = parts(stream(&connect(&gateway), "up/m", options).await.unwrap()).await;
        let raw = parts.iter().find(|part| part["type"] == "raw");
        assert_eq!(raw.is_some(), wants_raw);
        assert!(raw.is_none_or(|raw| raw["rawValue"]["id"] == "chatcmpl-1"), "{raw:?}");
        assert_eq!(text(&parts), "hi");
    }
}

#[tokio::test]
async fn a_provider_that_breaks_off_half_way() {
    let upstream = ScriptedUpstream::always(begun().cut());
    let gateway = before(&upstream).await;
    let parts = parts(stream(&connect(&gateway), "up/m", say("hi")).await.unwrap()).await;
    assert_eq!(text(&parts), "one two ");
    let [.., error, finish] = &parts[..] else { panic!("{parts:?}") };
    assert_eq!((error["type"].as_str(), finish["type"].as_str()), (Some("error"), Some("finish")));
    assert_eq!(error["error"]["type"], "failed_dependency", "{error}");
    assert_eq!(finish["finishReason"]["unified"], "error");
}

#[tokio::test]
async fn a_gateway_that_dies_half_way() {
    let upstream = ScriptedUpstream::always(begun().stall());
    let gateway = before(&upstream).await;
    let mut stream = stream(&connect(&gateway), "up/m", say("hi")).await.unwrap();
    let mut seen = String::new();
    while seen != "one two " {
        if let StreamPart::TextDelta(delta) = stream.next().await.unwrap().unwrap() {
            seen.push_str(&delta.delta);
        }
    }
    gateway.task.abort();
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network, "{error:?}");
    assert!(error.is_retryable());
    assert!(stream.next().await.is_none());
    upstream.wait_for_disconnects(1).await;
}

/// Waits until a line of the metrics is there. What it tells happens on another task, so that it may come a moment later.
async fn counted(gateway: &Running, line: &str) {
    while !gateway.get("/metrics").await.body.lines().any(|found| found == line) {
        tokio::task::yield_now().await;
    }
}

const IDLE: &str = "aqueduct_requests_in_flight 0";

fn left(operation: &str) -> String {
    format!(
        "aqueduct_requests_total{{surface=\"ai_gateway\",operation=\"{operation}\",model=\"up/m\",status=\"499\"}} 1"
    )
}

#[tokio::test]
async fn a_client_that_leaves_half_way_ends_the_provider_s_work() {
    let upstream = ScriptedUpstream::always(begun().stall());
    let gateway = before(&upstream).await;
    let mut stream = stream(&connect(&gateway), "up/m", say("hi")).await.unwrap();
    while !matches!(stream.next().await, Some(Ok(StreamPart::TextDelta(_)))) {}
    drop(stream);
    upstream.wait_for_disconnects(1).await;
    counted(&gateway, &left("stream")).await;
    counted(&gateway, IDLE).await;
}

#[tokio::test]
async fn a_client_that_leaves_before_the_first_byte_ends_the_provider_s_work() {
    let upstream = ScriptedUpstream::always(Reply::never());
    let gateway = before(&upstream).await;
    let client = connect(&gateway);
    {
        let call = stream(&client, "up/m", say("hi"));
        tokio::select! {
            answer = call => panic!("answered: {:?}", answer.err()),
            _ = upstream.wait_for_requests(1) => {}
        }
    }
    upstream.wait_for_disconnects(1).await;
    counted(&gateway, &left("stream")).await;
    {
        let call = ask::<Generate, CallOptions>(&client, "up/m", say("hi"));
        tokio::select! {
            answer = call => panic!("answered: {answer:?}"),
            _ = upstream.wait_for_requests(2) => {}
        }
    }
    upstream.wait_for_disconnects(2).await;
    counted(&gateway, &left("generate")).await;
    counted(&gateway, IDLE).await;
}

/// One client that reads nothing does not hold up another, and loses nothing by it.
#[tokio::test]
async fn a_client_that_reads_slowly() {
    let gate = Gate::new();
    let words: Vec<_> = (0..2000).map(|n| format!("{n:01000} ")).collect();
    let chunks = provider::stream(words.iter().map(String::as_str));
    let held = gate.clone();
    let upstream = ScriptedUpstream::new(move |request| match provider::said(request).as_str() {
        "slow" => Reply::events(&chunks),
        _ => Reply::events(provider::stream(["quick"])).gate(&held),
    });
    let gateway = before(&upstream).await;
    let client = connect(&gateway);
    let slow = stream(&client, "up/m", say("slow")).await.unwrap();
    gate.open();
    let quick = parts(stream(&client, "up/m", say("fast")).await.unwrap()).await;
    assert_eq!(text(&quick), "quick");
    assert_eq!(text(&parts(slow).await), words.concat());
}
