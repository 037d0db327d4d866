//! What the model said goes back as it came: signatures, thoughts only the vendor can read, results of its tools.

use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, CallOptions, Content, CustomPart, ErrorJsonOutput, Generate,
    JsonOutput, Message, ProviderTool, ReasoningPart, TextPart, ToolCallPart, ToolResultOutput,
    ToolResultPart,
};
use aqueduct_spec::{Context, ErrorKind, Model, Stream};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::provider;

/// Makes the next turn's message of an answer, as a tool loop does.
fn said(content: &[Content]) -> Message {
    let parts = content.iter().filter_map(|part| match part {
        Content::Text(part) => {
            let mut next = TextPart::new(part.text.as_str());
            next.provider_options = part.provider_metadata.clone();
            Some(AssistantPart::from(next))
        }
        Content::Reasoning(part) => {
            let mut next = ReasoningPart::new(part.text.as_str());
            next.provider_options = part.provider_metadata.clone();
            Some(next.into())
        }
        Content::Custom(part) => {
            let mut next = CustomPart::new(part.kind.as_str());
            next.provider_options = part.provider_metadata.clone();
            Some(next.into())
        }
        Content::ToolCall(part) => {
            let input: Value = serde_json::from_str(&part.input).unwrap();
            let mut next = ToolCallPart::new(&*part.tool_call_id, &*part.tool_name, input);
            next.provider_executed = part.provider_executed;
            next.provider_options = part.provider_metadata.clone();
            Some(next.into())
        }
        Content::ToolResult(part) => {
            let output: ToolResultOutput = if part.is_error == Some(true) {
                ErrorJsonOutput::new(part.result.clone()).into()
            } else {
                JsonOutput::new(part.result.clone()).into()
            };
            let mut next = ToolResultPart::new(&*part.tool_call_id, &*part.tool_name, output);
            next.provider_options = part.provider_metadata.clone();
            Some(next.into())
        }
        _ => None,
    });
    AssistantMessage::new(parts.collect::<Vec<_>>()).into()
}

#[tokio::test]
async fn blocks_go_back_as_they_came() {
    let web = json!({ "type": "web_search_result_location", "cited_text": "c", "url": "https://a.example", "title": "A", "encrypted_index": "ei" });
    let blocks = json!([
        { "type": "thinking", "thinking": "let me see", "signature": "sig" },
        { "type": "redacted_thinking", "data": "secret" },
        { "type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": { "query": "q" } },
        { "type": "web_search_tool_result", "tool_use_id": "srv_1", "content": [{ "url": "https://a.example", "title": "A", "page_age": null, "encrypted_content": "ec", "type": "web_search_result" }] },
        { "type": "server_tool_use", "id": "srv_2", "name": "bash_code_execution", "input": { "command": "ls" } },
        { "type": "bash_code_execution_tool_result", "tool_use_id": "srv_2", "content": { "type": "bash_code_execution_result", "stdout": "o", "stderr": "", "return_code": 0, "content": [] } },
        { "type": "server_tool_use", "id": "srv_3", "name": "code_execution", "input": { "code": "1" }, "caller": { "type": "code_execution_20260120", "tool_id": "srv_0" } },
        { "type": "code_execution_tool_result", "tool_use_id": "srv_3", "content": { "type": "encrypted_code_execution_result", "encrypted_stdout": "e", "stderr": "", "return_code": 0, "content": [] } },
        { "type": "server_tool_use", "id": "srv_4", "name": "web_fetch", "input": { "url": "https://b.example" } },
        { "type": "web_fetch_tool_result", "tool_use_id": "srv_4", "content": { "type": "web_fetch_tool_result_error", "error_code": "url_not_allowed" } },
        { "type": "mcp_tool_use", "id": "mcp_1", "name": "echo", "server_name": "s", "input": { "m": 1 } },
        { "type": "mcp_tool_result", "tool_use_id": "mcp_1", "is_error": false, "content": [{ "type": "text", "text": "1" }] },
        { "type": "block_of_tomorrow", "payload": { "a": [1] } },
        { "type": "text", "text": "found it", "citations": [web] },
        { "type": "tool_use", "id": "tool_1", "name": "weather", "input": { "city": "Rome" } },
    ]);
    let answer = json!({ "type": "message", "id": "msg_1", "model": "claude-sonnet-4-5", "content": blocks, "stop_reason": "tool_use", "stop_sequence": null, "usage": { "input_tokens": 1, "output_tokens": 1 } });
    let upstream = ScriptedUpstream::always(Reply::json(200, &answer));
    let model = provider(&upstream).language_model("claude-sonnet-4-5").unwrap();
    let mut options = CallOptions::new(vec![Message::user("hi")]);
    // The caller's own names must not reach the vendor.
    let tool = |id: &str, name: &str| ProviderTool::new(id, name, serde_json::Map::new()).into();
    options.tools = Some(vec![
        tool("anthropic.web_search_20250305", "search"),
        tool("anthropic.code_execution_20260120", "code"),
        tool("anthropic.web_fetch_20250910", "fetch"),
    ]);
    let cx = Context::default();
    let result = model.call(Generate::from(options.clone()), &cx).await.unwrap();
    options.prompt.push(said(&result.content));
    options.prompt.push(Message::user("go on"));
    let second = model.call(Generate::from(options), &cx).await.unwrap();

    assert_eq!(second.warnings, []);
    let requests = upstream.requests();
    let sent = requests[1].json();
    assert_eq!(sent["messages"][1]["content"], blocks);
}

#[tokio::test]
async fn a_stream_that_is_refused_at_once_is_an_error_that_can_be_retried() {
    let overloaded = json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } });
    let upstream = ScriptedUpstream::always(Reply::events([overloaded.to_string()]));
    let model = provider(&upstream).language_model("claude-sonnet-4-5").unwrap();
    let call = Stream::from(CallOptions::new(vec![Message::user("hi")]));
    let error = model.call(call, &Context::default()).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(529));
    assert!(error.is_retryable());
    assert_eq!((error.message(), error.code()), ("Overloaded", Some("overloaded_error")));
}

#[tokio::test]
async fn a_stream_that_ends_early_says_so() {
    let head = json!({ "type": "message_start", "message": { "id": "m", "usage": { "input_tokens": 1 } } });
    let upstream = ScriptedUpstream::always(Reply::events([head.to_string()]));
    let model = provider(&upstream).language_model("claude-sonnet-4-5").unwrap();
    let call = Stream::from(CallOptions::new(vec![Message::user("hi")]));
    let answer = model.call(call, &Context::default()).await.unwrap();
    let parts: Vec<_> = answer.stream.collect().await;
    let error = parts.last().unwrap().as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
}
