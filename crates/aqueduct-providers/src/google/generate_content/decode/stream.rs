//! An answer in pieces.

use std::collections::{HashSet, VecDeque};

use aqueduct_spec::language::{
    Content, ErrorPart, Finish, FinishReason, RawPart, ReasoningDelta, ReasoningEnd,
    ReasoningStart, ResponseMetadata, Source, StreamPart, TextDelta, TextEnd, TextStart, ToolCall,
    ToolInputDelta, ToolInputEnd, ToolInputStart, ToolResult, UnifiedFinishReason,
};
use aqueduct_spec::{Context, ProviderMetadata, Result};
use serde_json::Value;

use super::arguments::Arguments;
use super::metadata::{self, AnswerMetadata};
use super::unary::{code_input, code_result, file, server_call, server_response};
use super::{CODE_EXECUTION, block_reason, finish_reason, sources, usage};
use crate::google::generate_content::dialect::Dialect;
use crate::google::generate_content::wire;
use crate::part_stream::{DecodeEvents, raw_value, unreadable};

/// The most sources that are remembered, so as to name each once.
const MAX_SOURCES: usize = 10_000;

/// The most calls whose arguments may be on their way at once.
const MAX_OPEN_CALLS: usize = 1024;

/// Reads the events of one answer.
#[derive(Debug)]
pub(crate) struct StreamDecoder {
    dialect: Dialect,
    include_raw_chunks: bool,
    cx: Context,
    has_id: bool,
    blocks: u64,
    open: Option<Block>,
    code: Option<String>,
    server: Option<String>,
    calls: Vec<OpenCall>,
    has_tool_calls: bool,
    named_sources: HashSet<String>,
    grounding: Option<Value>,
    url_context: Option<Value>,
    /// The last that was told.
    usage: Option<wire::UsageMetadata>,
    /// Whether the chunk that is being read tells it.
    has_usage_now: bool,
    finish_reason: FinishReason,
    metadata: Option<ProviderMetadata>,
}

/// A block of text or thoughts that has begun and not ended.
#[derive(Debug)]
enum Block {
    Text(String),
    Reasoning(String),
}

/// A call whose arguments are on their way.
#[derive(Debug)]
struct OpenCall {
    id: String,
    name: String,
    arguments: Arguments,
    metadata: Option<ProviderMetadata>,
}

type Parts = VecDeque<StreamPart>;

impl StreamDecoder {
    pub(crate) fn new(dialect: Dialect, include_raw_chunks: bool, cx: &Context) -> Self {
        Self {
            dialect,
            include_raw_chunks,
            cx: cx.clone(),
            has_id: false,
            blocks: 0,
            open: None,
            code: None,
            server: None,
            calls: Vec::new(),
            has_tool_calls: false,
            named_sources: HashSet::new(),
            grounding: None,
            url_context: None,
            usage: None,
            has_usage_now: false,
            finish_reason: FinishReason::default(),
            metadata: None,
        }
    }

    fn chunk(&mut self, chunk: wire::Response, parts: &mut Parts) -> Result<()> {
        if let Some(error) = chunk.error {
            self.finish_reason = UnifiedFinishReason::Error.into();
            parts.push_back(ErrorPart::new(error).into());
        }
        if let Some(id) = chunk.response_id.filter(|_| !self.has_id) {
            self.has_id = true;
            let mut head = ResponseMetadata::default();
            head.id = Some(id);
            parts.push_back(head.into());
        }
        self.has_usage_now = chunk.usage_metadata.is_some();
        self.usage = chunk.usage_metadata.or_else(|| self.usage.take());
        let feedback = chunk.prompt_feedback.as_ref();
        let Some(mut candidate) = chunk.candidates.and_then(|all| all.into_iter().next()) else {
            self.blocked(feedback);
            return Ok(());
        };
        self.sources(&mut candidate, parts);
        let content = candidate.content.take().and_then(|content| content.parts);
        // Calls are told after everything else of their chunk.
        let mut calls = Vec::new();
        for part in content.into_iter().flatten() {
            if part.function_call.is_some() {
                calls.push(part);
            } else {
                self.part(part, parts);
            }
        }
        for part in calls {
            self.function_call(part, parts)?;
        }
        if let Some(raw) = candidate.finish_reason.clone() {
            let unified = finish_reason(Some(&raw), self.has_tool_calls);
            self.finish_reason = FinishReason::new(unified, Some(raw));
            self.metadata = Some(self.describe(feedback, Some(&candidate)));
        }
        Ok(())
    }

    fn describe(
        &self,
        prompt_feedback: Option<&Value>,
        candidate: Option<&wire::Candidate>,
    ) -> ProviderMetadata {
        let usage = self.usage.as_ref().filter(|_| self.has_usage_now);
        let service_tier = self.usage.as_ref().and_then(|usage| usage.service_tier.as_deref());
        let grounding = self.grounding.as_ref();
        let url_context = self.url_context.as_ref();
        AnswerMetadata { prompt_feedback, grounding, url_context, candidate, usage, service_tier }
            .write(&self.dialect)
    }

