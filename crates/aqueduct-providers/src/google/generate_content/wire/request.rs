//! Requests.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Content, nullish, object};
use crate::number;

object! {
    /// A request.
    Request {
        /// The conversation.
        #[serde(default, deserialize_with = "nullish")]
        contents: Vec<Content>,
    } {
        /// How to answer.
        #[serde(alias = "generation_config")]
        generation_config: GenerationConfig,
        /// What stands above the conversation.
        #[serde(alias = "system_instruction")]
        system_instruction: Content,
        /// What is blocked.
        #[serde(alias = "safety_settings")]
        safety_settings: Vec<SafetySetting>,
        /// What the model may use.
        tools: Vec<Tool>,
        /// How it may use them.
        #[serde(alias = "tool_config")]
        tool_config: ToolConfig,
        /// Contents that were uploaded before: `cachedContents/{id}`.
        #[serde(alias = "cached_content")]
        cached_content: String,
        /// Labels for billing.
        labels: BTreeMap<String, String>,
        /// How fast and at which price: `standard`, `flex`, `priority`.
        service_tier: String,
    }
}
object! {
    /// How to answer.
    GenerationConfig {} {
        /// The most tokens of the answer, thoughts among them.
        #[serde(alias = "max_output_tokens")]
        max_output_tokens: u64,
        /// How daring.
        #[serde(with = "number")]
        temperature: f64,
        /// From how many of the likeliest tokens to choose.
        #[serde(alias = "top_k", with = "number")]
        top_k: f64,
        /// From how much of the probability to choose.
        #[serde(alias = "top_p", with = "number")]
        top_p: f64,
        /// Against words in proportion to how often they came.
        #[serde(alias = "frequency_penalty", with = "number")]
        frequency_penalty: f64,
        /// Against words that came.
        #[serde(alias = "presence_penalty", with = "number")]
        presence_penalty: f64,
        /// Texts that end the answer.
        #[serde(alias = "stop_sequences")]
        stop_sequences: Vec<String>,
        /// For the same answer to the same question.
        seed: i64,
        /// How many answers.
        #[serde(alias = "candidate_count")]
        candidate_count: u32,
        /// The form of the answer: `application/json`.
        #[serde(alias = "response_mime_type")]
        response_mime_type: String,
        /// The shape of the answer, an OpenAPI schema.
        #[serde(alias = "response_schema")]
        response_schema: Value,
        /// The shape of the answer, a JSON schema.
        #[serde(alias = "response_json_schema")]
        response_json_schema: Value,
        /// Whether the model shall tell times in sound files.
        audio_timestamp: bool,
        /// What the answer may be made of: `TEXT`, `IMAGE`, `AUDIO`.
        #[serde(alias = "response_modalities")]
        response_modalities: Vec<String>,
        /// How much to think.
        #[serde(alias = "thinking_config")]
        thinking_config: ThinkingConfig,
        /// How closely to look at files: `MEDIA_RESOLUTION_LOW`.
        media_resolution: String,
        /// What images shall be like.
        image_config: Value,
        /// What speech shall be like.
        #[serde(alias = "speech_config")]
        speech_config: Value,
    }
}
object! {
    /// How much to think.
    ThinkingConfig {} {
        /// The most tokens of thoughts; 0 is none, -1 leaves it to the model.
        #[serde(alias = "thinking_budget")]
        thinking_budget: i64,
        /// Whether the answer has a summary of the thoughts.
        #[serde(alias = "include_thoughts")]
        include_thoughts: bool,
        /// `minimal`, `low`, `medium`, `high`.
        #[serde(alias = "thinking_level")]
        thinking_level: String,
    }
}
object! {
    /// From which probability on a kind of harm is blocked.
    SafetySetting {
        /// The kind: `HARM_CATEGORY_HARASSMENT`.
        category: String,
        /// The probability: `BLOCK_ONLY_HIGH`.
        threshold: String,
    } {}
}
object! {
    /// Functions of the client's, or in `rest` a tool of the vendor's under its name: `googleSearch`, `codeExecution`, …
    Tool {} {
        /// Functions of the client's.
        #[serde(alias = "function_declarations")]
        function_declarations: Vec<FunctionDeclaration>,
    }
}

impl Tool {
    /// A tool of the vendor's.
    pub fn of_vendor(name: &str, settings: impl Into<Value>) -> Self {
        let mut tool = Self::default();
        tool.rest.insert(name.to_owned(), settings.into());
        tool
    }
}

object! {
    /// A function of the client's.
    FunctionDeclaration {
        /// Its name.
        name: String,
    } {
        /// What it is for.
        description: String,
        /// Its arguments, an OpenAPI schema.
        parameters: Value,
        /// Its arguments, a JSON schema.
        #[serde(alias = "parameters_json_schema")]
        parameters_json_schema: Value,
    }
}
object! {
    /// How tools may be used.
    ToolConfig {} {
        /// How functions may be called.
        #[serde(alias = "function_calling_config")]
        function_calling_config: FunctionCallingConfig,
        /// Whether calls of the vendor's tools are part of the answer.
        include_server_side_tool_invocations: bool,
        /// Where the user is, for searches.
        retrieval_config: Value,
    }
}
object! {
    /// How functions may be called.
    FunctionCallingConfig {} {
        /// `AUTO`, `ANY`, `NONE`, `VALIDATED`.
        mode: String,
        /// The functions to choose from.
        #[serde(alias = "allowed_function_names")]
        allowed_function_names: Vec<String>,
        /// Whether arguments are streamed as they arise.
        stream_function_call_arguments: bool,
    }
}
