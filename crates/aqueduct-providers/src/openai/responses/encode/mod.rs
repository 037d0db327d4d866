//! A call as a request: pure, so the same call is the same bytes.

mod allowed;
mod input;
mod settings;
mod tools;

use std::collections::HashMap;

use aqueduct_spec::language::{AssistantPart, CallOptions, Message, Prompt, Tool};
use aqueduct_spec::{Result, Warning};
use serde_json::Value;

use self::input::InputRules;
use super::decode::Reading;
use super::options::{ResponsesOptions, SystemMessageMode, option, text_option};
use super::tool_names::ToolNames;
use super::wire;
use crate::openai::capabilities::Capabilities;

/// What a call is encoded for.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Target<'a> {
    /// The model.
    pub model_id: &'a str,
    /// The provider string: `openai.responses`.
    pub provider: &'a str,
    /// How the ids of uploaded files begin, where they are given in place of bytes.
    pub file_id_prefixes: &'a [String],
}

impl<'a> Target<'a> {
    /// Names the model and the provider.
    pub fn new(model_id: &'a str, provider: &'a str) -> Self {
        Self { model_id, provider, file_id_prefixes: &[] }
    }

    /// Sets how the ids of uploaded files begin.
    #[must_use]
    pub fn with_file_id_prefixes(mut self, prefixes: &'a [String]) -> Self {
        self.file_id_prefixes = prefixes;
        self
    }

    /// The key of options and metadata.
    fn options_key(&self) -> &'static str {
        if self.provider.contains("azure") { "azure" } else { "openai" }
    }
}

/// A request, what could not be put into it, and how to read its answer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Encoded {
    /// The request.
    pub request: wire::Request,
    /// What could not be done as asked.
    pub warnings: Vec<Warning>,
    /// What to know when the answer comes.
    pub reading: Reading,
}

/// Writes a call as a request.
///
/// # Errors
/// `Unsupported` for content that the API has no place for, `InvalidRequest` for options of the wrong shape.
pub fn encode(call: &CallOptions, target: Target<'_>) -> Result<Encoded> {
    let key = target.options_key();
    let options = ResponsesOptions::read(key, call.provider_options.as_ref())?;
    let capabilities = Capabilities::of(target.model_id);
    let is_reasoning = options.force_reasoning.unwrap_or(capabilities.is_reasoning);
    let known = call.tools.as_deref().unwrap_or_default();
    let names = ToolNames::new(known);
    let mut warnings = Vec::new();
    settings::warn_of_unsupported(call, &options, &mut warnings);

    let mut tool_warnings = Vec::new();
    let tools = tools::tools(call, options.allowed_tools.as_ref(), &names, &mut tool_warnings)?;
    let default_mode =
        if is_reasoning { SystemMessageMode::Developer } else { SystemMessageMode::System };
    let rules = InputRules {
        names: &names,
        key,
        system: options.system_message_mode.unwrap_or(default_mode),
        file_id_prefixes: target.file_id_prefixes,
        pass_through_unsupported_files: options.pass_through_unsupported_files.unwrap_or(false),
        store: options.store.unwrap_or(true),
        has_conversation: options.conversation.is_some(),
        has_previous_response: options.previous_response_id.is_some(),
        has_local_shell: has_tool(known, "openai.local_shell"),
        has_shell: has_tool(known, "openai.shell"),
        has_apply_patch: has_tool(known, "openai.apply_patch"),
        has_computer: has_tool(known, "openai.computer"),
        custom_tools: &tools.custom,
        output_schema_tools: &tools.with_output_schema,
    };
    let mut items = input::input(&call.prompt, &rules, &mut warnings)?;
    if options.compaction_trigger == Some(true) {
        // It has to be the last.
        items.push(wire::CompactionTrigger::default().into());
    }

    let mut request = wire::Request::new(target.model_id, items);
    settings::apply(&mut request, call, options.clone());
    request.include = include(&options, known, is_reasoning);
    settings::apply_reasoning(
        &mut request,
        call,
        &options,
        capabilities,
        is_reasoning,
        &mut warnings,
    );
    settings::check_service_tier(&mut request, capabilities, &mut warnings);
    request.tools = tools.tools;
    request.tool_choice = tools.choice;
    warnings.append(&mut tool_warnings);
    let reading = reading(call, key, names, options.store);
    Ok(Encoded { request, warnings, reading })
}

fn has_tool(tools: &[Tool], id: &str) -> bool {
    provider_tools(tools).any(|tool| tool.id == id)
}

fn provider_tools(tools: &[Tool]) -> impl Iterator<Item = &aqueduct_spec::language::ProviderTool> {
    tools.iter().filter_map(|tool| match tool {
        Tool::Provider(tool) => Some(tool),
        _ => None,
    })
}

/// What else the answer shall carry.
fn include(options: &ResponsesOptions, tools: &[Tool], is_reasoning: bool) -> Option<Vec<String>> {
    let mut include = options.include.clone();
    let mut add = |name: &str| {
        let include = include.get_or_insert_default();
        if !include.iter().any(|known| known == name) {
            include.push(name.to_owned());
        }
    };
    if settings::top_logprobs(options).is_some() {
        add("message.output_text.logprobs");
    }
    if has_tool(tools, "openai.web_search") || has_tool(tools, "openai.web_search_preview") {
        add("web_search_call.action.sources");
    }
    if has_tool(tools, "openai.code_interpreter") {
        add("code_interpreter_call.outputs");
    }
    if options.store == Some(false) && is_reasoning {
        add("reasoning.encrypted_content");
    }
    include
}

fn reading(call: &CallOptions, key: &str, names: ToolNames, store: Option<bool>) -> Reading {
    let tools = call.tools.as_deref().unwrap_or_default();
    let functions = tools.iter().filter_map(|tool| match tool {
        Tool::Function(tool) => Some(tool.name.clone()),
        _ => None,
    });
    let web_search = provider_tools(tools)
        .find(|tool| matches!(&*tool.id, "openai.web_search" | "openai.web_search_preview"));
    let environment = provider_tools(tools)
        .find(|tool| tool.id == "openai.shell")
        .and_then(|tool| tool.args.get("environment")?.get("type")?.as_str());
    let logprobs = option(call.provider_options.as_ref(), key, "logprobs");
    Reading {
        key: key.to_owned(),
        functions: functions.collect(),
        web_search: web_search.map(|tool| tool.name.clone()),
        is_shell_hosted: matches!(environment, Some("containerAuto" | "containerReference")),
        keeps_logprobs: logprobs.is_some_and(|it| *it != Value::Bool(false) && *it != 0),
        is_stored: store == Some(true),
        approvals: approvals(&call.prompt),
        names,
    }
}

/// The calls that the host asked for leave to make, by the ids of its questions.
fn approvals(prompt: &Prompt) -> HashMap<String, String> {
    let parts = prompt.iter().flat_map(|message| match message {
        Message::Assistant(message) => message.content.as_slice(),
        _ => &[],
    });
    let approval = |part: &AssistantPart| match part {
        AssistantPart::ToolCall(call) => {
            let id = text_option(call.provider_options.as_ref(), "openai", "approvalRequestId")?;
            Some((id.to_owned(), call.tool_call_id.clone()))
        }
        _ => None,
    };
    parts.filter_map(approval).collect()
}
