//! The spans of streams.

use aqueduct::spec::language::{ErrorPart, StreamPart, TextDelta, TextStart};
use aqueduct::{Error, TextStreamPart, stream_text};
use aqueduct_testkit::Turn;
use futures_util::StreamExt as _;
use serde_json::Value;

use super::capture::Trace;
use super::{model, spans};

const CHAT: &str = "invoke_agent m > step 1 > chat m";

#[tokio::test]
async fn spans_last_as_long_as_the_stream() {
    let (trace, _guard) = Trace::start();
    let request = stream_text(model([Turn::text("hello")])).prompt("q").telemetry(spans());
    let mut stream = request.await.unwrap();
    assert!(trace.tree().is_empty(), "nothing happens before it is read");
    let mut is_open = Vec::new();
    while let Some(part) = stream.next().await {
        let part = part.unwrap();
        if matches!(part, TextStreamPart::TextStart(_) | TextStreamPart::TextDelta(_)) {
            is_open.push(trace.open().len());
        }
    }
    assert_eq!(is_open, [3, 3]);
    assert!(trace.open().is_empty(), "all is over, although the stream is still there");
    let time = "gen_ai.client.operation.time_to_first_chunk";
    assert!(trace.attribute(CHAT, time).is_f64());
    assert_eq!(trace.attribute(CHAT, "gen_ai.usage.output_tokens"), 5);
}

#[tokio::test]
async fn a_stream_that_is_dropped_ends_its_spans() {
    let (trace, _guard) = Trace::start();
    let mut stream =
        stream_text(model([Turn::text("hello")])).prompt("q").telemetry(spans()).await.unwrap();
    while let Some(part) = stream.next().await {
        if matches!(part, Ok(TextStreamPart::TextDelta(_))) {
            break;
        }
    }
    assert_eq!(trace.open().len(), 3);
    drop(stream);
    assert!(trace.open().is_empty());
    for path in ["invoke_agent m", "invoke_agent m > step 1", CHAT] {
        assert_eq!(trace.attribute(path, "error.type"), "cancelled", "{path}");
        assert_eq!(trace.attribute(path, "otel.status_code"), Value::Null);
    }
}

#[tokio::test]
async fn a_stream_that_breaks() {
    let (trace, _guard) = Trace::start();
    let parts = [TextStart::new("0").into(), TextDelta::new("0", "a").into()];
    let broken = Turn::broken(parts, Error::new(aqueduct::ErrorKind::Network, "reset"));
    let stream = stream_text(model([broken])).prompt("q").telemetry(spans()).await.unwrap();
    stream.collect().await.unwrap_err();
    assert!(trace.open().is_empty());
    assert_eq!(trace.attribute(CHAT, "error.type"), "network");
    assert_eq!(trace.attribute("invoke_agent m", "otel.status_description"), "reset");
}

#[tokio::test]
async fn what_the_provider_reports_marks_the_call_and_goes_on() {
    let (trace, _guard) = Trace::start();
    let error: StreamPart = ErrorPart::new("overloaded").into();
    let parts = [TextStart::new("0").into(), error, TextDelta::new("0", "a").into()];
    let mut stream =
        stream_text(model([Turn::parts(parts)])).prompt("q").telemetry(spans()).await.unwrap();
    while let Some(part) = stream.next().await {
        if let Ok(TextStreamPart::TextDelta(_)) = part {
            assert_eq!(trace.open().len(), 3, "the answer goes on");
        }
    }
    assert!(trace.open().is_empty());
    assert_eq!(trace.attribute(CHAT, "otel.status_code"), "ERROR");
    assert_eq!(trace.attribute("invoke_agent m", "otel.status_code"), "ERROR");
}
