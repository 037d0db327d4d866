//! The results of tools that the vendor ran, back in its own words.

use aqueduct_spec::language::{ToolResultOutput, ToolResultPart};
use aqueduct_spec::{Error, JsonObject, Result};
use serde_json::{Value, json};

use super::assistant::caller;
use super::notes::Notes;
use crate::anthropic::messages::tool_names::ToolNames;
use crate::anthropic::messages::wire::{Block, McpToolResultBlock, ServerToolResultBlock};

/// The result of a tool of an MCP server.
pub(super) fn mcp(part: &ToolResultPart, mark: Option<Value>, notes: &mut Notes) -> Option<Block> {
    let (value, is_error) = match &part.output {
        ToolResultOutput::Json(output) => (&output.value, false),
        ToolResultOutput::ErrorJson(output) => (&output.value, true),
        _ => {
            unsupported(part, notes);
            return None;
        }
    };
    let mut block = McpToolResultBlock::new(part.tool_call_id.as_str());
    block.is_error = Some(is_error);
    block.content = Some(value.clone());
    block.cache_control = mark;
    Some(Block::McpToolResult(block))
}

/// The result of one of the vendor's own tools.
pub(super) fn encode(
    part: &ToolResultPart,
    names: &ToolNames,
    mark: Option<Value>,
    notes: &mut Notes,
) -> Result<Option<Block>> {
    let content = match names.vendor(&part.tool_name) {
        "code_execution" => return Ok(code(part, notes)?.map(|result| result.block(part, mark))),
        "web_fetch" => web(part, "web_fetch_tool_result_error", fetched)?,
        "web_search" => web(part, "web_search_tool_result_error", found)?,
        "tool_search_tool_regex" | "tool_search_tool_bm25" => match &part.output {
            ToolResultOutput::Json(output) => Some(tools_found(part, &output.value)?),
            _ => None,
        },
        "advisor" => match &part.output {
            ToolResultOutput::Json(output) => Some(advice(part, &output.value)?),
            ToolResultOutput::ErrorJson(output) => Some(advice(part, &output.value)?),
            _ => None,
        },
        _ => {
            notes.warn(format!(
                "provider executed tool result for tool {} is not supported",
                part.tool_name
            ));
            return Ok(None);
        }
    };
    let Some(content) = content else {
        unsupported(part, notes);
        return Ok(None);
    };
    let mut block = ServerToolResultBlock::new(part.tool_call_id.as_str(), content);
    block.cache_control = mark;
    Ok(Some(match names.vendor(&part.tool_name) {
        "web_fetch" => {
            block.caller = caller(part.provider_options.as_ref());
            Block::WebFetchToolResult(block)
        }
        "web_search" => {
            block.caller = caller(part.provider_options.as_ref());
            Block::WebSearchToolResult(block)
        }
        "advisor" => Block::AdvisorToolResult(block),
        _ => Block::ToolSearchToolResult(block),
    }))
}

fn unsupported(part: &ToolResultPart, notes: &mut Notes) {
    notes.warn(format!(
        "provider executed tool result output type {} for tool {} is not supported",
        part.output.tag(),
        part.tool_name
    ));
}

fn invalid(part: &ToolResultPart, what: &str) -> Error {
    Error::invalid_prompt(format!(
        "the result of tool '{}' in the prompt cannot be sent back: {what}",
        part.tool_name
    ))
}

fn text<'a>(part: &ToolResultPart, value: &'a Value, path: &str) -> Result<&'a str> {
    let found = value.pointer(path).and_then(Value::as_str);
    found.ok_or_else(|| invalid(part, &format!("it has no text at '{path}'")))
}

fn list<'a>(part: &ToolResultPart, value: &'a Value) -> Result<&'a Vec<Value>> {
    value.as_array().ok_or_else(|| invalid(part, "it is no list"))
}

// === the web ===

type Encode = fn(&ToolResultPart, &Value) -> Result<Value>;

