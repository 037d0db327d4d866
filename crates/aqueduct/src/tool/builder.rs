//! The settings of a tool, as methods.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use aqueduct_spec::language::{InputExample, ToolResultOutput};
use aqueduct_spec::{JsonObject, ProviderOptions};
use futures_core::Stream;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::definition::Wants;
use super::execute::Execute;
use super::schema::schema_of;
use super::typed::read;
use super::{IntoToolOutput, Surroundings, Tool, ToolContext, TypedTool};

impl Tool {
    /// Says what the tool does, for the model.
    #[must_use]
    pub fn description(self, text: impl Into<String>) -> Self {
        self.function(|tool| tool.description = Some(text.into()))
    }

    /// Says what the tool does in words that depend on the program's contexts; asked before every step.
    #[must_use]
    pub fn describe_with(
        mut self,
        describe: impl Fn(&Surroundings) -> String + Send + Sync + 'static,
    ) -> Self {
        self.describe = Some(Arc::new(describe));
        self
    }

    /// Says what to call the tool before a person.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Notes something about the tool for the program itself; it rides on calls and results and is not sent to a model.
    #[must_use]
    pub fn metadata(mut self, metadata: JsonObject) -> Self {
        self.metadata = Some(metadata);
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

    /// Says that the tool cannot do without a context of this type: a request that lacks it fails before the tool would run.
    #[must_use]
    pub fn needs_context<T: Any>(mut self) -> Self {
        self.wants = Some(Wants::of::<T>());
        self
    }

    /// Sets the JSON schema of the input, which is then checked by the tool's function alone.
    #[must_use]
    pub fn schema(mut self, schema: Value) -> Self {
        self.check = None;
        self.function(|tool| tool.input_schema = schema)
    }

    /// Sets the JSON schema of what the tool gives. It is for programs that show or check results; a model is not told.
    #[must_use]
    pub fn output_schema(mut self, schema: Value) -> Self {
        self.output_schema = Some(schema);
        self
    }

    /// Sets the schema of what the tool gives from a type.
    #[must_use]
    pub fn output<T: JsonSchema>(self) -> Self {
        self.output_schema(schema_of::<T>())
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
        self.execute = Some(Execute::once(execute));
        self
    }

    /// Sets a function that gives results one after the other, on unchecked JSON. Every item is shown as a preliminary result;
    /// the last one is the result.
    #[must_use]
    pub fn execute_stream<S, R, K>(
        mut self,
        execute: impl Fn(Value, ToolContext) -> S + Send + Sync + 'static,
    ) -> Self
    where
        S: Stream<Item = R> + Send + 'static,
        R: IntoToolOutput<K> + 'static,
    {
        self.execute = Some(Execute::stream(execute));
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
}
