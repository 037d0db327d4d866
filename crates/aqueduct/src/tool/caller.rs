//! Tools that call other tools: code that a model writes, run by the provider or here.
//!
//! Source: <https://ai-sdk.dev/docs/reference/ai-sdk-core/generate-text> (`experimental_toolCallers`, 2026-08).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aqueduct_spec::{Error, ProviderOptions, Result};

use super::Tool;

/// Who may call a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToolCaller {
    /// The model itself.
    Model,
    /// The code that a tool of this name runs.
    Tool(String),
}

impl From<&str> for ToolCaller {
    fn from(name: &str) -> Self {
        Self::Tool(name.to_owned())
    }
}

impl From<String> for ToolCaller {
    fn from(name: String) -> Self {
        Self::Tool(name)
    }
}

/// How a tool calls others.
#[derive(Clone)]
pub(super) enum CallerKind {
    /// The provider runs it and learns through options of the called tool that it may call it.
    Provider(Arc<dyn Fn(&mut ProviderOptions) + Send + Sync>),
    /// It runs here and is made anew with the tools that it may call.
    Local(Arc<Bind>),
}

type Bind = dyn Fn(&Tool, Vec<Tool>) -> Tool + Send + Sync;

impl Tool {
    /// Says that the provider runs this tool and lets it call others; `allow` writes into the options of a tool that it may be
    /// called by this one.
    #[must_use]
    pub fn calls_tools_at_provider(
        mut self,
        allow: impl Fn(&mut ProviderOptions) + Send + Sync + 'static,
    ) -> Self {
        self.caller = Some(CallerKind::Provider(Arc::new(allow)));
        self
    }

    /// Says that this tool calls others itself; `bind` makes it anew with the tools that it may call.
    #[must_use]
    pub fn calls_tools(
        mut self,
        bind: impl Fn(&Self, Vec<Self>) -> Self + Send + Sync + 'static,
    ) -> Self {
        self.caller = Some(CallerKind::Local(Arc::new(bind)));
        self
    }
}

/// Which tool may be called by whom; tools that are not named are called by the model.
pub(crate) type Callers = BTreeMap<String, Vec<ToolCaller>>;

/// Checks that the rules speak of tools that exist, and that callers can call.
pub(super) fn check(callers: &Callers, tools: &[Tool]) -> Result<()> {
    let find = |name: &str| tools.iter().find(|tool| tool.name() == name);
    for (name, callers) in callers {
        if find(name).is_none() {
            let message =
                format!("callers are named for tool '{name}', and there is none of that name");
            return Err(Error::invalid_request(message));
        }
        for caller in callers {
            if let ToolCaller::Tool(caller) = caller
                && find(caller).is_none_or(|tool| tool.caller.is_none())
            {
                let message =
                    format!("tool '{name}' cannot be called by '{caller}': that calls no tools");
                return Err(Error::invalid_request(message));
            }
        }
    }
    Ok(())
}

/// Applies the rules: returns the tools, those that run here bound to what they may call, and the names of those that a model
/// is not told of.
pub(super) fn bind(callers: &Callers, tools: &[Tool]) -> (Vec<Tool>, BTreeSet<String>) {
    let mut bound = tools.to_vec();
    let mut hidden = BTreeSet::new();
    let mut called_here: BTreeMap<&str, Vec<Tool>> = BTreeMap::new();
    for (name, callers) in callers {
        let Some(tool) = bound.iter_mut().find(|tool| tool.name() == name) else { continue };
        let mut is_shown = false;
        for caller in callers {
            let ToolCaller::Tool(caller) = caller else {
                is_shown = true;
                continue;
            };
            match tools
                .iter()
                .find(|tool| tool.name() == caller)
                .and_then(|tool| tool.caller.as_ref())
            {
                Some(CallerKind::Provider(allow)) => {
                    is_shown = true;
                    *tool = tool
                        .clone()
                        .function(|tool| allow(tool.provider_options.get_or_insert_default()));
                }
                Some(CallerKind::Local(_)) => {
                    called_here.entry(caller).or_default().push(tool.clone());
                }
                None => {}
            }
        }
        if !is_shown {
            hidden.insert(name.clone());
        }
    }
    for tool in &mut bound {
        if let Some(CallerKind::Local(bind)) = tool.caller.clone() {
            let called = called_here.remove(tool.name()).unwrap_or_default();
            *tool = bind(tool, called);
        }
    }
    (bound, hidden)
}