fn web(part: &ToolResultPart, error_kind: &str, encode: Encode) -> Result<Option<Value>> {
    Ok(match &part.output {
        ToolResultOutput::Json(output) => Some(encode(part, &output.value)?),
        ToolResultOutput::ErrorJson(output) => {
            let code = error_code(&output.value).unwrap_or_else(|| "unavailable".to_owned());
            Some(json!({ "type": error_kind, "error_code": code }))
        }
        _ => None,
    })
}

/// What failed: in an object, or in the text of one.
fn error_info(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        other => other.clone(),
    }
}

fn error_code(value: &Value) -> Option<String> {
    Some(error_info(value).get("errorCode")?.as_str()?.to_owned())
}

fn fetched(part: &ToolResultPart, value: &Value) -> Result<Value> {
    let mut content = JsonObject::new();
    content.insert("type".to_owned(), "document".into());
    content
        .insert("title".to_owned(), value.pointer("/content/title").cloned().unwrap_or_default());
    if let Some(citations) = value.pointer("/content/citations") {
        content.insert("citations".to_owned(), citations.clone());
    }
    content.insert(
        "source".to_owned(),
        json!({
            "type": text(part, value, "/content/source/type")?,
            "media_type": text(part, value, "/content/source/mediaType")?,
            "data": text(part, value, "/content/source/data")?,
        }),
    );
    Ok(json!({
        "type": "web_fetch_result",
        "url": text(part, value, "/url")?,
        "retrieved_at": value.get("retrievedAt").cloned().unwrap_or_default(),
        "content": content,
    }))
}

fn found(part: &ToolResultPart, value: &Value) -> Result<Value> {
    let page = |page: &Value| {
        Ok(json!({
            "url": text(part, page, "/url")?,
            "title": page.get("title").cloned().unwrap_or_default(),
            "page_age": page.get("pageAge").cloned().unwrap_or_default(),
            "encrypted_content": text(part, page, "/encryptedContent")?,
            "type": text(part, page, "/type")?,
        }))
    };
    list(part, value)?.iter().map(page).collect()
}

// === other tools ===

fn tools_found(part: &ToolResultPart, value: &Value) -> Result<Value> {
    let tool = |tool: &Value| {
        Ok(json!({ "type": "tool_reference", "tool_name": text(part, tool, "/toolName")? }))
    };
    let tools: Value = list(part, value)?.iter().map(tool).collect::<Result<_>>()?;
    Ok(json!({ "type": "tool_search_tool_search_result", "tool_references": tools }))
}

fn advice(part: &ToolResultPart, value: &Value) -> Result<Value> {
    let kind = text(part, value, "/type")?;
    let mut advice = JsonObject::new();
    advice.insert("type".to_owned(), kind.into());
    let (name, path) = match kind {
        "advisor_result" => ("text", "/text"),
        "advisor_redacted_result" => ("encrypted_content", "/encryptedContent"),
        "advisor_tool_result_error" => ("error_code", "/errorCode"),
        _ => return Err(invalid(part, &format!("'{kind}' is no kind of advice"))),
    };
    advice.insert(name.to_owned(), text(part, value, path)?.into());
    if name != "error_code"
        && let Some(reason) = value.get("stopReason").filter(|reason| !reason.is_null())
    {
        advice.insert("stop_reason".to_owned(), reason.clone());
    }
    Ok(Value::Object(advice))
}

// === code ===

/// The block that a result of code belongs into, and what stands in it.
struct CodeResult {
    wrap: fn(ServerToolResultBlock) -> Block,
    content: Value,
}

impl CodeResult {
    fn block(self, part: &ToolResultPart, mark: Option<Value>) -> Block {
        let mut block = ServerToolResultBlock::new(part.tool_call_id.as_str(), self.content);
        block.cache_control = mark;
        (self.wrap)(block)
    }
}

/// What a field of a result must be.
#[derive(Clone, Copy)]
enum Field {
    Text,
    Number,
    Bool,
    /// A list of files; none if absent.
    Files,
    Any,
}

impl Field {
    fn admits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Number => value.is_number(),
            Self::Bool => value.is_boolean(),
            Self::Files => value.is_array(),
            Self::Any => true,
        }
    }
}

