//! How hosts of the API differ.

use std::fmt;

use aqueduct_spec::language::{CallOptions, GenerateResult};
use aqueduct_spec::{Context, Result, Warning};

use super::decode::generate;
use super::encode::encode;
use super::stream::StreamDecoder;
use crate::openai::responses::wire;
use crate::part_stream::DecodeEvents;

/// What is written for a host, and how its answers are read.
pub(crate) trait Dialect: fmt::Debug + Send + Sync {
    /// Writes a call.
    ///
    /// # Errors
    /// `Unsupported` for content that the host has no place for.
    fn encode(&self, call: &CallOptions, model_id: &str) -> Result<(wire::Request, Vec<Warning>)>;

    /// Reads an answer.
    ///
    /// # Errors
    /// What the host says has failed.
    fn decode(&self, response: wire::Response, cx: &Context) -> Result<GenerateResult>;

    /// Reads an answer in events.
    fn decoder(&self, include_raw_chunks: bool, cx: &Context) -> Box<dyn DecodeEvents>;
}

/// The specification as it is, for hosts that keep nothing.
#[derive(Debug)]
pub(super) struct Plain {
    /// The key of options and metadata.
    pub(super) key: String,
}

impl Dialect for Plain {
    fn encode(&self, call: &CallOptions, model_id: &str) -> Result<(wire::Request, Vec<Warning>)> {
        encode(call, model_id, &self.key)
    }

    fn decode(&self, response: wire::Response, cx: &Context) -> Result<GenerateResult> {
        generate(response, &self.key, cx)
    }

    fn decoder(&self, include_raw_chunks: bool, _: &Context) -> Box<dyn DecodeEvents> {
        Box::new(StreamDecoder::new(&self.key, include_raw_chunks))
    }
}
