//! The tools that OpenAI has itself: their ids and fields, in the caller's words and in the host's.
//!
//! Source: <https://platform.openai.com/docs/guides/tools> (2026-11).

use aqueduct_spec::JsonObject;
use serde_json::Value;

/// A tool of the host's.
#[derive(Debug)]
#[non_exhaustive]
pub struct HostedTool {
    /// The id in a call: `openai.web_search`.
    pub id: &'static str,
    /// The type in a request: `web_search`.
    pub kind: &'static str,
    /// The settings that have another name in a request, or hold some that have.
    pub fields: &'static [Field],
}

/// A field in the caller's words and in the host's.
#[derive(Debug)]
#[non_exhaustive]
pub struct Field {
    /// The caller's name: `searchContextSize`.
    pub ours: &'static str,
    /// The host's name: `search_context_size`.
    pub theirs: &'static str,
    /// The fields within it.
    pub fields: &'static [Self],
}

const fn field(ours: &'static str, theirs: &'static str) -> Field {
    Field { ours, theirs, fields: &[] }
}

const fn group(ours: &'static str, theirs: &'static str, fields: &'static [Field]) -> Field {
    Field { ours, theirs, fields }
}

const fn tool(id: &'static str, kind: &'static str, fields: &'static [Field]) -> HostedTool {
    HostedTool { id, kind, fields }
}

/// All of them.
pub static HOSTED_TOOLS: &[HostedTool] = &[
    tool("openai.apply_patch", "apply_patch", &[]),
    tool(
        "openai.code_interpreter",
        "code_interpreter",
        &[group("container", "container", &[field("fileIds", "file_ids")])],
    ),
    tool("openai.computer", "computer", &[]),
    tool("openai.custom", "custom", &[]),
    tool(
        "openai.file_search",
        "file_search",
        &[
            field("vectorStoreIds", "vector_store_ids"),
            field("maxNumResults", "max_num_results"),
            group("ranking", "ranking_options", &[field("scoreThreshold", "score_threshold")]),
        ],
    ),
    tool(
        "openai.image_generation",
        "image_generation",
        &[
            field("inputFidelity", "input_fidelity"),
            group(
                "inputImageMask",
                "input_image_mask",
                &[field("fileId", "file_id"), field("imageUrl", "image_url")],
            ),
            field("partialImages", "partial_images"),
            field("outputCompression", "output_compression"),
            field("outputFormat", "output_format"),
        ],
    ),
    tool("openai.local_shell", "local_shell", &[]),
    tool(
        "openai.mcp",
        "mcp",
        &[
            field("serverLabel", "server_label"),
            group(
                "allowedTools",
                "allowed_tools",
                &[field("readOnly", "read_only"), field("toolNames", "tool_names")],
            ),
            field("connectorId", "connector_id"),
            group(
                "requireApproval",
                "require_approval",
                &[group("never", "never", &[field("toolNames", "tool_names")])],
            ),
            field("serverDescription", "server_description"),
            field("serverUrl", "server_url"),
        ],
    ),
    tool("openai.programmatic_tool_calling", "programmatic_tool_calling", &[]),
    tool("openai.shell", "shell", SHELL),
    tool("openai.tool_search", "tool_search", &[]),
    tool(
        "openai.web_search",
        "web_search",
        &[
            group(
                "filters",
                "filters",
                &[
                    field("allowedDomains", "allowed_domains"),
                    field("blockedDomains", "blocked_domains"),
                ],
            ),
            field("externalWebAccess", "external_web_access"),
            field("searchContextSize", "search_context_size"),
            field("userLocation", "user_location"),
        ],
    ),
    tool(
        "openai.web_search_preview",
        "web_search_preview",
        &[
            field("searchContextSize", "search_context_size"),
            field("userLocation", "user_location"),
        ],
    ),
];

const SHELL: &[Field] = &[group(
    "environment",
    "environment",
    &[
        field("containerId", "container_id"),
        field("fileIds", "file_ids"),
        field("memoryLimit", "memory_limit"),
        group(
            "networkPolicy",
            "network_policy",
            &[field("allowedDomains", "allowed_domains"), field("domainSecrets", "domain_secrets")],
        ),
        group(
            "skills",
            "skills",
            &[
                field("skillId", "skill_id"),
                group("source", "source", &[field("mediaType", "media_type")]),
            ],
        ),
    ],
)];

/// The fields of a command on the caller's machine.
pub static LOCAL_SHELL_ACTION: &[Field] =
    &[field("timeoutMs", "timeout_ms"), field("workingDirectory", "working_directory")];

/// The fields of commands.
pub static SHELL_ACTION: &[Field] =
    &[field("timeoutMs", "timeout_ms"), field("maxOutputLength", "max_output_length")];

/// The fields of something to do with a computer.
pub static COMPUTER_ACTION: &[Field] =
    &[field("scrollX", "scroll_x"), field("scrollY", "scroll_y")];

/// The fields of a picture of a screen.
pub static SCREENSHOT: &[Field] = &[field("imageUrl", "image_url"), field("fileId", "file_id")];

/// The fields of how a command ended.
pub static OUTCOME: &[Field] = &[field("exitCode", "exit_code")];

/// The fields of what a search of files found.
pub static FILE_SEARCH_RESULT: &[Field] = &[field("fileId", "file_id")];

/// Finds a tool by its id in a call.
pub fn find(id: &str) -> Option<&'static HostedTool> {
    HOSTED_TOOLS.iter().find(|tool| tool.id == id)
}

/// Finds a tool by its type in a request.
pub fn find_kind(kind: &str) -> Option<&'static HostedTool> {
    HOSTED_TOOLS.iter().find(|tool| tool.kind == kind)
}

/// Gives fields the host's names. What is `null` is left out, what is not listed keeps its name.
pub fn to_theirs(object: &JsonObject, fields: &[Field]) -> JsonObject {
    renamed(object, fields, |field| (field.ours, field.theirs))
}

/// Gives fields the caller's names. What is `null` is left out, what is not listed keeps its name.
pub fn to_ours(object: &JsonObject, fields: &[Field]) -> JsonObject {
    renamed(object, fields, |field| (field.theirs, field.ours))
}

fn renamed(
    object: &JsonObject,
    fields: &[Field],
    names: fn(&Field) -> (&'static str, &'static str),
) -> JsonObject {
    let mut out = JsonObject::new();
    for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        let field = fields.iter().find(|field| names(field).0 == name);
        let within = |value: &Value| match (value, field) {
            (Value::Object(object), Some(field)) if !field.fields.is_empty() => {
                Value::Object(renamed(object, field.fields, names))
            }
            (value, _) => value.clone(),
        };
        let value = match value {
            Value::Array(items) => items.iter().map(within).collect(),
            value => within(value),
        };
        out.insert(field.map_or(name.as_str(), |field| names(field).1).to_owned(), value);
    }
    out
}
