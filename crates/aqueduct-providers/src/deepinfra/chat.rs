//! What is different about DeepInfra's chat.

use aqueduct_http::ApiMessage;
use aqueduct_spec::language::Usage;
use serde_json::Value;

use crate::openai_compatible::chat::wire;
use crate::openai_compatible::{Dialect, account, read_error};

/// The dialect.
#[derive(Debug)]
pub(super) struct DeepInfra;

impl Dialect for DeepInfra {
    /// Of Google's models, DeepInfra counts the thoughts beside the answer and not as a part of it.
    fn usage(&self, usage: &wire::Usage) -> Usage {
        let prompt = usage.prompt_tokens().unwrap_or(0);
        let mut completion = usage.completion_tokens().unwrap_or(0);
        let cached = usage.cached_tokens().unwrap_or(0);
        let reasoning = usage.reasoning_tokens().unwrap_or(0);
        let mut raw = usage.0.clone();
        if reasoning > completion {
            completion += reasoning;
            raw.insert("completion_tokens".to_owned(), completion.into());
            if let Some(total) = usage.count("total_tokens") {
                raw.insert("total_tokens".to_owned(), (total + reasoning).into());
            }
        }
        account(prompt, completion, Some(cached), Some(reasoning), raw)
    }

    /// Errors of the protocol, or those of the host's own API.
    fn error(&self, body: &Value) -> Option<ApiMessage> {
        read_error(body)
            .or_else(|| Some(ApiMessage::new(body.get("detail")?.get("error")?.as_str()?)))
    }
}
