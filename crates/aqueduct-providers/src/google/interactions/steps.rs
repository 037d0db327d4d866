//! The steps of a whole answer.

use aqueduct_spec::language::{Content, File, Reasoning, Text, ToolCall, ToolResult};
use aqueduct_spec::{Context, FileData, JsonObject, ProviderMetadata};
use serde_json::{Value, json};

use super::account::{part_metadata, present};
use super::sources;

/// The content of an answer.
#[derive(Debug, Default)]
pub(super) struct Output {
    pub(super) content: Vec<Content>,
    pub(super) has_function_call: bool,
}

/// The vendor's tools, each with a step for a call and one for its result.
const VENDOR_TOOLS: [&str; 6] = [
    "google_search",
    "code_execution",
    "url_context",
    "file_search",
    "google_maps",
    "mcp_server_tool",
];

/// The tool of a step that is a call, by the step's type and its own name.
pub(super) fn called_tool(kind: &str, name: Option<&str>) -> Option<String> {
    tool_name(kind.strip_suffix("_call")?, name)
}

/// The tool of a step that is a result.
pub(super) fn answered_tool(kind: &str, name: Option<&str>) -> Option<String> {
    tool_name(kind.strip_suffix("_result")?, name)
}

fn tool_name(tool: &str, name: Option<&str>) -> Option<String> {
    if !VENDOR_TOOLS.contains(&tool) {
        return None;
    }
    let is_mcp = tool == "mcp_server_tool";
    Some(name.filter(|_| is_mcp).unwrap_or(tool).to_owned())
}

/// Reads the steps of an answer.
pub(super) fn read(steps: &[Value], id: Option<&str>, cx: &Context) -> Output {
    let mut output = Output::default();
    for step in steps {
        output.step(step, id, cx);
    }
    output
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

impl Output {
    fn step(&mut self, step: &Value, id: Option<&str>, cx: &Context) {
        let kind = text(step, "type").unwrap_or_default();
        match kind {
            "model_output" => {
                let blocks = step.get("content").and_then(Value::as_array);
                blocks.into_iter().flatten().for_each(|block| self.block(block, id, cx));
            }
            "thought" => {
                let summary = step.get("summary").and_then(Value::as_array);
                let texts = summary.into_iter().flatten().filter_map(summary_text);
                let mut content = Reasoning::new(texts.collect::<Vec<_>>().join("\n"));
                content.provider_metadata = part_metadata(id, text(step, "signature"));
                self.content.push(content.into());
            }
            "function_call" => {
                self.has_function_call = true;
                let call_id = present(step.get("id")).unwrap_or_else(|| cx.generate_id());
                let name = text(step, "name").unwrap_or("unknown");
                let mut call = ToolCall::new(call_id, name, arguments(step.get("arguments")));
                call.provider_metadata = part_metadata(id, text(step, "signature"));
                self.content.push(call.into());
            }
            _ => self.vendor_tool(kind, step, cx),
        }
    }

    fn block(&mut self, block: &Value, id: Option<&str>, cx: &Context) {
        match text(block, "type") {
            Some("text") => {
                let mut content = Text::new(text(block, "text").unwrap_or_default());
                content.provider_metadata = part_metadata(id, None);
                self.content.push(content.into());
                let sources = sources::of_annotations(block.get("annotations"), cx);
                self.content.extend(sources.into_iter().map(Content::from));
            }
            Some(kind @ ("image" | "video" | "audio")) => {
                self.content.extend(file(kind, block, part_metadata(id, None)).map(Content::from));
            }
            _ => {}
        }
    }

    fn vendor_tool(&mut self, kind: &str, step: &Value, cx: &Context) {
        let name = text(step, "name");
        if let Some(tool) = called_tool(kind, name) {
            let id = present(step.get("id")).unwrap_or_else(|| cx.generate_id());
            let mut call = ToolCall::new(id, tool, arguments(step.get("arguments")));
            call.provider_executed = Some(true);
            self.content.push(call.into());
        } else if let Some(tool) = answered_tool(kind, name) {
            let id = present(step.get("call_id")).unwrap_or_else(|| cx.generate_id());
            let result = step.get("result");
            let value = result.cloned().unwrap_or_default();
            self.content.push(ToolResult::new(id, tool, value).into());
            let sources = sources::of_result(kind, result, cx);
            self.content.extend(sources.into_iter().map(Content::from));
        }
    }
}

/// The text of an item of a summary.
pub(super) fn summary_text(item: &Value) -> Option<&str> {
    text(item, "text").filter(|_| text(item, "type") == Some("text"))
}

/// Arguments as text.
pub(super) fn arguments(arguments: Option<&Value>) -> String {
    match arguments {
        Some(arguments) if !arguments.is_null() => arguments.to_string(),
        _ => "{}".to_owned(),
    }
}

/// A file of an answer; `None` if it has neither bytes nor a place.
pub(super) fn file(kind: &str, block: &Value, metadata: Option<ProviderMetadata>) -> Option<File> {
    let given = |name: &str| text(block, name).filter(|text| !text.is_empty());
    let data = match given("data") {
        Some(data) => FileData::base64(data),
        None => FileData::url(given("uri")?),
    };
    let usual = match kind {
        "video" => "video/mp4",
        "audio" => "audio/wav",
        _ => "image/png",
    };
    let mut file = File::new(text(block, "mime_type").unwrap_or(usual), data);
    file.provider_metadata = metadata;
    Some(file)
}

/// An interaction as an object, whatever came.
pub(super) fn object(value: Option<&Value>) -> JsonObject {
    match value.unwrap_or(&json!({})) {
        Value::Object(object) => object.clone(),
        _ => JsonObject::new(),
    }
}
