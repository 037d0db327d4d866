//! Turns of the model.

use aqueduct_spec::language::{AssistantPart, ToolCallPart};
use aqueduct_spec::{Error, FileData, Result, Warning};
use serde_json::Value;

use super::code_execution;
use super::part_options::PartOptions;
use super::prompt::{reference_uri, text_file};
use super::tool_result;
use crate::google::generate_content::capabilities::Capabilities;
use crate::google::generate_content::dialect::Dialect;
use crate::google::generate_content::wire::{FunctionCall, Part, ServerToolCall};

/// Stands in for a signature that got lost.
///
/// Source: <https://ai.google.dev/gemini-api/docs/thought-signatures> (2026-11).
const SKIP_VALIDATION: &str = "skip_thought_signature_validator";

/// The calls whose signatures got lost.
#[derive(Debug, Default)]
pub(super) struct Signatures {
    lost: Vec<String>,
}

impl Signatures {
    fn stand_in(&mut self, tool_name: &str) -> String {
        self.lost.push(tool_name.to_owned());
        SKIP_VALIDATION.to_owned()
    }

    /// Tells of the calls whose signatures got lost.
    pub(super) fn warn(self, warnings: &mut Vec<Warning>) {
        if self.lost.is_empty() {
            return;
        }
        let mut names: Vec<String> = Vec::new();
        for name in &self.lost {
            let name = format!("`{name}`");
            if !names.contains(&name) {
                names.push(name);
            }
        }
        warnings.push(Warning::other(format!(
            "Replayed {} `functionCall` part(s) for a Gemini 3 model without a `thoughtSignature` (tools: {}). Injected the documented `skip_thought_signature_validator` sentinel to keep the request from failing with HTTP 400. The likely cause is application code that drops `providerOptions.google.thoughtSignature` when persisting or serializing assistant tool-call messages. See https://ai.google.dev/gemini-api/docs/thought-signatures.",
            self.lost.len(),
            names.join(", ")
        )));
    }
}

/// Writes a turn of the model.
pub(super) fn encode(
    given: &[AssistantPart],
    capabilities: Capabilities,
    dialect: &Dialect,
    signatures: &mut Signatures,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    // Calls that were made at once share the signature of the first.
    let mut is_signed = false;
    for part in given {
        let options = match part {
            AssistantPart::Text(part) => part.provider_options.as_ref(),
            AssistantPart::File(part) => part.provider_options.as_ref(),
            AssistantPart::Reasoning(part) => part.provider_options.as_ref(),
            AssistantPart::ReasoningFile(part) => part.provider_options.as_ref(),
            AssistantPart::ToolCall(part) => part.provider_options.as_ref(),
            AssistantPart::ToolResult(part) => part.provider_options.as_ref(),
            _ => None,
        };
        let options = PartOptions::of(options, dialect);
        let mut encoded = match part {
            AssistantPart::Text(part) if !part.text.is_empty() => Part::text(part.text.as_str()),
            AssistantPart::Reasoning(part) if !part.text.is_empty() => {
                thought(Part::text(part.text.as_str()))
            }
            AssistantPart::ReasoningFile(part) => {
                let Some(encoded) = file(&part.data, &part.media_type, dialect, warnings) else {
                    continue;
                };
                thought(encoded)
            }
            AssistantPart::File(part) => {
                let Some(encoded) = file(&part.data, &part.media_type, dialect, warnings) else {
                    continue;
                };
                let is_inline = matches!(part.data, FileData::Data(_));
                if options.is_thought() && !is_inline { thought(encoded) } else { encoded }
            }
            AssistantPart::ToolCall(part)
                if part.provider_executed == Some(true) && options.server_tool().is_none() =>
            {
                // Without its result among the functions' results it must not pass for a call of a function.
                match code_execution::call(part) {
                    Some(encoded) => parts.push(encoded),
                    None => unsent(part.tool_name.as_str(), "call", warnings),
                }
                continue;
            }
            AssistantPart::ToolCall(part) => {
                parts.push(call(part, options, capabilities, dialect, signatures, &mut is_signed)?);
                continue;
            }
            AssistantPart::ToolResult(part) => match options.server_tool() {
                Some(tool) => tool_result::of_server(&part.output, tool, None),
                None => match code_execution::result(part) {
                    Some(encoded) => encoded,
                    None => {
                        unsent(part.tool_name.as_str(), "result", warnings);
                        continue;
                    }
                },
            },
            // What has no words has nothing to say.
            AssistantPart::Text(_) | AssistantPart::Reasoning(_) => continue,
            other => {
                let kind = other.tag();
                warnings.push(Warning::unsupported(format!("assistant parts of type {kind}")));
                continue;
            }
        };
        encoded.thought_signature = options.signature();
        parts.push(encoded);
    }
    Ok(parts)
}

fn thought(part: Part) -> Part {
    Part { thought: Some(true), ..part }
}

/// A file that a model made. One that only its maker can reach is left out: the conversation goes on without it.
fn file(
    data: &FileData,
    media_type: &str,
    dialect: &Dialect,
    warnings: &mut Vec<Warning>,
) -> Option<Part> {
    match data {
        FileData::Data(inline) => return Some(Part::inline(media_type, inline.data.to_base64())),
        FileData::Text(text) => return Some(text_file(media_type, &text.text)),
        FileData::Reference(reference) => {
            if let Ok(uri) = reference_uri(&reference.reference, dialect) {
                return Some(Part::file(media_type, uri));
            }
        }
        _ => {}
    }
    let kind = data.tag();
    warnings.push(Warning::unsupported(format!("files of type {kind} in assistant messages")));
    None
}

/// Says that a tool of another provider's, or one that this API does not take back, stays behind.
fn unsent(tool_name: &str, what: &str, warnings: &mut Vec<Warning>) {
    warnings.push(Warning::unsupported_because(
        "provider-executed tools in assistant messages",
        format!("the {what} of tool {tool_name} is not sent"),
    ));
}

fn call(
    part: &ToolCallPart,
    options: PartOptions<'_>,
    capabilities: Capabilities,
    dialect: &Dialect,
    signatures: &mut Signatures,
    is_signed: &mut bool,
) -> Result<Part> {
    let own = options.signature();
    let server_tool = options.server_tool();
    let is_function = server_tool.is_none();
    let shares_signature = is_function && own.is_none() && *is_signed;
    *is_signed |= is_function && own.is_some();
    let thought_signature = match own {
        None if capabilities.gemini_3 && !shares_signature => {
            Some(signatures.stand_in(&part.tool_name))
        }
        own => own,
    };
    if let Some(tool) = server_tool {
        let args = match &part.input {
            Value::String(text) => serde_json::from_str(text).map_err(|error| {
                Error::invalid_prompt("the input of a tool call is not JSON").with_source(error)
            })?,
            other => other.clone(),
        };
        let tool_call = ServerToolCall {
            tool_type: tool.kind,
            args: Some(args),
            id: Some(tool.id),
            ..ServerToolCall::default()
        };
        return Ok(Part { tool_call: Some(tool_call), thought_signature, ..Part::default() });
    }
    let function_call = FunctionCall {
        id: (!dialect.is_vertex).then(|| part.tool_call_id.clone()),
        name: Some(part.tool_name.clone()),
        args: Some(part.input.clone()),
        ..FunctionCall::default()
    };
    Ok(Part { function_call: Some(function_call), thought_signature, ..Part::default() })
}
