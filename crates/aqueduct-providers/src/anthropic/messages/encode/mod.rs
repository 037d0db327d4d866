//! A call as a request.

mod assistant;
mod cache_control;
mod notes;
mod prompt;
mod sampling;
mod schema;
mod server_result;
mod settings;
mod thinking;
mod tool_result;
mod tools;
mod user;

use aqueduct_spec::language::{CallOptions, FunctionTool, ResponseFormat, Tool, ToolChoice};
use aqueduct_spec::{Result, Warning};
use serde_json::{Value, json};

pub use notes::Betas;

use super::capabilities::Capabilities;
use super::decode::{CitedDocument, Reply};
use super::dialect::Dialect;
use super::tool_names::ToolNames;
use super::wire;
use crate::anthropic::options::{AnthropicOptions, StructuredOutputMode, TaskBudget};
use notes::Notes;
use prompt::Surroundings;
use tools::Rules;

/// The name of the tool that takes the answer, where a model knows JSON schemas only from tools.
pub(super) const JSON_TOOL: &str = "json";

/// What a request is written for.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The model.
    pub model_id: &'a str,
    /// The key of the options, beside `anthropic`.
    pub options_name: &'a str,
    /// The host.
    pub dialect: &'a dyn Dialect,
    /// Whether the answer is to come in events.
    pub stream: bool,
}

/// A request, and what to know of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Encoded {
    /// The body.
    pub request: wire::Request,
    /// The features to name in a header.
    pub betas: Betas,
    /// What could not be done as asked.
    pub warnings: Vec<Warning>,
    /// How to read the answer.
    pub reply: Reply,
}

/// Writes a call as a request. `betas` are those that the caller's headers name.
///
/// # Errors
/// `Unsupported` for content that the API cannot take, `InvalidRequest` for options of the wrong shape, `InvalidPrompt` for
/// results of the vendor's tools that cannot be sent back.
pub fn encode(call: &CallOptions, target: Target<'_>, betas: &Betas) -> Result<Encoded> {
    let capabilities = Capabilities::of(target.model_id);
    let mut notes = Notes::default();
    let mut options = settings::options(call, target.options_name)?;
    let mut sampling = sampling::Sampling::of(call, &mut notes);
    let format = Format::of(call, &options, capabilities, target.dialect, &mut notes);
    sampling.drop_rejected(target.model_id, call.max_output_tokens, capabilities, &mut notes);
    if format.tool.is_some() && options.disable_parallel_tool_use == Some(false) {
        notes.unsupported(
            "providerOptions.anthropic.disableParallelToolUse",
            "`disableParallelToolUse: false` is ignored when using the JSON response tool. Parallel tool use is disabled to ensure a single coherent JSON tool call.",
        );
    }

    let given_tools = call.tools.as_deref().unwrap_or_default();
    let names = ToolNames::of(given_tools);
    let around =
        Surroundings { names: &names, send_reasoning: options.send_reasoning.unwrap_or(true) };
    let prompt = prompt::encode(&call.prompt, around, &mut notes)?;

    thinking::apply_reasoning(call.reasoning, &mut options, capabilities, &mut notes);
    thinking::lower_effort_without_thinking(
        &mut options,
        target.model_id,
        capabilities,
        &mut notes,
    );
    let thinking = thinking::encode(options.thinking.as_ref(), &mut notes);

    let mut request = settings::request(target.model_id, &options)?;
    if thinking.is_on {
        sampling.drop_for_thinking(&mut notes);
    } else {
        sampling.drop_one_of_two(target.model_id, capabilities, &mut notes);
    }
    request.temperature = sampling.temperature;
    request.top_k = sampling.top_k;
    request.top_p = sampling.top_p;
    request.max_tokens = Some(sampling::max_tokens(
        call.max_output_tokens,
        thinking.budget_tokens,
        target.model_id,
        capabilities,
        &mut notes,
    ));
    request.thinking = thinking.thinking;
    request.stop_sequences = call.stop_sequences.clone();
    request.output_config = output_config(&options, format.native);
    request.system = prompt.system;
    request.messages = prompt.messages;
    request.stream = target.stream.then_some(true);
    settings::add_betas(&options, given_tools, &mut notes);

    let has_json_tool = format.tool.is_some();
    let encoded_tools = encode_tools(call, format.tool.as_ref(), &options, target, &mut notes)?;
    let code_is_dynamic = runs_code_unasked(encoded_tools.tools.as_deref().unwrap_or_default());
    request.tools = encoded_tools.tools;
    request.tool_choice = encoded_tools.choice;

    let Notes { mut warnings, betas: mut all_betas, cache } = notes;
    warnings.extend(encoded_tools.warnings);
    warnings.extend(cache.warnings);
    all_betas.extend(encoded_tools.betas.iter());
    all_betas.extend(betas.iter());
    all_betas.extend(options.anthropic_beta.unwrap_or_default());

    let custom_key = target.options_name != "anthropic"
        && call.provider_options.as_ref().is_some_and(|it| it.get(target.options_name).is_some());
    let reply = Reply {
        has_json_tool,
        names,
        documents: CitedDocument::of(&call.prompt),
        code_is_dynamic,
        metadata_key: custom_key.then(|| target.options_name.to_owned()),
    };
    Ok(Encoded { request, betas: all_betas, warnings, reply })
}

