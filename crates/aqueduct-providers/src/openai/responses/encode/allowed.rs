//! Which tools may be called in this turn, of all that are known.

use aqueduct_spec::{Error, JsonObject, Result, Warning};
use serde_json::{Value, json};

use super::super::options::AllowedTools;
use super::super::tool_names::ToolNames;
use super::tools::FunctionOptions;

/// How the tools of a call can be named in a list of allowed ones.
#[derive(Debug, Default)]
pub(super) struct Allowed {
    by_name: Vec<(String, Naming)>,
    /// By the host's name, where that is another one; of several tools it may be ambiguous.
    by_alias: Vec<(String, Option<Naming>)>,
}

/// How a tool is named in the list, or why it cannot be.
type Naming = Result<Value, String>;

impl Allowed {
    pub(super) fn function(&mut self, name: &str, options: &FunctionOptions) {
        let naming = if options.namespace.is_some() {
            Err("tools inside an OpenAI tool namespace are not visible to tool_choice.allowed_tools".to_owned())
        } else if options.defer_loading == Some(true) {
            Err("deferred tools are not visible to tool_choice.allowed_tools".to_owned())
        } else {
            Ok(json!({ "type": "function", "name": name }))
        };
        self.by_name.push((name.to_owned(), naming));
    }

    pub(super) fn hosted(&mut self, name: &str, alias: &str, tool: &JsonObject) {
        let kind = tool.get("type").and_then(Value::as_str).unwrap_or_default();
        let naming = match kind {
            "custom" => Ok(json!({ "type": kind, "name": tool.get("name") })),
            "mcp" => Ok(json!({ "type": kind, "server_label": tool.get("server_label") })),
            "tool_search" => {
                Err(format!("OpenAI does not support {kind} tools in tool_choice.allowed_tools"))
            }
            kind => Ok(json!({ "type": kind })),
        };
        if alias != name {
            match self.by_alias.iter_mut().find(|(known, _)| known == alias) {
                None => self.by_alias.push((alias.to_owned(), Some(naming.clone()))),
                Some((_, known)) if known.as_ref() == Some(&naming) => {}
                Some((_, known)) => *known = None,
            }
        }
        self.by_name.push((name.to_owned(), naming));
    }

    /// The choice for a request.
    ///
    /// # Errors
    /// `Unsupported` if no tool is left.
    pub(super) fn choice(
        &self,
        allowed: &AllowedTools,
        names: &ToolNames,
        warnings: &mut Vec<Warning>,
    ) -> Result<Value> {
        let mut entries = Vec::new();
        let mut dropped = Vec::new();
        for name in &allowed.tool_names {
            let feature = format!("allowedTools entry \"{name}\"");
            let mut warn = |details: String| {
                warnings.push(Warning::unsupported_because(feature.as_str(), details));
            };
            let direct = self.by_name.iter().rev().find(|(known, _)| known == name);
            let alias = self.by_alias.iter().find(|(known, _)| known == name);
            if direct.is_some() && alias.is_some() {
                warn("this name is both a tool name and the provider tool name of another tool in this request; the tool with this name is allowed".to_owned());
            }
            match (direct.map(|(_, naming)| naming), alias.map(|(_, naming)| naming.as_ref())) {
                (Some(Ok(entry)), _) | (None, Some(Some(Ok(entry)))) => entries.push(entry.clone()),
                (Some(Err(reason)), _) | (None, Some(Some(Err(reason)))) => {
                    warn(format!("{reason}; the tool is removed from the allowed tools"));
                    dropped.push(name.as_str());
                }
                (None, Some(None)) => {
                    warn("several tools in this request share this provider tool name; use the tool name from the tools for this request instead".to_owned());
                    dropped.push(name.as_str());
                }
                (None, None) => {
                    warn("the tool is not part of the tools for this request and is sent as a function tool".to_owned());
                    entries.push(json!({ "type": "function", "name": names.theirs(name) }));
                }
            }
        }
        if entries.is_empty() {
            return Err(Error::unsupported(format_args!(
                "allowedTools with only tools that cannot be allow-listed ({})",
                dropped.join(", ")
            )));
        }
        let mode = allowed.mode.as_deref().unwrap_or("auto");
        Ok(json!({ "type": "allowed_tools", "mode": mode, "tools": entries }))
    }
}
