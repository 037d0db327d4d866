//! Results of tools.

use aqueduct_spec::language::{OutputPart, ToolResultOutput, ToolResultPart};
use aqueduct_spec::{Error, FileData, Result, media_type};
use serde::Serialize;
use serde_json::{Value, json};

use super::part_options::ServerTool;
use crate::google::generate_content::capabilities::Capabilities;
use crate::google::generate_content::dialect::Dialect;
use crate::google::generate_content::wire::{FunctionResponse, Part, ServerToolResponse};

/// What a tool of the vendor's returned, as it came.
pub(super) fn of_server(
    output: &ToolResultOutput,
    tool: ServerTool,
    thought_signature: Option<String>,
) -> Part {
    let response = match output {
        ToolResultOutput::Json(output) => output.value.clone(),
        _ => json!({}),
    };
    let tool_response = ServerToolResponse {
        tool_type: tool.kind,
        response: Some(response),
        id: Some(tool.id),
        ..ServerToolResponse::default()
    };
    Part { tool_response: Some(tool_response), thought_signature, ..Part::default() }
}

/// What a function of the client's returned.
pub(super) fn encode(
    result: &ToolResultPart,
    capabilities: Capabilities,
    dialect: &Dialect,
    parts: &mut Vec<Part>,
) -> Result<()> {
    let content = match &result.output {
        ToolResultOutput::Content(content) if capabilities.gemini_3 => {
            let (content, files) = with_files(&content.value)?;
            let mut part = response(result, &content, dialect);
            if let Some(response) = part.function_response.as_mut().filter(|_| !files.is_empty()) {
                response.parts = Some(files);
            }
            parts.push(part);
            return Ok(());
        }
        ToolResultOutput::Content(content) => {
            for item in &content.value {
                beside(item, result, dialect, parts)?;
            }
            return Ok(());
        }
        ToolResultOutput::ExecutionDenied(denied) => {
            denied.reason.as_deref().unwrap_or("Tool call execution denied.").into()
        }
        ToolResultOutput::Text(output) => output.value.as_str().into(),
        ToolResultOutput::ErrorText(output) => output.value.as_str().into(),
        ToolResultOutput::Json(output) => output.value.clone(),
        ToolResultOutput::ErrorJson(output) => output.value.clone(),
        other => {
            return Err(Error::unsupported(format_args!("tool results of type {}", other.tag())));
        }
    };
    parts.push(response(result, &content, dialect));
    Ok(())
}

fn response(result: &ToolResultPart, content: &Value, dialect: &Dialect) -> Part {
    let function_response = FunctionResponse {
        id: (!dialect.is_vertex).then(|| result.tool_call_id.clone()),
        name: result.tool_name.clone(),
        response: json!({ "name": result.tool_name, "content": content }),
        ..FunctionResponse::default()
    };
    Part { function_response: Some(function_response), ..Part::default() }
}

/// The texts of a result, and its files for the place that Gemini 3 has for them.
fn with_files(content: &[OutputPart]) -> Result<(Value, Vec<Part>)> {
    let (mut texts, mut files) = (Vec::new(), Vec::new());
    for item in content {
        match item {
            OutputPart::Text(part) => texts.push(part.text.clone()),
            OutputPart::File(file) => match &file.data {
                FileData::Data(inline) => {
                    let media_type = media_type::resolve(&file.media_type, &file.data)?;
                    files.push(Part::inline(media_type, inline.data.to_base64()));
                }
                FileData::Url(url) => match data_url(&url.url) {
                    Some((media_type, data)) => files.push(Part::inline(media_type, data)),
                    None => texts.push(as_json(item)?),
                },
                _ => texts.push(as_json(item)?),
            },
            _ => texts.push(as_json(item)?),
        }
    }
    let text =
        if texts.is_empty() { "Tool executed successfully.".to_owned() } else { texts.join("\n") };
    Ok((text.into(), files))
}

/// Before Gemini 3 the files of a result stand beside it.
fn beside(
    item: &OutputPart,
    result: &ToolResultPart,
    dialect: &Dialect,
    parts: &mut Vec<Part>,
) -> Result<()> {
    match item {
        OutputPart::Text(part) => {
            parts.push(response(result, &part.text.as_str().into(), dialect));
        }
        OutputPart::File(file) if matches!(file.data, FileData::Data(_)) => {
            let FileData::Data(inline) = &file.data else { return Ok(()) };
            let media_type = media_type::resolve(&file.media_type, &file.data)?;
            parts.push(Part::inline(media_type, inline.data.to_base64()));
            let is_image = media_type::top_level(&file.media_type) == "image";
            let kind = if is_image { "image" } else { "file" };
            parts.push(Part::text(format!(
                "Tool executed successfully and returned this {kind} as a response"
            )));
        }
        _ => parts.push(Part::text(as_json(item)?)),
    }
    Ok(())
}

fn as_json(part: &impl Serialize) -> Result<String> {
    serde_json::to_string(part)
        .map_err(|error| Error::internal("cannot write a tool result").with_source(error))
}

/// The media type and the base64 of a `data:` URL.
fn data_url(url: &str) -> Option<(&str, &str)> {
    let (head, data) = url.strip_prefix("data:")?.split_once(',')?;
    let media_type = head.strip_suffix(";base64")?;
    let is_plain = !media_type.is_empty() && !media_type.contains(';') && !data.is_empty();
    is_plain.then_some((media_type, data))
}
