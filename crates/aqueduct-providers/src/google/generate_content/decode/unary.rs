//! An answer in one piece.

use aqueduct_spec::language::{
    Content, File, FinishReason, GenerateResult, Reasoning, ReasoningFile, ResponseInfo, Text,
    ToolCall, ToolResult, UnifiedFinishReason,
};
use aqueduct_spec::{Context, Error, FileData, ProviderMetadata, Result};
use serde_json::{Value, json};

use super::metadata::{self, AnswerMetadata};
use super::{CODE_EXECUTION, arguments, block_reason, finish_reason, sources, usage};
use crate::google::generate_content::dialect::Dialect;
use crate::google::generate_content::wire;

/// Reads an answer.
///
/// # Errors
/// `InvalidResponse` if there is none, and no reason why.
pub(crate) fn generate(
    response: wire::Response,
    dialect: &Dialect,
    cx: &Context,
) -> Result<GenerateResult> {
    let mut candidates = response.candidates.unwrap_or_default();
    let blocked = block_reason(response.prompt_feedback.as_ref());
    if candidates.is_empty() && blocked.is_none() {
        return Err(Error::invalid_response("the answer has no candidates"));
    }
    let mut candidate =
        if candidates.is_empty() { wire::Candidate::default() } else { candidates.swap_remove(0) };
    let parts = candidate.content.take().and_then(|content| content.parts).unwrap_or_default();
    let mut reader = PartReader { dialect, cx, content: Vec::new(), code: None, server: None };
    parts.into_iter().for_each(|part| reader.read(part));
    let mut content = reader.content;
    let grounding = candidate.grounding_metadata.as_ref();
    content.extend(sources::sources(grounding, cx).into_iter().map(Content::from));

    let has_tool_calls = content.iter().any(
        |part| matches!(part, Content::ToolCall(call) if call.provider_executed != Some(true)),
    );
    let mut result = GenerateResult::default();
    let raw = candidate.finish_reason.clone();
    result.finish_reason = match blocked.filter(|_| raw.is_none()) {
        Some(reason) => {
            FinishReason::new(UnifiedFinishReason::ContentFilter, Some(reason.to_owned()))
        }
        None => FinishReason::new(finish_reason(raw.as_deref(), has_tool_calls), raw),
    };
    let usage_metadata = response.usage_metadata.as_ref();
    result.usage = usage(usage_metadata);
    let answer = AnswerMetadata {
        prompt_feedback: response.prompt_feedback.as_ref(),
        grounding,
        url_context: candidate.url_context_metadata.as_ref(),
        candidate: Some(&candidate),
        usage: usage_metadata,
        service_tier: usage_metadata.and_then(|usage| usage.service_tier.as_deref()),
    };
    result.provider_metadata = Some(answer.write(dialect));
    result.content = content;
    let mut info = ResponseInfo::default();
    info.id = response.response_id;
    result.response = Some(info);
    Ok(result)
}

struct PartReader<'a> {
    dialect: &'a Dialect,
    cx: &'a Context,
    content: Vec<Content>,
    /// The last call that runs code, to which the next result belongs.
    code: Option<String>,
    /// The last call of another tool of the vendor's.
    server: Option<String>,
}

