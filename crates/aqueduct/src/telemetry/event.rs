//! What integrations are told beside the events of callbacks.

use std::fmt;
use std::time::Duration;

use aqueduct_spec::JsonObject;
use aqueduct_spec::embedding::EmbedResult;
use aqueduct_spec::reranking::RerankResult;

use super::options::IncludedContexts;
use crate::embed::EmbedManyAnswer;
use crate::rerank::{Document, RerankAnswer};
use crate::text::{StartEvent, TextResult};
use crate::tool::Contexts;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// A whole text.
    GenerateText,
    /// A text in parts.
    StreamText,
    /// The vector of one text.
    Embed,
    /// The vectors of texts.
    EmbedMany,
    /// An order of documents.
    Rerank,
}

impl Operation {
    /// The name of the verb, as in `generate_text`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GenerateText => "generate_text",
            Self::StreamText => "stream_text",
            Self::Embed => "embed",
            Self::EmbedMany => "embed_many",
            Self::Rerank => "rerank",
        }
    }
}

/// The request that an event belongs to, and what its telemetry may keep.
#[derive(Clone)]
#[non_exhaustive]
pub struct TelemetryCall {
    /// The number of the request, which no other one of this process has. Ids may be made by the program and repeat.
    pub number: u64,
    /// The id of the request, the same in all its events.
    pub call_id: String,
    /// What is asked for.
    pub operation: Operation,
    /// The program's name for this use of a model.
    pub function_id: Option<String>,
    /// Whether prompts and inputs of tools may be kept. They are in the events nevertheless.
    pub record_inputs: bool,
    /// Whether answers and results of tools may be kept. They are in the events nevertheless.
    pub record_outputs: bool,
    pub(super) included: IncludedContexts,
}

impl TelemetryCall {
    /// What of the runtime context the request lets telemetry see; `None` if nothing.
    pub fn runtime_context(&self, contexts: &Contexts) -> Option<JsonObject> {
        self.included.runtime(contexts)
    }

    /// What of a tool's context the request lets telemetry see; `None` if nothing.
    pub fn tool_context(&self, tool: &str, contexts: &Contexts) -> Option<JsonObject> {
        self.included.tool(tool, contexts)
    }
}

impl fmt::Debug for TelemetryCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TelemetryCall")
            .field("call_id", &self.call_id)
            .field("operation", &self.operation)
            .field("function_id", &self.function_id)
            .field("record_inputs", &self.record_inputs)
            .field("record_outputs", &self.record_outputs)
            .finish_non_exhaustive()
    }
}

/// A request begins.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum OperationStart<'a> {
    /// It is for text.
    Text(&'a StartEvent),
    /// It is for vectors.
    Embed(&'a EmbedStart<'a>),
    /// It is for an order.
    Rerank(&'a RerankStart<'a>),
}

/// A request has its result.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum OperationEnd<'a> {
    /// It was for text.
    Text(&'a TextResult),
    /// It was for vectors.
    Embed(&'a EmbedManyAnswer),
    /// It was for an order.
    Rerank(&'a RerankAnswer),
}

/// A request for vectors begins.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct EmbedStart<'a> {
    /// The provider that is asked.
    pub provider: &'a str,
    /// The model that is asked.
    pub model_id: &'a str,
    /// The texts.
    pub values: &'a [String],
    /// How often a failed call is sent again.
    pub max_retries: u32,
}

/// A call of an embedding model begins.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct EmbedCallStart<'a> {
    /// Which call of the request, counted from 0. Calls may run side by side.
    pub call_number: usize,
    /// The provider that is asked.
    pub provider: &'a str,
    /// The model that is asked.
    pub model_id: &'a str,
    /// The texts of this call.
    pub values: &'a [String],
}

/// An embedding model has answered.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct EmbedCallEnd<'a> {
    /// Which call of the request, counted from 0.
    pub call_number: usize,
    /// The answer.
    pub result: &'a EmbedResult,
    /// How long the call took, retries included.
    pub duration: Duration,
}

/// A request for an order begins.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RerankStart<'a> {
    /// The provider that is asked.
    pub provider: &'a str,
    /// The model that is asked.
    pub model_id: &'a str,
    /// What the documents are to be relevant to.
    pub query: &'a str,
    /// The documents.
    pub documents: &'a [Document],
    /// How many of the best are wanted.
    pub top_n: Option<usize>,
    /// How often a failed call is sent again.
    pub max_retries: u32,
}

/// A call of a reranking model begins.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RerankCallStart<'a> {
    /// The provider that is asked.
    pub provider: &'a str,
    /// The model that is asked.
    pub model_id: &'a str,
    /// What the documents are to be relevant to.
    pub query: &'a str,
    /// The documents.
    pub documents: &'a [Document],
}

/// A reranking model has answered.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RerankCallEnd<'a> {
    /// The answer.
    pub result: &'a RerankResult,
    /// How long the call took, retries included.
    pub duration: Duration,
}

/// A piece of work that runs inside an integration's context.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Work {
    /// The call of a language model, and the reading of its answer.
    ModelCall,
    /// A run of a tool.
    Tool {
        /// The id of the tool call.
        tool_call_id: String,
    },
    /// A call of an embedding model.
    Embed {
        /// Which call of the request, counted from 0.
        call_number: usize,
    },
    /// A call of a reranking model.
    Rerank,
}
