//! Tools: what a model may ask the program to do.
//!
//! A [`Tool`] is a name, a schema and, unless somebody else runs it, a function. Whatever goes wrong with one (unknown name,
//! input that does not fit, a function that fails) is a [`ToolFailure`] that the model gets to see: it never ends the loop.
//! A tool may want leave to run (`approval`), call other tools (`caller`) and work in a [`Sandbox`].

mod approval;
mod builder;
mod call;
mod caller;
mod canonical;
mod context;
mod definition;
mod execute;
mod failure;
mod fingerprint;
mod hooks;
mod output;
mod sandbox;
mod schema;
mod set;
mod signature;
mod typed;

pub use approval::{
    ApprovalQuestion, ToolApproval, ToolApprovalRequest, ToolApprovalResponse, ToolOutputDenied,
};
pub use aqueduct_spec::language::{ToolChoice, ToolResultOutput};
pub use call::{ToolCall, ToolError, ToolOutcome, ToolResult};
pub use caller::ToolCaller;
pub use context::{Contexts, Surroundings, ToolContext};
pub use definition::Tool;
pub use failure::{ToolFailure, ToolFailureKind};
pub use fingerprint::{ToolDrift, detect_tool_drift, fingerprint_tools};
pub use output::{Fallible, IntoToolOutput, Plain};
pub use sandbox::{ByteStream, Command, CommandOutput, Process, Sandbox};
pub use typed::TypedTool;

pub(crate) use approval::{ApprovalRules, ToolRule};
pub(crate) use definition::plain_model_output;
pub(crate) use execute::ToolEvent;
pub(crate) use schema::schema_of;
pub(crate) use set::ToolSet;
pub(crate) use signature::{ApprovalKey, SignedCall};
