//! What the caller calls the host's own tools, and what the host calls them.

use aqueduct_spec::language::Tool;

use super::tools::{self, HostedTool};

/// The names of the host's own tools in one call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ToolNames {
    /// The caller's name and the host's.
    pairs: Vec<(String, &'static str)>,
}

impl ToolNames {
    pub(crate) fn new(tools: &[Tool]) -> Self {
        let pair = |tool: &Tool| match tool {
            Tool::Provider(tool) => {
                let hosted: &HostedTool = tools::find(&tool.id)?;
                (hosted.kind != "custom").then(|| (tool.name.clone(), hosted.kind))
            }
            _ => None,
        };
        Self { pairs: tools.iter().filter_map(pair).collect() }
    }

    /// The host's name of a tool; that of a function is the caller's.
    pub(crate) fn theirs<'a>(&self, name: &'a str) -> &'a str {
        self.pairs.iter().rev().find(|(ours, _)| ours == name).map_or(name, |(_, theirs)| theirs)
    }

    /// The caller's name of a tool of the host's.
    pub(crate) fn ours<'a>(&'a self, name: &'a str) -> &'a str {
        self.pairs.iter().rev().find(|(_, theirs)| *theirs == name).map_or(name, |(ours, _)| ours)
    }
}
