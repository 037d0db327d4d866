//! The items that a conversation is made of: those of the caller's and those of the model's.

use aqueduct_spec::JsonObject;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::Content;
use super::shape::{objects, union};

/// Declares the items: those told apart by `type`, and messages, which may come without one.
macro_rules! items {
    ($( $(#[$meta:meta])* $variant:ident($type:ty) = $value:literal, )+) => {
        union! {
            /// An item that says its type; [`Item`] is what to use.
            Typed { $( $(#[$meta])* $variant($type) = $value, )+ }
        }

        /// An item of a conversation.
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum Item {
            /// A message. Its type may be left out.
            Message(Message),
            $( $(#[$meta])* $variant($type), )+
            /// A kind this version does not know, as it came.
            Unknown(JsonObject),
        }

        impl Item {
            /// The value of `type`.
            pub fn tag(&self) -> &str {
                match self {
                    Self::Message(_) => "message",
                    $( Self::$variant(_) => $value, )+
                    Self::Unknown(object) => object.get("type").and_then(Value::as_str).unwrap_or_default(),
                }
            }
        }

        impl Serialize for Item {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #[derive(Serialize)]
                struct Tagged<'a, T> {
                    r#type: &'static str,
                    #[serde(flatten)]
                    fields: &'a T,
                }
                match self {
                    Self::Message(message) => message.serialize(serializer),
                    $( Self::$variant(fields) => Tagged { r#type: $value, fields }.serialize(serializer), )+
                    Self::Unknown(object) => object.serialize(serializer),
                }
            }
        }

        impl From<Typed> for Item {
            fn from(typed: Typed) -> Self {
                match typed {
                    $( Typed::$variant(fields) => Self::$variant(fields), )+
                    Typed::Unknown(object) => Self::Unknown(object),
                }
            }
        }

        $( impl From<$type> for Item {
            fn from(fields: $type) -> Self {
                Self::$variant(fields)
            }
        } )+
    };
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = JsonObject::deserialize(deserializer)?;
        let tag = object.get("type").and_then(Value::as_str);
        let is_message = tag == Some("message") || (tag.is_none() && object.contains_key("role"));
        if !is_message {
            return Ok(Typed::from(object).into());
        }
        let object = Value::Object(object);
        Ok(match (Message::deserialize(&object), object) {
            (Ok(message), _) => Self::Message(message),
            (Err(_), Value::Object(object)) => Self::Unknown(object),
            (Err(error), _) => return Err(serde::de::Error::custom(error)),
        })
    }
}

impl From<Message> for Item {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}

items! {
    /// What the model thought.
    Reasoning(Reasoning) = "reasoning",
    /// A call of a function.
    FunctionCall(FunctionCall) = "function_call",
    /// The result of a function.
    FunctionCallOutput(FunctionCallOutput) = "function_call_output",
    /// A call of a tool that takes any text.
    CustomToolCall(CustomToolCall) = "custom_tool_call",
    /// The result of a tool that takes any text.
    CustomToolCallOutput(CustomToolCallOutput) = "custom_tool_call_output",
    /// The host searched the web.
    WebSearchCall(WebSearchCall) = "web_search_call",
    /// The host searched files.
    FileSearchCall(FileSearchCall) = "file_search_call",
    /// The host ran code.
    CodeInterpreterCall(CodeInterpreterCall) = "code_interpreter_call",
    /// The host made an image.
    ImageGenerationCall(ImageGenerationCall) = "image_generation_call",
    /// The model wants to use a computer.
    ComputerCall(ComputerCall) = "computer_call",
    /// What the computer shows.
    ComputerCallOutput(ComputerCallOutput) = "computer_call_output",
    /// The model wants to run a command on the caller's machine.
    LocalShellCall(LocalShellCall) = "local_shell_call",
    /// What the command gave.
    LocalShellCallOutput(LocalShellCallOutput) = "local_shell_call_output",
    /// The model wants to run commands.
    ShellCall(ShellCall) = "shell_call",
    /// What the commands gave.
    ShellCallOutput(ShellCallOutput) = "shell_call_output",
    /// The model wants to change a file.
    ApplyPatchCall(ApplyPatchCall) = "apply_patch_call",
    /// Whether the file was changed.
    ApplyPatchCallOutput(ApplyPatchCallOutput) = "apply_patch_call_output",
    /// The host called a tool of an MCP server.
    McpCall(McpCall) = "mcp_call",
    /// The tools of an MCP server.
    McpListTools(McpListTools) = "mcp_list_tools",
    /// The host asks whether it may call a tool of an MCP server.
    McpApprovalRequest(McpApprovalRequest) = "mcp_approval_request",
    /// Whether it may.
    McpApprovalResponse(McpApprovalResponse) = "mcp_approval_response",
    /// The model looks for tools.
    ToolSearchCall(ToolSearchCall) = "tool_search_call",
    /// The tools that were found.
    ToolSearchOutput(ToolSearchOutput) = "tool_search_output",
    /// A program of the model's that calls tools.
    Program(Program) = "program",
    /// What the program gave.
    ProgramOutput(ProgramOutput) = "program_output",
    /// A conversation made short.
    Compaction(Compaction) = "compaction",
    /// Makes the host shorten the conversation.
    CompactionTrigger(CompactionTrigger) = "compaction_trigger",
    /// An item that the host keeps.
    ItemReference(ItemReference) = "item_reference",
}

objects! {
    /// A message.
    Message {} {
        /// `message`, or nothing.
        #[serde(rename = "type")]
        kind: String,
        /// `system`, `developer`, `user` or `assistant`.
        role: String,
        /// The content.
        content: Content,
        /// Its id.
        id: String,
        /// `in_progress`, `completed` or `incomplete`.
        status: String,
        /// Whether it is on the way to the answer (`commentary`) or the answer (`final_answer`).
        phase: String,
    }
    /// What the model thought.
    Reasoning {} {
        /// Its id.
        id: String,
        /// The thoughts, in a form only the host can read.
        encrypted_content: String,
        /// The thoughts in short.
        summary: Vec<Summary>,
        /// The thoughts themselves (`reasoning_text`), where the host tells them.
        content: Vec<Summary>,
    }
    /// A thought in short.
    Summary {
        /// `summary_text`.
        #[serde(rename = "type")]
        kind: String,
        /// The thought.
        text: String,
    } {}
    /// A call of a function.
    FunctionCall {
        /// The id of the call, to be given with its result.
        call_id: String,
        /// The function.
        name: String,
        /// The arguments as JSON text.
        arguments: String,
    } {
        /// The id of the item.
        id: String,
        /// The namespace that the function is in.
        namespace: String,
        /// Who called it.
        caller: Caller,
        /// How far it is.
        status: String,
    }
    /// Who called a function.
    Caller {
        /// `direct` or `program`.
        #[serde(rename = "type")]
        kind: String,
    } {
        /// Which program.
        caller_id: String,
    }
    /// The result of a function.
    FunctionCallOutput {
        /// The call it belongs to.
        call_id: String,
        /// The result.
        output: Content,
    } {
        /// Who called the function.
        caller: Caller,
    }
    /// A call of a tool that takes any text.
    CustomToolCall {
        /// The id of the call.
        call_id: String,
        /// The tool.
        name: String,
        /// The text.
        input: String,
    } {
        /// The id of the item.
        id: String,
    }
    /// The result of a tool that takes any text.
    CustomToolCallOutput {
        /// The call it belongs to.
        call_id: String,
        /// The result.
        output: Content,
    } {}
    /// The host searched the web.
    WebSearchCall {
        /// The id.
        id: String,
    } {
        /// How far it is.
        status: String,
        /// What it did: `search`, `open_page` or `find_in_page`.
        action: JsonObject,
    }
    /// The host searched files.
    FileSearchCall {
        /// The id.
        id: String,
    } {
        /// What it looked for.
        queries: Vec<String>,
        /// What it found, if that was asked for.
        results: Vec<JsonObject>,
    }
    /// The host ran code.
    CodeInterpreterCall {
        /// The id.
        id: String,
        /// Where it ran.
        container_id: String,
    } {
        /// The code.
        code: String,
        /// What it gave, if that was asked for.
        outputs: Vec<Value>,
    }
    /// The host made an image.
    ImageGenerationCall {
        /// The id.
        id: String,
    } {
        /// The image in base64.
        result: String,
    }
    /// The model wants to use a computer.
    ComputerCall {
        /// The id of the item.
        id: String,
    } {
        /// The id of the call, to be given with its result.
        call_id: String,
        /// How far it is.
        status: String,
        /// What to do; older models.
        action: JsonObject,
        /// What to do, in order.
        actions: Vec<JsonObject>,
        /// What a person must see before it is done.
        pending_safety_checks: Vec<JsonObject>,
    }
    /// What the computer shows.
    ComputerCallOutput {
        /// The call it belongs to.
        call_id: String,
        /// The picture of the screen.
        output: JsonObject,
    } {
        /// What a person has seen.
        acknowledged_safety_checks: Vec<JsonObject>,
    }
    /// The model wants to run a command on the caller's machine.
    LocalShellCall {
        /// The id of the call.
        call_id: String,
        /// The command.
        action: JsonObject,
    } {
        /// The id of the item.
        id: String,
    }
    /// What a command gave.
    LocalShellCallOutput {
        /// The call it belongs to.
        call_id: String,
        /// What was written.
        output: String,
    } {}
    /// The model wants to run commands.
    ShellCall {
        /// The id of the call.
        call_id: String,
        /// The commands.
        action: JsonObject,
    } {
        /// The id of the item.
        id: String,
        /// How far it is.
        status: String,
    }
    /// What commands gave.
    ShellCallOutput {
        /// The call it belongs to.
        call_id: String,
        /// What each command gave.
        output: Vec<CallOutput>,
    } {
        /// The id of the item.
        id: String,
    }
    /// What one command gave.
    CallOutput {
        /// What it wrote.
        stdout: String,
        /// What it complained of.
        stderr: String,
    } {
        /// How it ended: `{"type": "exit", "exit_code"}` or `{"type": "timeout"}`.
        outcome: JsonObject,
    }
    /// The model wants to change a file.
    ApplyPatchCall {
        /// The id of the call.
        call_id: String,
        /// What to do: `create_file`, `update_file` or `delete_file`.
        operation: JsonObject,
    } {
        /// The id of the item.
        id: String,
        /// How far it is.
        status: String,
    }
    /// Whether a file was changed.
    ApplyPatchCallOutput {
        /// The call it belongs to.
        call_id: String,
        /// `completed` or `failed`.
        status: String,
    } {
        /// Words about it.
        output: String,
    }
    /// The host called a tool of an MCP server.
    McpCall {
        /// The id.
        id: String,
        /// The tool.
        name: String,
        /// The arguments as JSON text.
        arguments: String,
        /// The server.
        server_label: String,
    } {
        /// What it gave.
        output: String,
        /// What failed.
        error: Value,
        /// The question that was answered with yes.
        approval_request_id: String,
    }
    /// The tools of an MCP server.
    McpListTools {
        /// The id.
        id: String,
    } {
        /// The server.
        server_label: String,
        /// The tools.
        tools: Vec<JsonObject>,
    }
    /// The host asks whether it may call a tool of an MCP server.
    McpApprovalRequest {
        /// The id.
        id: String,
        /// The tool.
        name: String,
        /// The arguments as JSON text.
        arguments: String,
    } {
        /// The server.
        server_label: String,
        /// The id of the question, if it is not that of the item.
        approval_request_id: String,
    }
    /// Whether the host may call a tool of an MCP server.
    McpApprovalResponse {
        /// The question.
        approval_request_id: String,
        /// The answer.
        approve: bool,
    } {}
    /// The model looks for tools.
    ToolSearchCall {
        /// The id of the item.
        id: String,
        /// The id of the call; `null` if the host runs it.
        call_id: Option<String>,
    } {
        /// Who looks: `server` or `client`.
        execution: String,
        /// How far it is.
        status: String,
        /// What to look for.
        arguments: Value,
    }
    /// The tools that were found.
    ToolSearchOutput {} {
        /// The id of the item.
        id: String,
        /// Who looked: `server` or `client`.
        execution: String,
        /// The call it belongs to; `null` if the host ran it.
        #[serde(deserialize_with = "present")]
        call_id: Option<String>,
        /// How far it is.
        status: String,
        /// The tools.
        tools: Vec<JsonObject>,
    }
    /// A program of the model's that calls tools.
    Program {
        /// The id of the item.
        id: String,
        /// The id of the call.
        call_id: String,
        /// The program.
        code: String,
        /// The host's mark on it.
        fingerprint: String,
    } {}
    /// What a program gave.
    ProgramOutput {
        /// The id of the item.
        id: String,
        /// The call it belongs to.
        call_id: String,
        /// The result.
        result: String,
        /// `completed` or `incomplete`.
        status: String,
    } {}
    /// A conversation made short.
    Compaction {
        /// The id.
        id: String,
    } {
        /// What was said, in a form only the host can read.
        encrypted_content: String,
    }
    /// Makes the host shorten the conversation.
    CompactionTrigger {} {}
    /// An item that the host keeps.
    ItemReference {
        /// Its id.
        id: String,
    } {}
}

/// Tells `null` from nothing.
#[expect(clippy::option_option, reason = "both have a meaning to the host")]
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Message {
    /// A message of a role.
    pub fn new(role: &str, content: Content) -> Self {
        Self { role: Some(role.to_owned()), content: Some(content), ..Self::default() }
    }
}

impl Summary {
    /// A thought in short.
    pub fn new(text: impl Into<String>) -> Self {
        Self { kind: "summary_text".to_owned(), text: text.into(), rest: JsonObject::new() }
    }
}

impl ItemReference {
    /// An item that the host keeps.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), rest: JsonObject::new() }
    }
}
