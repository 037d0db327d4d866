//! Calls of tools that run at the host, in answers.

use aqueduct_spec::language::{CallOptions, Tool, ToolCall, ToolResult};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::openai::responses::wire::Item;

/// What the caller calls the tools of the host's.
#[derive(Debug, Clone, Default)]
pub(super) struct ToolNames {
    web_search: Option<String>,
    x_search: Option<String>,
    code_execution: Option<String>,
    mcp: Option<String>,
    file_search: Option<String>,
    image_generation: Option<String>,
}

impl ToolNames {
    pub(super) fn of(call: &CallOptions) -> Self {
        let name = |id: &str| {
            call.tools.iter().flatten().find_map(|tool| match tool {
                Tool::Provider(tool) if tool.id == id => Some(tool.name.clone()),
                _ => None,
            })
        };
        Self {
            web_search: name("xai.web_search"),
            x_search: name("xai.x_search"),
            code_execution: name("xai.code_execution"),
            mcp: name("xai.mcp"),
            file_search: name("xai.file_search"),
            image_generation: name("xai.image_generation"),
        }
    }

    pub(super) fn image_generation(&self) -> &str {
        self.image_generation.as_deref().unwrap_or("image_generation")
    }
}

/// The items that are such calls.
const KINDS: &[&str] = &[
    "code_execution_call",
    "code_interpreter_call",
    "custom_tool_call",
    "file_search_call",
    "image_generation_call",
    "mcp_call",
    "view_image_call",
    "view_x_video_call",
    "web_search_call",
    "x_search_call",
];

/// What the host names its searches, beside the tools themselves.
const WEB_SEARCHES: &[&str] = &["web_search", "web_search_with_snippets", "browse_page"];
const X_SEARCHES: &[&str] =
    &["x_user_search", "x_keyword_search", "x_semantic_search", "x_thread_fetch"];

/// A call of a tool that runs at the host. One shape for all of them.
#[derive(Debug, Deserialize)]
pub(super) struct HostedCall {
    #[serde(rename = "type")]
    kind: String,
    pub(super) id: String,
    status: Option<String>,
    name: Option<String>,
    arguments: Option<String>,
    input: Option<String>,
    queries: Option<Vec<String>>,
    results: Option<Vec<Found>>,
    prompt: Option<String>,
    result: Option<String>,
}

/// A place in a file that was searched.
#[derive(Debug, Deserialize)]
struct Found {
    file_id: String,
    filename: String,
    score: Value,
    text: String,
}

impl HostedCall {
    /// Reads an item; `None` if it is none of these calls, or has another shape.
    pub(super) fn read(item: &Item) -> Option<Self> {
        if !KINDS.contains(&item.tag()) {
            return None;
        }
        Self::deserialize(serde_json::to_value(item).ok()?).ok()
    }

    /// Whether the input is only complete when the item is.
    pub(super) fn is_told_late(&self) -> bool {
        self.kind == "custom_tool_call"
    }

    /// What the caller calls the tool.
    pub(super) fn tool_name<'a>(&'a self, names: &'a ToolNames) -> &'a str {
        let own = self.name.as_deref().unwrap_or_default();
        let (name, default) = match self.kind.as_str() {
            "file_search_call" => (&names.file_search, "file_search"),
            "image_generation_call" => return names.image_generation(),
            "web_search_call" => (&names.web_search, "web_search"),
            _ if WEB_SEARCHES.contains(&own) => (&names.web_search, "web_search"),
            "x_search_call" => (&names.x_search, "x_search"),
            _ if X_SEARCHES.contains(&own) => (&names.x_search, "x_search"),
            "code_interpreter_call" | "code_execution_call" => {
                (&names.code_execution, "code_execution")
            }
            _ if own == "code_execution" => (&names.code_execution, "code_execution"),
            "mcp_call" => (&names.mcp, if own.is_empty() { "mcp" } else { own }),
            kind if own.is_empty() => return kind.strip_suffix("_call").unwrap_or(kind),
            _ => return own,
        };
        name.as_deref().unwrap_or(default)
    }

    /// The input as JSON text.
    pub(super) fn input(&self) -> &str {
        let text = match self.kind.as_str() {
            "file_search_call" => None,
            "image_generation_call" => Some("{}"),
            "custom_tool_call" => self.input.as_deref(),
            _ => self.arguments.as_deref(),
        };
        text.unwrap_or_default()
    }

    /// The call as a part.
    pub(super) fn call(&self, names: &ToolNames) -> ToolCall {
        let mut call = ToolCall::new(&*self.id, self.tool_name(names), self.input());
        call.provider_executed = Some(true);
        call
    }

    /// What the tool gave; `None` for tools of whose results the host tells nothing.
    pub(super) fn result(&self, names: &ToolNames) -> Option<ToolResult> {
        let (result, is_error) = match self.kind.as_str() {
            "file_search_call" => (self.found(), None),
            "image_generation_call" => self.image(),
            _ => return None,
        };
        let mut part = ToolResult::new(&*self.id, self.tool_name(names), result);
        part.is_error = is_error;
        Some(part)
    }

    fn found(&self) -> Value {
        let results = self.results.as_ref().map(|results| {
            let results = results.iter().map(|it| {
                json!({ "fileId": it.file_id, "filename": it.filename, "score": it.score, "text": it.text })
            });
            results.collect::<Vec<_>>()
        });
        json!({ "queries": self.queries.as_deref().unwrap_or_default(), "results": results })
    }

    fn image(&self) -> (Value, Option<bool>) {
        match (&self.result, &self.prompt) {
            (Some(image), Some(prompt)) => (json!({ "result": image, "prompt": prompt }), None),
            (Some(image), None) => (json!({ "result": image }), None),
            (None, _) => {
                let status = self.status.as_deref().unwrap_or("unknown");
                let text = format!("Image generation failed (status: {status}).");
                (text.into(), Some(true))
            }
        }
    }
}