    /// A prompt that was refused has no answer, only a reason.
    fn blocked(&mut self, feedback: Option<&Value>) {
        let Some(reason) = block_reason(feedback) else { return };
        let reason = Some(reason.to_owned());
        self.finish_reason = FinishReason::new(UnifiedFinishReason::ContentFilter, reason);
        self.metadata = Some(self.describe(feedback, None));
    }

    fn sources(&mut self, candidate: &mut wire::Candidate, parts: &mut Parts) {
        for source in sources::sources(candidate.grounding_metadata.as_ref(), &self.cx) {
            // Grounding comes again and again, and grows.
            if let Source::Url(url) = &source
                && self.named_sources.len() < MAX_SOURCES
                && self.named_sources.insert(url.url.clone())
            {
                parts.push_back(source.into());
            }
        }
        if let Some(grounding) = candidate.grounding_metadata.take() {
            self.grounding = Some(grounding);
        }
        if let Some(pages) = candidate.url_context_metadata.take() {
            self.url_context = Some(pages);
        }
    }

    fn part(&mut self, part: wire::Part, parts: &mut Parts) {
        let signature = part.thought_signature.as_deref();
        let is_thought = part.thought == Some(true);
        if let Some(blob) = part.inline_data {
            self.close(parts);
            match file(blob, is_thought, metadata::signed(&self.dialect, signature)) {
                Content::File(file) => parts.push_back(file.into()),
                Content::ReasoningFile(file) => parts.push_back(file.into()),
                _ => {}
            }
        } else if let Some(call) = part.tool_call {
            let call = server_call(call, signature, &self.dialect, &self.cx);
            self.server = Some(call.tool_call_id.clone());
            parts.push_back(call.into());
        } else if let Some(response) = part.tool_response {
            let before = self.server.take();
            let result = server_response(response, before, signature, &self.dialect, &self.cx);
            parts.push_back(result.into());
        } else if let Some(code) = part.executable_code.filter(|code| !code.code.is_empty()) {
            let id = self.cx.generate_id();
            self.code = Some(id.clone());
            let mut call = ToolCall::new(id, CODE_EXECUTION, code_input(&code));
            call.provider_executed = Some(true);
            parts.push_back(call.into());
        } else if let Some(result) = part.code_execution_result {
            if let Some(id) = self.code.clone() {
                parts.push_back(ToolResult::new(id, CODE_EXECUTION, code_result(result)).into());
            }
        } else if let Some(text) = part.text {
            let signed = metadata::signed(&self.dialect, signature);
            self.text(text, is_thought, signed, parts);
        }
    }

    fn text(
        &mut self,
        text: String,
        is_thought: bool,
        signed: Option<ProviderMetadata>,
        parts: &mut Parts,
    ) {
        if text.is_empty() {
            // A signature that comes by itself belongs to the text before it.
            if let (Some(_), Some(Block::Text(id))) = (&signed, &self.open) {
                parts.push_back(text_delta(id, text, signed));
            }
            return;
        }
        if is_thought {
            let id = match &self.open {
                Some(Block::Reasoning(id)) => id.clone(),
                _ => {
                    let id = self.begin(Block::Reasoning, parts);
                    let mut start = ReasoningStart::new(id.as_str());
                    start.provider_metadata.clone_from(&signed);
                    parts.push_back(start.into());
                    id
                }
            };
            let mut delta = ReasoningDelta::new(id, text);
            delta.provider_metadata = signed;
            parts.push_back(delta.into());
            return;
        }
        let id = match &self.open {
            Some(Block::Text(id)) => id.clone(),
            _ => {
                let id = self.begin(Block::Text, parts);
                let mut start = TextStart::new(id.as_str());
                start.provider_metadata.clone_from(&signed);
                parts.push_back(start.into());
                id
            }
        };
        parts.push_back(text_delta(&id, text, signed));
    }

    fn begin(&mut self, block: fn(String) -> Block, parts: &mut Parts) -> String {
        self.close(parts);
        let id = self.blocks.to_string();
        self.blocks += 1;
        self.open = Some(block(id.clone()));
        id
    }

    fn close(&mut self, parts: &mut Parts) {
        match self.open.take() {
            Some(Block::Text(id)) => parts.push_back(TextEnd::new(id).into()),
            Some(Block::Reasoning(id)) => parts.push_back(ReasoningEnd::new(id).into()),
            None => {}
        }
    }

