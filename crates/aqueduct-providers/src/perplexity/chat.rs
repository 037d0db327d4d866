//! What is different about Perplexity's chat.

use aqueduct_http::ApiMessage;
use aqueduct_spec::language::{
    CallOptions, Content, ReasoningEffort, ResponseFormat, UnifiedFinishReason, Usage,
};
use aqueduct_spec::{Context, JsonObject, Result, Warning, json};
use serde_json::{Value, json};

use super::messages::messages;
use super::metadata::sources;
use crate::openai_compatible::chat::decode;
use crate::openai_compatible::chat::encode::{Encoded, Target, settings, with_extra};
use crate::openai_compatible::chat::wire;
use crate::openai_compatible::{Dialect, account, kept, read_error};

/// What is kept of an account.
const COUNTS: &[&str] = &[
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "citation_tokens",
    "num_search_queries",
    "reasoning_tokens",
];
const DETAILS: &[(&str, &[&str])] =
    &[("cost", &["input_tokens_cost", "output_tokens_cost", "request_cost", "total_cost"])];

/// The dialect.
#[derive(Debug)]
pub(super) struct Perplexity;

impl Dialect for Perplexity {
    fn encode(&self, call: &CallOptions, target: Target<'_>) -> Result<Encoded> {
        let mut warnings = Vec::new();
        let mut request = settings(call, target.model_id, &mut warnings);
        if let Some(top_k) = call.top_k {
            // Sent, though it is said not to be supported: so does the AI SDK.
            request.rest.insert("top_k".to_owned(), json::number(top_k));
        }
        if request.stop.take().is_some() {
            warnings.push(Warning::unsupported("stopSequences"));
        }
        if request.seed.take().is_some() {
            warnings.push(Warning::unsupported("seed"));
        }
        if call.reasoning.and_then(ReasoningEffort::chosen).is_some() {
            warnings.push(Warning::unsupported_because(
                "reasoning",
                "This provider does not support reasoning configuration.",
            ));
        }
        let options = call.provider_options.as_ref().and_then(|all| all.get("perplexity"));
        let mut extra = options.cloned().unwrap_or_default();
        let asked = extra.shift_remove("response_format");
        let mut request = with_extra(request, extra)?;
        request.response_format = match (asked, &call.response_format) {
            (Some(Value::Object(format)), _) => Some(wire::ResponseFormat::Other(format)),
            (_, Some(ResponseFormat::Json(format))) => Some(json_format(format.schema.as_ref())),
            _ => None,
        };
        request.messages = messages(&call.prompt, &mut warnings)?;
        Ok(Encoded::new(request, warnings).with_metadata_key("perplexity"))
    }

    fn content(
        &self,
        message: wire::Message,
        rest: &JsonObject,
        _metadata_key: Option<&str>,
        cx: &Context,
    ) -> Vec<Content> {
        let mut content = decode::content(message, None, cx);
        content.extend(sources(rest.get("citations"), cx).map(Content::from));
        content
    }

    /// All of it comes from the extractor.
    fn metadata(&self, _usage: Option<&wire::Usage>) -> JsonObject {
        JsonObject::new()
    }

    fn usage(&self, usage: &wire::Usage) -> Usage {
        let reasoning = usage.count("reasoning_tokens").unwrap_or(0);
        let prompt = usage.prompt_tokens().unwrap_or(0);
        let completion = usage.completion_tokens().unwrap_or(0);
        account(prompt, completion, None, Some(reasoning), kept(&usage.0, COUNTS, DETAILS))
    }

    fn finish_reason(&self, raw: &str) -> UnifiedFinishReason {
        match raw {
            "stop" => UnifiedFinishReason::Stop,
            "length" => UnifiedFinishReason::Length,
            _ => UnifiedFinishReason::Other,
        }
    }

    /// The message may be missing: then the type is all that is said.
    fn error(&self, body: &Value) -> Option<ApiMessage> {
        read_error(body).or_else(|| {
            let kind = body.get("error")?.get("type")?.as_str()?;
            Some(ApiMessage::new(kind).with_code(kind))
        })
    }
}

/// Perplexity wants a schema without a name.
fn json_format(schema: Option<&Value>) -> wire::ResponseFormat {
    let mut inner = JsonObject::new();
    if let Some(schema) = schema {
        inner.insert("schema".to_owned(), schema.clone());
    }
    wire::ResponseFormat::Other(JsonObject::from_iter([
        ("type".to_owned(), "json_schema".into()),
        ("json_schema".to_owned(), json!(inner)),
    ]))
}
