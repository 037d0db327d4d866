//! A tool, and how one is made.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use aqueduct_spec::language::{
    FunctionTool, InputExample, ProviderTool, Tool as SpecTool, ToolResultOutput,
};
use aqueduct_spec::{BoxFuture, JsonObject, ProviderOptions};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{IntoToolOutput, ToolContext, ToolFailure, ToolFailureKind};

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
    definition: SpecTool,
    title: Option<String>,
    is_dynamic: bool,
    has_deferred_results: bool,
    check: Option<Check>,
    execute: Option<Execute>,
    to_model_output: Option<ToModelOutput>,
}

type Check = Arc<dyn Fn(&Value) -> Result<(), String> + Send + Sync>;
type Execute =
    Arc<dyn Fn(Value, ToolContext) -> BoxFuture<'static, Result<Value, ToolFailure>> + Send + Sync>;
type ToModelOutput = Arc<dyn Fn(&Value) -> ToolResultOutput + Send + Sync>;

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
            title: None,
            is_dynamic: false,
            has_deferred_results: false,
            check: None,
            execute: None,
            to_model_output: None,
        }
    }

    /// Says what the tool does, for the model.
    #[must_use]
    pub fn description(self, text: impl Into<String>) -> Self {
        self.function(|tool| tool.description = Some(text.into()))
    }

    /// Says what to call the tool before a person.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Asks that inputs fit the schema exactly, where the provider can enforce it.
    #[must_use]
    pub fn strict(self, strict: bool) -> Self {
        self.function(|tool| tool.strict = Some(strict))
    }

    /// Adds an example of an input.
    #[must_use]
    pub fn example(self, input: JsonObject) -> Self {
        self.function(|tool| {
            tool.input_examples.get_or_insert_default().push(InputExample::new(input));
        })
    }

    /// Adds options that only some providers know.
    #[must_use]
    pub fn provider_options(self, options: ProviderOptions) -> Self {
        self.function(|tool| tool.provider_options.get_or_insert_default().merge(options))
    }

    /// Says that the provider may give the tool's result in a later step than the call; the loop then goes on for it.
    #[must_use]
    pub fn deferred_results(mut self) -> Self {
        self.has_deferred_results = true;
        self
    }

    /// Sets the JSON schema of the input, which is then checked by the tool's function alone.
    #[must_use]
    pub fn schema(mut self, schema: Value) -> Self {
        self.check = None;
        self.function(|tool| tool.input_schema = schema)
    }

    /// Sets the type of the input: it gives the schema, and inputs that do not fit never reach the function.
    #[must_use]
    pub fn input<T: DeserializeOwned + JsonSchema>(self) -> TypedTool<T> {
        let mut tool = self.schema(schema_of::<T>());
        tool.check = Some(Arc::new(|input| read::<T>(input).map(|_| ())));
        TypedTool { tool, input: PhantomData }
    }

    /// Sets the function that runs the tool on unchecked JSON.
    #[must_use]
    pub fn execute<F, R, K>(
        mut self,
        execute: impl Fn(Value, ToolContext) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = R> + Send + 'static,
        R: IntoToolOutput<K> + 'static,
    {
        self.execute = Some(Arc::new(move |input, cx| {
            let future = execute(input, cx);
            Box::pin(async move { future.await.into_tool_output() })
        }));
        self
    }

    /// Sets how the model sees a result. By default a string is text and everything else is JSON.
    #[must_use]
    pub fn to_model_output(
        mut self,
        to_model_output: impl Fn(&Value) -> ToolResultOutput + Send + Sync + 'static,
    ) -> Self {
        self.to_model_output = Some(Arc::new(to_model_output));
        self
    }

    /// Changes a function tool; the provider's own tools have none of these settings.
    fn function(mut self, change: impl FnOnce(&mut FunctionTool)) -> Self {
        if let SpecTool::Function(tool) = &mut self.definition {
            change(tool);
        }
        self
    }

    /// The name that the model calls it by.
    pub fn name(&self) -> &str {
        self.definition.name()
    }

    /// The tool as the model is told of it.
    pub fn definition(&self) -> &SpecTool {
        &self.definition
    }

    pub(crate) fn display_title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    pub(crate) fn is_dynamic(&self) -> bool {
        self.is_dynamic
    }

    pub(crate) fn has_deferred_results(&self) -> bool {
        self.has_deferred_results
    }

    /// Whether the input fits.
    pub(crate) fn check(&self, input: &Value) -> Result<(), ToolFailure> {
        let Some(check) = &self.check else { return Ok(()) };
        check(input).map_err(|reason| {
            let message = format!("invalid input for tool {}: {reason}", self.name());
            ToolFailure::new(ToolFailureKind::InvalidInput, message)
        })
    }

    /// Starts the function, if there is one.
    pub(crate) fn start(
        &self,
        input: Value,
        cx: ToolContext,
    ) -> Option<BoxFuture<'static, Result<Value, ToolFailure>>> {
        self.execute.as_ref().map(|execute| execute(input, cx))
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

/// A tool whose input has a type, and no function yet.
pub struct TypedTool<T> {
    tool: Tool,
    input: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> TypedTool<T> {
    /// Sets the function that runs the tool.
    ///
    /// It returns any value that serde can write, or a `Result` of one; an error is shown to the model, which may try again.
    #[must_use]
    pub fn execute<F, R, K>(
        self,
        execute: impl Fn(T, ToolContext) -> F + Send + Sync + 'static,
    ) -> Tool
    where
        F: Future<Output = R> + Send + 'static,
        R: IntoToolOutput<K> + 'static,
    {
        let mut tool = self.tool;
        let name = tool.name().to_owned();
        tool.execute = Some(Arc::new(move |input, cx| match read::<T>(&input) {
            Ok(input) => {
                let future = execute(input, cx);
                Box::pin(async move { future.await.into_tool_output() })
            }
            Err(reason) => {
                let message = format!("invalid input for tool {name}: {reason}");
                let failure = ToolFailure::new(ToolFailureKind::InvalidInput, message);
                Box::pin(std::future::ready(Err(failure)))
            }
        }));
        tool
    }
}

impl<T> From<TypedTool<T>> for Tool {
    fn from(typed: TypedTool<T>) -> Self {
        typed.tool
    }
}

impl<T> fmt::Debug for TypedTool<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tool.fmt(f)
    }
}

fn read<T: DeserializeOwned>(input: &Value) -> Result<T, String> {
    serde_path_to_error::deserialize(input).map_err(|error| error.to_string())
}

/// Draft 7 with everything in place: models and vendors' validators trip over `$ref` and `$schema`.
fn schema_of<T: JsonSchema>() -> Value {
    let mut settings = SchemaSettings::draft07();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    // The name of a Rust type says nothing to the model.
    schema.remove("title");
    schema.to_value()
}
