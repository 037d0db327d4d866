//! What is different about Cerebras' chat.

use aqueduct_http::ApiMessage;
use serde_json::Value;

use crate::openai_compatible::chat::wire;
use crate::openai_compatible::{Dialect, read_error};

/// Options that have another name in the request.
const NAMES: [(&str, &str); 5] = [
    ("topLogprobs", "top_logprobs"),
    ("logitBias", "logit_bias"),
    ("serviceTier", "service_tier"),
    ("reasoningFormat", "reasoning_format"),
    ("promptCacheKey", "prompt_cache_key"),
];

/// The dialect.
#[derive(Debug)]
pub(super) struct Cerebras;

impl Dialect for Cerebras {
    fn adapt(&self, request: &mut wire::Request) {
        request.max_completion_tokens = request.max_tokens.take().or(request.max_completion_tokens);
        if let Some(parallel) = request.rest.shift_remove("parallelToolCalls") {
            request.parallel_tool_calls = parallel.as_bool();
        }
        for (ours, theirs) in NAMES {
            if let Some(value) = request.rest.shift_remove(ours) {
                request.rest.insert(theirs.to_owned(), value);
            }
        }
        for message in &mut request.messages {
            if message.role.as_deref() == Some("assistant") {
                let thought = message.reasoning_content.take();
                message.reasoning = message.reasoning.take().or(thought);
            }
        }
    }

    /// `{"message", "type", "param", "code"}`
    fn error(&self, body: &Value) -> Option<ApiMessage> {
        let Some(text) = body.get("message").and_then(Value::as_str) else {
            return read_error(body);
        };
        let mut message = ApiMessage::new(text);
        let word = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        message.code = word("code").or_else(|| word("type"));
        message.param = body.get("param").filter(|param| !param.is_null()).cloned();
        Some(message)
    }
}