/// The results of code by their `type`: the block they belong into, and their fields in the order in which they are written,
/// which caches of prompts rely on.
type CodeShape =
    (&'static str, fn(ServerToolResultBlock) -> Block, &'static [(&'static str, Field)]);

const CODE_RESULTS: &[CodeShape] = &[
    (
        "code_execution_result",
        Block::CodeExecutionToolResult,
        &[
            ("stdout", Field::Text),
            ("stderr", Field::Text),
            ("return_code", Field::Number),
            ("content", Field::Files),
        ],
    ),
    (
        "encrypted_code_execution_result",
        Block::CodeExecutionToolResult,
        &[
            ("encrypted_stdout", Field::Text),
            ("stderr", Field::Text),
            ("return_code", Field::Number),
            ("content", Field::Files),
        ],
    ),
    (
        "bash_code_execution_result",
        Block::BashCodeExecutionToolResult,
        &[
            ("stdout", Field::Text),
            ("stderr", Field::Text),
            ("return_code", Field::Number),
            ("content", Field::Files),
        ],
    ),
    (
        "bash_code_execution_tool_result_error",
        Block::BashCodeExecutionToolResult,
        &[("error_code", Field::Text)],
    ),
    (
        "text_editor_code_execution_tool_result_error",
        Block::TextEditorCodeExecutionToolResult,
        &[("error_code", Field::Text)],
    ),
    (
        "text_editor_code_execution_view_result",
        Block::TextEditorCodeExecutionToolResult,
        &[
            ("content", Field::Text),
            ("file_type", Field::Text),
            ("num_lines", Field::Any),
            ("start_line", Field::Any),
            ("total_lines", Field::Any),
        ],
    ),
    (
        "text_editor_code_execution_create_result",
        Block::TextEditorCodeExecutionToolResult,
        &[("is_file_update", Field::Bool)],
    ),
    (
        "text_editor_code_execution_str_replace_result",
        Block::TextEditorCodeExecutionToolResult,
        &[
            ("lines", Field::Any),
            ("new_lines", Field::Any),
            ("new_start", Field::Any),
            ("old_lines", Field::Any),
            ("old_start", Field::Any),
        ],
    ),
];

fn code(part: &ToolResultPart, notes: &mut Notes) -> Result<Option<CodeResult>> {
    let value = match &part.output {
        ToolResultOutput::Json(output) => &output.value,
        ToolResultOutput::ErrorText(output) => {
            return Ok(Some(code_error(&Value::from(output.value.as_str()))));
        }
        ToolResultOutput::ErrorJson(output) => return Ok(Some(code_error(&output.value))),
        _ => {
            unsupported(part, notes);
            return Ok(None);
        }
    };
    let Some(kind) = value.get("type").and_then(Value::as_str) else {
        notes.warn(format!(
            "provider executed tool result output value is not a valid code execution result for tool {}",
            part.tool_name
        ));
        return Ok(None);
    };
    let shape = CODE_RESULTS.iter().find(|(name, _, _)| *name == kind);
    let (_, wrap, fields) =
        shape.ok_or_else(|| invalid(part, &format!("'{kind}' is no kind of result")))?;
    let mut content = JsonObject::new();
    content.insert("type".to_owned(), kind.into());
    for (name, field) in *fields {
        let value = match (value.get(name), field) {
            (Some(value), field) if field.admits(value) => value.clone(),
            (None, Field::Files) => Value::Array(Vec::new()),
            (None, Field::Any) => Value::Null,
            _ => return Err(invalid(part, &format!("field '{name}' is missing or wrong"))),
        };
        content.insert((*name).to_owned(), value);
    }
    Ok(Some(CodeResult { wrap: *wrap, content: Value::Object(content) }))
}

fn code_error(value: &Value) -> CodeResult {
    let info = error_info(value);
    let text = |name| info.get(name).and_then(Value::as_str);
    let code = text("errorCode").unwrap_or("unknown");
    let own = "code_execution_tool_result_error";
    let (wrap, kind): (fn(_) -> _, _) = if text("type") == Some(own) {
        (Block::CodeExecutionToolResult, own)
    } else {
        (Block::BashCodeExecutionToolResult, "bash_code_execution_tool_result_error")
    };
    CodeResult { wrap, content: json!({ "type": kind, "error_code": code }) }
}
