//! Failures end spans and mark them.

use std::time::Duration;

use aqueduct::spec::language::ToolCall;
use aqueduct::spec::language::UnifiedFinishReason;
use aqueduct::{AbortHandle, Error, ErrorKind, Tool, generate_text, step_count_is};
use aqueduct_testkit::Turn;
use futures_util::FutureExt as _;
use serde_json::{Value, json};

use super::capture::Trace;
use super::{model, spans};

#[tokio::test]
async fn a_model_that_fails() {
    let (trace, _guard) = Trace::start();
    let error = Error::new(ErrorKind::RateLimited, "too many requests");
    let request = generate_text(model([Turn::error(error)])).prompt("q").max_retries(0);
    request.telemetry(spans()).await.unwrap_err();
    assert!(trace.open().is_empty());
    for path in ["invoke_agent m", "invoke_agent m > step 1", "invoke_agent m > step 1 > chat m"] {
        let span = trace.attributes(path);
        assert_eq!(span["otel.status_code"], "ERROR", "{path}");
        assert_eq!(span["otel.status_description"], "too many requests");
        assert_eq!(span["error.type"], "rate_limited");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_runs_out_of_time_ends_its_tools() {
    let (trace, _guard) = Trace::start();
    let never = Tool::new("never").execute(|_, _| std::future::pending::<()>());
    let at_once = Tool::new("at_once").execute(|_, _| async { 1 });
    let calls = [ToolCall::new("a", "never", "{}"), ToolCall::new("b", "at_once", "{}")];
    let model = model([Turn::content(calls, UnifiedFinishReason::ToolCalls)]);
    generate_text(model)
        .prompt("q")
        .tools([never, at_once])
        .stop_when(step_count_is(3))
        .timeout(Duration::from_secs(1))
        .telemetry(spans())
        .await
        .unwrap_err();
    assert!(trace.open().is_empty());
    let step = "invoke_agent m > step 1";
    let status = |name: &str| trace.attribute(&format!("{step} > {name}"), "error.type");
    assert_eq!(status("execute_tool never"), "timeout");
    assert_eq!((status("execute_tool at_once"), status("chat m")), (Value::Null, Value::Null));
    assert_eq!(trace.attribute("invoke_agent m", "error.type"), "timeout");
}

#[tokio::test]
async fn giving_up_is_no_failure() {
    let (trace, _guard) = Trace::start();
    let abort = AbortHandle::new();
    let request = generate_text(model([Turn::pending()])).prompt("q").abort_handle(&abort);
    let mut request = request.telemetry(spans()).into_future();
    assert!(request.as_mut().now_or_never().is_none());
    assert_eq!(trace.open().len(), 3);
    abort.abort();
    let result = request.await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Cancelled);
    assert!(trace.open().is_empty());
    for path in ["invoke_agent m", "invoke_agent m > step 1", "invoke_agent m > step 1 > chat m"] {
        assert_eq!(trace.attribute(path, "otel.status_code"), Value::Null);
        assert_eq!(trace.attribute(path, "error.type"), "cancelled");
    }
}

#[tokio::test]
async fn a_request_that_is_dropped_says_so() {
    let (trace, _guard) = Trace::start();
    let request = generate_text(model([Turn::pending()])).prompt("q").telemetry(spans());
    let mut request = request.into_future();
    assert!(request.as_mut().now_or_never().is_none());
    drop(request);
    assert!(trace.open().is_empty());
    for path in ["invoke_agent m", "invoke_agent m > step 1", "invoke_agent m > step 1 > chat m"] {
        assert_eq!(trace.attribute(path, "error.type"), "cancelled", "{path}");
        assert_eq!(trace.attribute(path, "otel.status_code"), Value::Null);
    }
}

#[tokio::test]
async fn a_request_that_is_wrong_has_no_span() {
    let (trace, _guard) = Trace::start();
    generate_text(model([])).telemetry(spans()).await.unwrap_err();
    assert!(trace.tree().is_empty());
}

#[tokio::test]
async fn a_call_that_nobody_can_run_has_no_span() {
    let (trace, _guard) = Trace::start();
    let call = Turn::tool_call("a", "unknown", &json!({}));
    generate_text(model([call])).prompt("q").telemetry(spans()).await.unwrap();
    assert_eq!(trace.tree().len(), 3);
}
