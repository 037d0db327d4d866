//! Tools that a model may call.

use serde_json::Value;

use crate::json::{JsonObject, shape, tagged};
use crate::metadata::ProviderOptions;

tagged! {
    /// A tool that a model may call.
    pub enum Tool by "type" {
        /// A function of the caller's.
        Function(FunctionTool) = "function",
        /// A tool that the provider defines and often runs itself.
        Provider(ProviderTool) = "provider",
    }
}

shape! {
    /// A function of the caller's.
    FunctionTool {
        /// The name, unique in the call.
        name: String,
        /// The JSON schema of its input.
        input_schema: Value,
    } {
        /// What it does, for the model.
        description: String,
        /// Examples of inputs.
        input_examples: Vec<InputExample>,
        /// Whether inputs must fit the schema exactly, where the provider can enforce it.
        strict: bool,
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// An example of a tool's input.
    InputExample {
        /// The input.
        input: JsonObject,
    } {}
}
shape! {
    /// A tool that the provider defines.
    ProviderTool {
        /// Which tool: `<provider>.<tool>`.
        id: String,
        /// The name, unique in the call, chosen by the caller.
        name: String,
        /// Its settings.
        #[serde(default)]
        args: JsonObject,
    } {}
}

impl Tool {
    /// The name that the model calls it by.
    pub fn name(&self) -> &str {
        match self {
            Self::Function(tool) => &tool.name,
            Self::Provider(tool) => &tool.name,
            Self::Unknown(object) => object.get("name").and_then(Value::as_str).unwrap_or_default(),
        }
    }
}

tagged! {
    /// Which tools a model must or may call.
    pub enum ToolChoice by "type" {
        /// The model decides.
        Auto(AutoChoice) = "auto",
        /// It may call none.
        None(NoChoice) = "none",
        /// It must call one or more.
        Required(RequiredChoice) = "required",
        /// It must call this one.
        Tool(ToolNameChoice) = "tool",
    }
}

shape! {
    /// The model decides.
    #[derive(Default)]
    AutoChoice {} {}
}
shape! {
    /// It may call none.
    #[derive(Default)]
    NoChoice {} {}
}
shape! {
    /// It must call one or more.
    #[derive(Default)]
    RequiredChoice {} {}
}
shape! {
    /// The one tool that must be called.
    ToolNameChoice {
        /// Its name.
        tool_name: String,
    } {}
}

impl ToolChoice {
    /// The model decides.
    pub fn auto() -> Self {
        AutoChoice::new().into()
    }

    /// It may call none.
    pub fn none() -> Self {
        NoChoice::new().into()
    }

    /// It must call one or more.
    pub fn required() -> Self {
        RequiredChoice::new().into()
    }

    /// It must call this one.
    pub fn tool(name: impl Into<String>) -> Self {
        ToolNameChoice::new(name).into()
    }
}
