//! The results of tools that the vendor ran.

use aqueduct_spec::language::{Content, ToolResult, UrlSource};
use aqueduct_spec::{Context, JsonObject};
use serde_json::{Value, json};

use super::blocks::Blocks;
use super::citation::CitedDocument;
use super::metadata;
use crate::anthropic::messages::wire::{Block, ServerToolResultBlock};

/// Reads a result; gives the block back if it is none.
pub(super) fn decode(
    blocks: &mut Blocks,
    block: Block,
    cx: &Context,
    out: &mut Vec<Content>,
) -> Option<Block> {
    match block {
        Block::WebFetchToolResult(block) => out.push(fetched(blocks, &block).into()),
        Block::WebSearchToolResult(block) => found(blocks, &block, cx, out),
        Block::CodeExecutionToolResult(block) => {
            let told = code(block.content);
            out.push(result(blocks, "code_execution", &block.tool_use_id, told).into());
        }
        Block::BashCodeExecutionToolResult(block)
        | Block::TextEditorCodeExecutionToolResult(block) => {
            let told = Told::success(block.content);
            out.push(result(blocks, "code_execution", &block.tool_use_id, told).into());
        }
        Block::ToolSearchToolResult(block) => {
            let search = blocks.search(&block.tool_use_id).to_owned();
            let told = tools_found(&block.content);
            out.push(result(blocks, &search, &block.tool_use_id, told).into());
        }
        Block::AdvisorToolResult(block) => {
            let told = advice(&block.content);
            out.push(result(blocks, "advisor", &block.tool_use_id, told).into());
        }
        other => return Some(other),
    }
    None
}

/// What is told of a result.
struct Told {
    value: Value,
    is_error: Option<bool>,
}

impl Told {
    fn success(value: Value) -> Self {
        Self { value, is_error: None }
    }

    fn error(kind: &str, content: &Value) -> Self {
        let mut out = JsonObject::new();
        out.insert("type".to_owned(), kind.into());
        if let Some(code) = content.get("error_code") {
            out.insert("errorCode".to_owned(), code.clone());
        }
        Self { value: Value::Object(out), is_error: Some(true) }
    }
}

fn result(blocks: &Blocks, vendor_name: &str, call_id: &str, told: Told) -> ToolResult {
    let name = blocks.reply.names.caller(vendor_name);
    let mut result = ToolResult::new(call_id, name, told.value);
    result.is_error = told.is_error;
    result
}

fn kind(content: &Value) -> &str {
    content.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// Puts fields into an object under other names; what is absent stays so.
fn renamed(content: &Value, fields: &[(&str, &str)]) -> JsonObject {
    fields
        .iter()
        .filter_map(|(name, path)| Some(((*name).to_owned(), content.pointer(path)?.clone())))
        .collect()
}

fn fetched(blocks: &mut Blocks, block: &ServerToolResultBlock) -> ToolResult {
    const ERROR: &str = "web_fetch_tool_result_error";
    let content = &block.content;
    let told = match kind(content) {
        ERROR => Told::error(ERROR, content),
        "web_fetch_result" => {
            let text = |path| content.pointer(path).and_then(Value::as_str);
            let title = text("/content/title").or_else(|| text("/url")).unwrap_or_default();
            blocks.reply.documents.push(CitedDocument {
                title: title.to_owned(),
                filename: None,
                media_type: text("/content/source/media_type").unwrap_or_default().to_owned(),
            });
            let mut page = renamed(
                content,
                &[("type", "/type"), ("url", "/url"), ("retrievedAt", "/retrieved_at")],
            );
            let mut document = renamed(
                content,
                &[
                    ("type", "/content/type"),
                    ("title", "/content/title"),
                    ("citations", "/content/citations"),
                ],
            );
            let source = renamed(
                content,
                &[
                    ("type", "/content/source/type"),
                    ("mediaType", "/content/source/media_type"),
                    ("data", "/content/source/data"),
                ],
            );
            document.insert("source".to_owned(), source.into());
            page.insert("content".to_owned(), document.into());
            Told::success(page.into())
        }
        _ => Told::success(content.clone()),
    };
    let mut result = result(blocks, "web_fetch", &block.tool_use_id, told);
    result.provider_metadata = metadata::caller(block.caller.as_ref());
    result
}

fn found(blocks: &Blocks, block: &ServerToolResultBlock, cx: &Context, out: &mut Vec<Content>) {
    const ERROR: &str = "web_search_tool_result_error";
    let pages = block.content.as_array();
    let told = match pages {
        Some(pages) => Told::success(pages.iter().map(page).collect()),
        None => Told::error(ERROR, &block.content),
    };
    let mut result = result(blocks, "web_search", &block.tool_use_id, told);
    result.provider_metadata = metadata::caller(block.caller.as_ref());
    out.push(result.into());
    for page in pages.into_iter().flatten() {
        let Some(url) = page.get("url").and_then(Value::as_str) else { continue };
        let mut source = UrlSource::new(cx.generate_id(), url);
        source.title = page.get("title").and_then(Value::as_str).map(str::to_owned);
        let age = page.get("page_age").cloned().unwrap_or_default();
        source.provider_metadata = Some(metadata::own(json!({ "pageAge": age })));
        out.push(Content::Source(source.into()));
    }
}

fn page(page: &Value) -> Value {
    let mut out = renamed(page, &[("url", "/url"), ("title", "/title")]);
    let age = page.get("page_age").cloned().unwrap_or_default();
    out.insert("pageAge".to_owned(), age);
    out.extend(renamed(page, &[("encryptedContent", "/encrypted_content"), ("type", "/type")]));
    Value::Object(out)
}

fn code(content: Value) -> Told {
    const ERROR: &str = "code_execution_tool_result_error";
    let stdout = match kind(&content) {
        ERROR => return Told::error(ERROR, &content),
        "code_execution_result" => ("stdout", "/stdout"),
        "encrypted_code_execution_result" => ("encrypted_stdout", "/encrypted_stdout"),
        _ => return Told::success(content),
    };
    let fields = [
        ("type", "/type"),
        stdout,
        ("stderr", "/stderr"),
        ("return_code", "/return_code"),
        ("content", "/content"),
    ];
    let mut out = renamed(&content, &fields);
    out.entry("content").or_insert_with(|| Value::Array(Vec::new()));
    Told::success(out.into())
}

fn tools_found(content: &Value) -> Told {
    if kind(content) != "tool_search_tool_search_result" {
        return Told::error("tool_search_tool_result_error", content);
    }
    let tools = content.get("tool_references").and_then(Value::as_array);
    let tool =
        |tool| Value::Object(renamed(tool, &[("type", "/type"), ("toolName", "/tool_name")]));
    Told::success(tools.into_iter().flatten().map(tool).collect())
}

fn advice(content: &Value) -> Told {
    let text = match kind(content) {
        "advisor_result" => ("text", "/text"),
        "advisor_redacted_result" => ("encryptedContent", "/encrypted_content"),
        _ => return Told::error("advisor_tool_result_error", content),
    };
    let mut out = renamed(content, &[("type", "/type"), text]);
    if let Some(reason) = content.get("stop_reason").filter(|reason| !reason.is_null()) {
        out.insert("stopReason".to_owned(), reason.clone());
    }
    Told::success(out.into())
}