impl PartReader<'_> {
    fn read(&mut self, part: wire::Part) {
        let signature = part.thought_signature;
        let signed = || metadata::signed(self.dialect, signature.as_deref());
        let is_thought = part.thought == Some(true);
        if let Some(call) = part.function_call {
            if let Some(name) = call.name {
                let id = call.id.filter(|id| !id.is_empty());
                let id = id.unwrap_or_else(|| self.cx.generate_id());
                let mut content = ToolCall::new(id, name, arguments(call.args.as_ref()));
                content.provider_metadata = signed();
                self.content.push(content.into());
            }
        } else if let Some(blob) = part.inline_data {
            self.content.push(file(blob, is_thought, signed()));
        } else if let Some(call) = part.tool_call {
            self.server_call(call, signature.as_deref());
        } else if let Some(response) = part.tool_response {
            self.server_response(response, signature.as_deref());
        } else if let Some(code) = part.executable_code.filter(|code| !code.code.is_empty()) {
            let id = self.cx.generate_id();
            self.code = Some(id.clone());
            let mut call = ToolCall::new(id, CODE_EXECUTION, code_input(&code));
            call.provider_executed = Some(true);
            self.content.push(call.into());
        } else if let Some(result) = part.code_execution_result {
            // A result without a call is not of this conversation, but it is here.
            let id = self.code.clone().unwrap_or_else(|| self.cx.generate_id());
            self.content.push(ToolResult::new(id, CODE_EXECUTION, code_result(result)).into());
        } else if let Some(text) = part.text {
            let signed = signed();
            if text.is_empty() {
                if let (Some(signed), Some(last)) = (signed, self.content.last_mut()) {
                    put_metadata(last, signed);
                }
            } else if is_thought {
                let mut content = Reasoning::new(text);
                content.provider_metadata = signed;
                self.content.push(content.into());
            } else {
                let mut content = Text::new(text);
                content.provider_metadata = signed;
                self.content.push(content.into());
            }
        }
    }

    fn server_call(&mut self, call: wire::ServerToolCall, signature: Option<&str>) {
        let content = server_call(call, signature, self.dialect, self.cx);
        self.server = Some(content.tool_call_id.clone());
        self.content.push(content.into());
    }

    fn server_response(&mut self, response: wire::ServerToolResponse, signature: Option<&str>) {
        let before = self.server.take();
        let content = server_response(response, before, signature, self.dialect, self.cx);
        self.content.push(content.into());
    }
}

/// A file, or a thought that is one.
pub(super) fn file(
    blob: wire::Blob,
    is_thought: bool,
    metadata: Option<ProviderMetadata>,
) -> Content {
    let data = FileData::base64(blob.data);
    if is_thought {
        let mut content = ReasoningFile::new(blob.mime_type, data);
        content.provider_metadata = metadata;
        return content.into();
    }
    let mut content = File::new(blob.mime_type, data);
    content.provider_metadata = metadata;
    content.into()
}

/// A call of a tool of the vendor's. The client has no tool of that name.
pub(super) fn server_call(
    call: wire::ServerToolCall,
    signature: Option<&str>,
    dialect: &Dialect,
    cx: &Context,
) -> ToolCall {
    let id = call.id.filter(|id| !id.is_empty()).unwrap_or_else(|| cx.generate_id());
    let metadata = metadata::server_tool(dialect, signature, &id, &call.tool_type);
    let name = format!("server:{}", call.tool_type);
    let mut content = ToolCall::new(id, name, arguments(call.args.as_ref()));
    content.provider_executed = Some(true);
    content.dynamic = Some(true);
    content.provider_metadata = Some(metadata);
    content
}

/// The result of a tool of the vendor's, which belongs to the call before it.
pub(super) fn server_response(
    response: wire::ServerToolResponse,
    before: Option<String>,
    signature: Option<&str>,
    dialect: &Dialect,
    cx: &Context,
) -> ToolResult {
    let own = response.id.filter(|id| !id.is_empty());
    let id = before.or(own).unwrap_or_else(|| cx.generate_id());
    let metadata = metadata::server_tool(dialect, signature, &id, &response.tool_type);
    let value = response.response.unwrap_or_else(|| json!({}));
    let mut content = ToolResult::new(id, format!("server:{}", response.tool_type), value);
    content.provider_metadata = Some(metadata);
    content
}

pub(super) fn code_input(code: &wire::ExecutableCode) -> String {
    json!({ "language": code.language, "code": code.code }).to_string()
}

pub(super) fn code_result(result: wire::CodeExecutionResult) -> Value {
    json!({ "outcome": result.outcome, "output": result.output.unwrap_or_default() })
}

/// A signature that comes by itself belongs to what came before.
fn put_metadata(content: &mut Content, metadata: ProviderMetadata) {
    let place = match content {
        Content::Text(part) => &mut part.provider_metadata,
        Content::Reasoning(part) => &mut part.provider_metadata,
        Content::File(part) => &mut part.provider_metadata,
        Content::ReasoningFile(part) => &mut part.provider_metadata,
        Content::ToolCall(part) => &mut part.provider_metadata,
        Content::ToolResult(part) => &mut part.provider_metadata,
        _ => return,
    };
    *place = Some(metadata);
}
