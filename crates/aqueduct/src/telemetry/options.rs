//! What a request says about its telemetry.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aqueduct_spec::JsonObject;

use super::{Telemetry, registered};
use crate::tool::Contexts;

/// What a request says about its telemetry.
///
/// ```
/// use aqueduct::telemetry::{GenAiSpans, TelemetryOptions};
///
/// let telemetry = TelemetryOptions::new()
///     .function_id("support-chat")
///     .record_inputs(true)
///     .record_outputs(true)
///     .integration(GenAiSpans::new());
/// # let request = aqueduct::generate_text("groq/llama-3.3-70b-versatile");
/// let request = request.telemetry(telemetry);
/// # let _ = request;
/// ```
#[derive(Clone, Default)]
pub struct TelemetryOptions {
    is_disabled: bool,
    pub(super) record_inputs: bool,
    pub(super) record_outputs: bool,
    pub(super) function_id: Option<String>,
    pub(super) included: IncludedContexts,
    /// `None`: those that are registered.
    integrations: Option<Vec<Arc<dyn Telemetry>>>,
}

impl TelemetryOptions {
    /// Begins with the defaults: the registered integrations, which keep neither prompts nor answers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether there is telemetry at all. Default: if there is an integration.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.is_disabled = !enabled;
        self
    }

    /// Sets whether integrations may keep prompts and inputs of tools. Default: no.
    pub fn record_inputs(mut self, record: bool) -> Self {
        self.record_inputs = record;
        self
    }

    /// Sets whether integrations may keep answers and results of tools. Default: no.
    pub fn record_outputs(mut self, record: bool) -> Self {
        self.record_outputs = record;
        self
    }

    /// Names this use of a model, to tell it from others.
    pub fn function_id(mut self, id: impl Into<String>) -> Self {
        self.function_id = Some(id.into());
        self
    }

    /// Picks what integrations may keep of the runtime context, which has this type. Default: nothing.
    pub fn include_runtime_context<T: Any>(
        mut self,
        pick: impl Fn(&T) -> JsonObject + Send + Sync + 'static,
    ) -> Self {
        self.included.runtime =
            Some(Arc::new(move |contexts| contexts.runtime::<T>().ok().map(&pick)));
        self
    }

    /// Picks what integrations may keep of a tool's context, which has this type. Default: nothing.
    pub fn include_tool_context<T: Any>(
        mut self,
        tool: impl Into<String>,
        pick: impl Fn(&T) -> JsonObject + Send + Sync + 'static,
    ) -> Self {
        let tool = tool.into();
        let name = tool.clone();
        let pick: Pick = Arc::new(move |contexts| contexts.tool::<T>(&name).ok().map(&pick));
        self.included.tools.insert(tool, pick);
        self
    }

    /// Adds an integration. One that is added here takes the place of all registered ones.
    pub fn integration(mut self, integration: impl Telemetry + 'static) -> Self {
        self.integrations.get_or_insert_default().push(Arc::new(integration));
        self
    }

    /// Who is to be told.
    pub(super) fn listeners(&self) -> Vec<Arc<dyn Telemetry>> {
        match &self.integrations {
            _ if self.is_disabled => Vec::new(),
            Some(integrations) => integrations.clone(),
            None => registered::all(),
        }
    }
}

impl fmt::Debug for TelemetryOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TelemetryOptions")
            .field("is_disabled", &self.is_disabled)
            .field("record_inputs", &self.record_inputs)
            .field("record_outputs", &self.record_outputs)
            .field("function_id", &self.function_id)
            .finish_non_exhaustive()
    }
}

/// How to pick what may be kept of the contexts.
#[derive(Clone, Default)]
pub(super) struct IncludedContexts {
    runtime: Option<Pick>,
    tools: BTreeMap<String, Pick>,
}

type Pick = Arc<dyn Fn(&Contexts) -> Option<JsonObject> + Send + Sync>;

impl IncludedContexts {
    pub(super) fn runtime(&self, contexts: &Contexts) -> Option<JsonObject> {
        self.runtime.as_ref().and_then(|pick| pick(contexts))
    }

    pub(super) fn tool(&self, tool: &str, contexts: &Contexts) -> Option<JsonObject> {
        self.tools.get(tool).and_then(|pick| pick(contexts))
    }
}
