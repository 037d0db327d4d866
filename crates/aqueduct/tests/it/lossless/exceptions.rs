//! What does not come back, and why that is right.

use serde_json::Value;

use super::fields::Need;

/// When an exception holds, by the next request and the piece of the answer.
type When = fn(&Value, &Value) -> bool;

/// The beginning of the provider string; the place of the value as a failure names it, with `*` for any beginning or end;
/// when; why.
type Row = (&'static str, &'static str, When, &'static str);

/// The reasons are those of our encoders and of the recorded answers; the vendors' own pages were not asked.
#[rustfmt::skip]
const EXCEPTIONS: &[Row] = &[
    ("alibaba.", "/item.reasoning_content", always, "Qwen: thoughts are not part of the history"),
    ("anthropic.", "mcp_tool_use/*tool_use.input", always, "streams tell the call when its block begins"),
    ("anthropic.", "tool_use/*tool_use.*", is_json_tool, "the tool is ours: its input is the answer's text"),
    ("anthropic.", "text/text.text", has_json_tool, "beside the JSON that was asked for, text is no answer"),
    ("azure.", "function_call/item.id", always, "calls go whole; they are known by `call_id`"),
    ("azure.deepseek", "/item.reasoning_content", is_before_v4, "thoughts of earlier turns are to be left out"),
    ("cerebras.", "/*", wants_json, "a call repeated beside the JSON that was asked for is dropped"),
    ("cohere.", "/item.tool_plan", always, "answers tell no plans; the API takes no text beside calls"),
    ("cohere.", "/thinking.thinking", always, "thoughts are left out with a warning"),
    ("deepseek.", "/item.reasoning_content", is_before_v4, "thoughts of earlier turns are to be left out"),
    ("huggingface.", "*.id", always, "messages go as text"),
    ("huggingface.", "function_call/*", always, "the router takes no calls back; a warning says so"),
    ("openai.", "*", is_kept, "the conversation has it already"),
    ("openai.", "function_call/*", is_wrapper, "the calls in the wrapper go in its place"),
    ("openai.", "function_call/item.id", always, "calls go whole; they are known by `call_id`"),
    ("openai.", "mcp_list_tools/item.id", always, "the vendor lists the tools again"),
    ("openai.", "reasoning/*", is_open_thought, "unless it keeps them, the vendor takes encrypted thoughts only; a warning says so"),
    ("openai.", "shell_call_output/item.id", always, "outputs go whole; they are known by `call_id`"),
    ("test-provider", "/item.reasoning", has_reasoning_content, "`reasoning_content` is the thought"),
    ("xai.", "*_call/item.id", always, "calls are known by `call_id`; what the host ran it remembers"),
    ("xai.", "message/item.id", always, "messages go as text"),
    ("xai.", "reasoning/summary_text.text", always, "the parts of a summary come back as one"),
    ("xai.chat", "/item.reasoning_content", always, "thoughts are left out"),
];

/// Whether a value need not come back.
pub(super) fn excuses(provider: &str, need: &Need, body: &Value) -> bool {
    let place = need.to_string();
    EXCEPTIONS.iter().any(|&(begins, at, when, _)| {
        let fits = match (at.strip_prefix('*'), at.strip_suffix('*')) {
            (Some(end), _) => place.ends_with(end),
            (_, Some(start)) => place.starts_with(start),
            _ => place == at,
        };
        provider.starts_with(begins) && fits && when(body, &need.item)
    })
}

fn always(_: &Value, _: &Value) -> bool {
    true
}

/// Later models of DeepSeek want every thought.
fn is_before_v4(body: &Value, _: &Value) -> bool {
    body["model"].as_str().is_some_and(|model| !model.contains("deepseek-v4"))
}

fn is_kept(body: &Value, _: &Value) -> bool {
    body["conversation"].is_string()
}

fn is_open_thought(body: &Value, item: &Value) -> bool {
    body["store"] == false && item["encrypted_content"].is_null()
}

fn is_wrapper(_: &Value, item: &Value) -> bool {
    item["name"] == "parallel"
}

fn is_json_tool(_: &Value, item: &Value) -> bool {
    item["name"] == "json"
}

fn has_json_tool(body: &Value, _: &Value) -> bool {
    body["tools"].as_array().into_iter().flatten().any(|tool| tool["name"] == "json")
}

fn wants_json(body: &Value, _: &Value) -> bool {
    body["response_format"].is_object()
}

fn has_reasoning_content(_: &Value, item: &Value) -> bool {
    item["reasoning_content"].is_string()
}
