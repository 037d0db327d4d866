//! What parts of a prompt carry of earlier answers.

use aqueduct_spec::{JsonObject, ProviderOptions};
use serde_json::Value;

use crate::google::generate_content::dialect::Dialect;

/// What a part of a prompt carries of an earlier answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct PartOptions<'a>(Option<&'a JsonObject>);

/// A call of a tool of the vendor's, as its answer named it.
pub(super) struct ServerTool {
    pub(super) id: String,
    pub(super) kind: String,
}

impl<'a> PartOptions<'a> {
    pub(super) fn of(options: Option<&'a ProviderOptions>, dialect: &Dialect) -> Self {
        Self(options.and_then(|options| dialect.keys().iter().find_map(|key| options.get(key))))
    }

    fn text(self, name: &str) -> Option<String> {
        match self.0?.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    pub(super) fn signature(self) -> Option<String> {
        self.text("thoughtSignature")
    }

    pub(super) fn is_thought(self) -> bool {
        self.0.and_then(|options| options.get("thought")) == Some(&Value::Bool(true))
    }

    pub(super) fn server_tool(self) -> Option<ServerTool> {
        let (id, kind) = (self.text("serverToolCallId")?, self.text("serverToolType")?);
        Some(ServerTool { id, kind })
    }
}
