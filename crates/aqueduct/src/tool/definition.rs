//! A tool: what the model is told of it, and what runs it.

use std::any::{Any, type_name};
use std::fmt;
use std::sync::Arc;

use aqueduct_spec::language::{FunctionTool, ProviderTool, Tool as SpecTool, ToolResultOutput};
use aqueduct_spec::{Error, JsonObject, Result};
use serde_json::{Value, json};

use super::caller::CallerKind;
use super::execute::Execute;
use super::hooks::Hooks;
use super::{IntoToolOutput, Surroundings, ToolContext, ToolFailure, ToolFailureKind};

/// A tool that a model may call.
///
/// ```
/// use aqueduct::{Tool, ToolContext};
/// use schemars::JsonSchema;
/// use serde::Deserialize;
///
/// #[derive(Deserialize, JsonSchema)]
/// struct City {
///     /// The city's name in English.
///     name: String,
/// }
///
/// let weather = Tool::new("weather")
///     .description("Tells the weather in a city")
///     .input::<City>()
///     .execute(|city, _: ToolContext| async move { format!("sunny in {}", city.name) });
/// # let _ = weather;
/// ```
///
/// Without a function the tool is somebody else's to run: the loop ends with its calls in the result.
#[derive(Clone)]
pub struct Tool {
    pub(super) definition: SpecTool,
    pub(super) describe: Option<Describe>,
    pub(super) title: Option<String>,
    pub(super) metadata: Option<JsonObject>,
    pub(super) output_schema: Option<Value>,
    pub(super) is_dynamic: bool,
    pub(super) has_deferred_results: bool,
    pub(super) check: Option<Check>,
    pub(super) wants: Option<Wants>,
    pub(super) execute: Option<Execute>,
    pub(super) to_model_output: Option<ToModelOutput>,
    pub(super) hooks: Hooks,
    pub(super) caller: Option<CallerKind>,
}

pub(super) type Check = Arc<dyn Fn(&Value) -> Result<(), String> + Send + Sync>;
pub(super) type Describe = Arc<dyn Fn(&Surroundings) -> String + Send + Sync>;
pub(super) type ToModelOutput = Arc<dyn Fn(&Value) -> ToolResultOutput + Send + Sync>;

/// The type of context that a tool cannot do without.
#[derive(Clone, Copy)]
pub(super) struct Wants {
    name: &'static str,
    is_there: fn(&Surroundings) -> bool,
}

impl Wants {
    pub(super) fn of<T: Any>() -> Self {
        Self { name: type_name::<T>(), is_there: Surroundings::own_is::<T> }
    }
}

impl Tool {
    /// Begins a tool. Until [`Tool::input`] or [`Tool::schema`] says otherwise its input is an empty object.
    pub fn new(name: impl Into<String>) -> Self {
        Self::of(FunctionTool::new(name, json!({ "type": "object", "properties": {} })).into())
    }

    /// Makes a tool whose schema is known only at run time, as those of MCP servers. Its input is not checked.
    pub fn dynamic<F, R, K>(
        name: impl Into<String>,
        schema: Value,
        execute: impl Fn(Value, ToolContext) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = R> + Send + 'static,
        R: IntoToolOutput<K> + 'static,
    {
        let mut tool = Self::new(name).schema(schema).execute(execute);
        tool.is_dynamic = true;
        tool
    }

    /// Makes a tool that the provider defines and, as a rule, runs: `id` is `<provider>.<tool>`, `name` is what the model
    /// calls it by, and `args` are its settings in the provider's words.
    pub fn provider(id: impl Into<String>, name: impl Into<String>, args: JsonObject) -> Self {
        Self::of(ProviderTool::new(id, name, args).into())
    }

    fn of(definition: SpecTool) -> Self {
        Self {
            definition,
            describe: None,
            title: None,
            metadata: None,
            output_schema: None,
            is_dynamic: false,
            has_deferred_results: false,
            check: None,
            wants: None,
            execute: None,
            to_model_output: None,
            hooks: Hooks::default(),
            caller: None,
        }
    }

    /// Changes a function tool; the provider's own tools have none of these settings.
    pub(super) fn function(mut self, change: impl FnOnce(&mut FunctionTool)) -> Self {
        if let SpecTool::Function(tool) = &mut self.definition {
            change(tool);
        }
        self
    }

    /// The name that the model calls it by.
    pub fn name(&self) -> &str {
        self.definition.name()
    }

    /// The tool as the model is told of it, unless its description depends on the program's contexts.
    pub fn definition(&self) -> &SpecTool {
        &self.definition
    }

    /// What the program noted about the tool.
    pub fn noted_metadata(&self) -> Option<&JsonObject> {
        self.metadata.as_ref()
    }

    /// The schema of what the tool gives, if somebody said so.
    pub fn result_schema(&self) -> Option<&Value> {
        self.output_schema.as_ref()
    }

    /// What to call the tool before a person.
    pub fn display_title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Whether the tool was not known when the program was written.
    pub fn is_dynamic(&self) -> bool {
        self.is_dynamic
    }

    pub(crate) fn has_deferred_results(&self) -> bool {
        self.has_deferred_results
    }

    pub(crate) fn has_own_description(&self) -> bool {
        self.describe.is_some()
    }

    pub(crate) fn hooks(&self) -> &Hooks {
        &self.hooks
    }

    /// The tool as the model is told of it.
    pub(crate) fn describe(&self, surroundings: &Surroundings) -> SpecTool {
        let mut definition = self.definition.clone();
        if let (Some(describe), SpecTool::Function(tool)) = (&self.describe, &mut definition) {
            tool.description = Some(describe(surroundings));
        }
        definition
    }

    /// Whether the input fits.
    pub(crate) fn check(&self, input: &Value) -> Result<(), ToolFailure> {
        let Some(check) = &self.check else { return Ok(()) };
        check(input).map_err(|reason| {
            let message = format!("invalid input for tool {}: {reason}", self.name());
            ToolFailure::new(ToolFailureKind::InvalidInput, message)
        })
    }

    /// Whether the context that the tool cannot do without is there.
    pub(crate) fn check_context(&self, surroundings: &Surroundings) -> Result<()> {
        match self.wants {
            Some(wants) if !(wants.is_there)(surroundings) => {
                let name = self.name();
                let message = format!(
                    "tool '{name}' needs a context of type {}: set it with tool_context",
                    wants.name
                );
                Err(Error::invalid_request(message))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn model_output(&self, output: &Value) -> ToolResultOutput {
        match &self.to_model_output {
            Some(to_model_output) => to_model_output(output),
            None => plain_model_output(output),
        }
    }
}

/// How a model sees a result that nobody has an opinion on.
pub(crate) fn plain_model_output(output: &Value) -> ToolResultOutput {
    match output {
        Value::String(text) => ToolResultOutput::text(text),
        value => ToolResultOutput::json(value.clone()),
    }
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tool").field("name", &self.name()).finish_non_exhaustive()
    }
}