    /// A call comes whole, or its name first and its arguments in pieces after it.
    fn function_call(&mut self, part: wire::Part, parts: &mut Parts) -> Result<()> {
        let Some(call) = part.function_call else { return Ok(()) };
        let signed = metadata::signed(&self.dialect, part.thought_signature.as_deref());
        let continues = call.will_continue == Some(true);
        let pieces_continue = |pieces: &[wire::PartialArgument]| {
            continues || pieces.iter().any(|piece| piece.will_continue == Some(true))
        };
        match (call.name, call.partial_args) {
            (Some(name), pieces) if pieces.is_some() || continues => {
                self.begin_call(call.id, name, signed.clone(), parts);
                let Some(pieces) = pieces else { return Ok(()) };
                self.add(&pieces, signed, parts)?;
                if !pieces_continue(&pieces) {
                    self.end_call(parts);
                }
            }
            (Some(name), _) => self.whole_call(call.id, name, call.args, signed, parts),
            (None, Some(pieces)) if !self.calls.is_empty() => {
                self.add(&pieces, signed, parts)?;
                if !pieces_continue(&pieces) {
                    self.end_call(parts);
                }
            }
            (None, None) if call.args.is_none() && call.will_continue.is_none() => {
                self.end_call(parts);
            }
            _ => {}
        }
        Ok(())
    }

    fn begin_call(
        &mut self,
        id: Option<String>,
        name: String,
        metadata: Option<ProviderMetadata>,
        parts: &mut Parts,
    ) {
        if self.calls.len() >= MAX_OPEN_CALLS {
            self.end_call(parts);
        }
        let id = id.filter(|id| !id.is_empty()).unwrap_or_else(|| self.cx.generate_id());
        let mut start = ToolInputStart::new(id.as_str(), name.as_str());
        start.provider_metadata.clone_from(&metadata);
        parts.push_back(start.into());
        self.calls.push(OpenCall { id, name, arguments: Arguments::default(), metadata });
    }

    fn add(
        &mut self,
        pieces: &[wire::PartialArgument],
        metadata: Option<ProviderMetadata>,
        parts: &mut Parts,
    ) -> Result<()> {
        let Some(call) = self.calls.last_mut() else { return Ok(()) };
        let more = call.arguments.add(pieces)?;
        if !more.is_empty() {
            parts.push_back(input_delta(&call.id, more, metadata));
        }
        Ok(())
    }

    fn end_call(&mut self, parts: &mut Parts) {
        let Some(OpenCall { id, name, arguments, metadata }) = self.calls.pop() else { return };
        let (whole, rest) = arguments.finish();
        if !rest.is_empty() {
            parts.push_back(input_delta(&id, rest, metadata.clone()));
        }
        self.complete(id, name, whole, metadata, parts);
    }

    fn whole_call(
        &mut self,
        id: Option<String>,
        name: String,
        args: Option<Value>,
        metadata: Option<ProviderMetadata>,
        parts: &mut Parts,
    ) {
        let id = id.filter(|id| !id.is_empty()).unwrap_or_else(|| self.cx.generate_id());
        let mut start = ToolInputStart::new(id.as_str(), name.as_str());
        start.provider_metadata.clone_from(&metadata);
        parts.push_back(start.into());
        let input = match args {
            Some(Value::String(text)) => Some(text),
            Some(args) => Some(args.to_string()),
            None => None,
        };
        if let Some(input) = &input {
            parts.push_back(input_delta(&id, input.clone(), metadata.clone()));
        }
        self.complete(id, name, input.unwrap_or_else(|| "{}".to_owned()), metadata, parts);
    }

    fn complete(
        &mut self,
        id: String,
        name: String,
        input: String,
        metadata: Option<ProviderMetadata>,
        parts: &mut Parts,
    ) {
        let mut end = ToolInputEnd::new(id.as_str());
        end.provider_metadata.clone_from(&metadata);
        parts.push_back(end.into());
        let mut call = ToolCall::new(id, name, input);
        call.provider_metadata = metadata;
        parts.push_back(call.into());
        self.has_tool_calls = true;
    }
}

fn text_delta(id: &str, text: String, metadata: Option<ProviderMetadata>) -> StreamPart {
    let mut delta = TextDelta::new(id, text);
    delta.provider_metadata = metadata;
    delta.into()
}

fn input_delta(id: &str, delta: String, metadata: Option<ProviderMetadata>) -> StreamPart {
    let mut delta = ToolInputDelta::new(id, delta);
    delta.provider_metadata = metadata;
    delta.into()
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, data: &str, parts: &mut Parts) -> Result<()> {
        if self.include_raw_chunks {
            parts.push_back(RawPart::new(raw_value(data)).into());
        }
        match serde_json::from_str(data) {
            Ok(chunk) => self.chunk(chunk, parts)?,
            Err(problem) => parts.push_back(unreadable(&problem)),
        }
        Ok(())
    }

    fn finish(&mut self, parts: &mut Parts) -> Result<()> {
        self.close(parts);
        let mut finish =
            Finish::new(std::mem::take(&mut self.finish_reason), usage(self.usage.as_ref()));
        finish.provider_metadata = self.metadata.take();
        parts.push_back(finish.into());
        Ok(())
    }
}