/// How the answer is held to a schema.
struct Format {
    /// The schema, for the API's own field.
    native: Option<Value>,
    /// The tool that takes the answer.
    tool: Option<Tool>,
}

impl Format {
    fn of(
        call: &CallOptions,
        options: &AnthropicOptions,
        capabilities: Capabilities,
        dialect: &dyn Dialect,
        notes: &mut Notes,
    ) -> Self {
        let Some(ResponseFormat::Json(format)) = &call.response_format else {
            return Self { native: None, tool: None };
        };
        let Some(schema) = &format.schema else {
            notes.unsupported(
                "responseFormat",
                "JSON response format requires a schema. The response format is ignored.",
            );
            return Self { native: None, tool: None };
        };
        let native = match options.structured_output_mode {
            Some(StructuredOutputMode::OutputFormat) => true,
            Some(StructuredOutputMode::JsonTool) => false,
            Some(StructuredOutputMode::Auto) | None => {
                dialect.structured_output() && capabilities.structured_output
            }
        };
        if native {
            return Self { native: Some(schema.clone()), tool: None };
        }
        let mut tool = FunctionTool::new(JSON_TOOL, schema.clone());
        tool.description = Some("Respond with a JSON object.".to_owned());
        Self { native: None, tool: Some(tool.into()) }
    }
}

fn output_config(options: &AnthropicOptions, schema: Option<Value>) -> Option<wire::OutputConfig> {
    let task_budget = options.task_budget.as_ref().map(|budget| {
        let TaskBudget::Tokens { total, remaining } = *budget;
        wire::TaskBudget {
            kind: "tokens".to_owned(),
            total,
            remaining,
            ..wire::TaskBudget::default()
        }
    });
    let config = wire::OutputConfig {
        effort: options.effort.map(|effort| effort.as_str().to_owned()),
        task_budget,
        format: schema
            .map(|schema| json!({ "type": "json_schema", "schema": schema::sanitize(&schema) })),
        ..wire::OutputConfig::default()
    };
    (config != wire::OutputConfig::default()).then_some(config)
}

fn encode_tools(
    call: &CallOptions,
    json_tool: Option<&Tool>,
    options: &AnthropicOptions,
    target: Target<'_>,
    notes: &mut Notes,
) -> Result<tools::EncodedTools> {
    let capabilities = Capabilities::of(target.model_id);
    let mut rules = Rules {
        disable_parallel_tool_use: options.disable_parallel_tool_use,
        structured_output: target.dialect.structured_output() && capabilities.structured_output,
        strict_tools: target.dialect.strict_tools() && capabilities.structured_output,
        eager_input_streaming: target.stream && options.tool_streaming.unwrap_or(true),
    };
    let mut all: Vec<&Tool> = call.tools.iter().flatten().collect();
    let Some(json_tool) = json_tool else {
        return tools::encode(&all, call.tool_choice.as_ref(), rules, &mut notes.cache);
    };
    all.push(json_tool);
    rules.disable_parallel_tool_use = Some(true);
    rules.structured_output = false;
    tools::encode(&all, Some(&ToolChoice::required()), rules, &mut notes.cache)
}

/// The web tools of 2026 run code by themselves. Where the caller has no tool for that, its calls are not known in advance.
fn runs_code_unasked(tools: &[wire::Tool]) -> bool {
    let web = |tool: &wire::Tool| {
        matches!(tool.kind(), Some("web_fetch_20260209" | "web_search_20260209"))
    };
    tools.iter().any(web) && !tools.iter().any(|tool| tool.name() == "code_execution")
}
