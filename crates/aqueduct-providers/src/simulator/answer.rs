//! What a language model of the simulator answers, as a list of blocks.

use aqueduct_spec::language::{
    CallOptions, ReasoningEffort, ResponseFormat, Tool, ToolChoice, UnifiedFinishReason,
};
use aqueduct_spec::{Error, Result, Warning};
use serde_json::{Value, json};

use super::conversation::Conversation;
use super::digest::fnv1a;
use super::schema;
use super::script::{Script, ScriptedCall};
use super::words;

const LOREM: &str = "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore \
magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat. Duis aute \
irure dolor in reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla pariatur. Excepteur sint occaecat cupidatat non \
proident, sunt in culpa qui officia deserunt mollit anim id est laborum.";

/// A part of an answer before it is cut into chunks.
#[derive(Debug)]
pub(super) enum Block {
    Reasoning(String),
    Text(String),
    Call { id: String, tool: String, input: String },
}

impl Block {
    pub(super) fn words(&self) -> u64 {
        match self {
            Self::Reasoning(text) | Self::Text(text) | Self::Call { input: text, .. } => {
                words::count(text)
            }
        }
    }
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) blocks: Vec<Block>,
    pub(super) finish: UnifiedFinishReason,
    pub(super) warnings: Vec<Warning>,
}

/// A question: everything an answer depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) model: &'a str,
    pub(super) options: &'a CallOptions,
    pub(super) conversation: &'a Conversation,
    pub(super) script: &'a Script,
}

impl Question<'_> {
    /// Answers.
    ///
    /// # Errors
    /// `InvalidRequest` if a tool must be called that is not given.
    pub(super) fn answer(self) -> Result<Answer> {
        let mut warnings = self.script.warnings.clone();
        warnings.extend(self.unsupported());
        let calls = self.calls()?;
        let mut blocks = Vec::new();
        blocks.extend(self.reasoning().map(Block::Reasoning));
        blocks.extend(self.text(calls.is_empty()).map(Block::Text));
        let mut finish = if calls.is_empty() {
            UnifiedFinishReason::Stop
        } else {
            UnifiedFinishReason::ToolCalls
        };
        blocks.extend(calls);
        if self.options.max_output_tokens.is_some_and(|limit| shorten(&mut blocks, limit)) {
            finish = UnifiedFinishReason::Length;
        }
        let finish = self.script.finish_reason.unwrap_or(finish);
        blocks.retain(|block| match block {
            Block::Reasoning(text) | Block::Text(text) => !text.is_empty(),
            Block::Call { .. } => true,
        });
        Ok(Answer { blocks, finish, warnings })
    }

    fn unsupported(self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for tool in self.options.tools.iter().flatten() {
            match tool {
                Tool::Function(_) => {}
                Tool::Provider(tool) => {
                    warnings
                        .push(Warning::unsupported(format!("provider-defined tool {}", tool.id)));
                }
                _ => warnings.push(Warning::unsupported(format!("tool of type {}", tool.tag()))),
            }
        }
        if let Some(choice @ ToolChoice::Unknown(_)) = &self.options.tool_choice {
            warnings.push(Warning::unsupported(format!("toolChoice {}", choice.tag())));
        }
        if let Some(format @ ResponseFormat::Unknown(_)) = &self.options.response_format {
            warnings.push(Warning::unsupported(format!("responseFormat {}", format.tag())));
        }
        let effort = self.options.reasoning.and_then(ReasoningEffort::chosen);
        if effort.is_some_and(|effort| effort != ReasoningEffort::None)
            && self.reasoning().is_none()
        {
            warnings.push(Warning::unsupported_because(
                "reasoning",
                "only the model 'reasoning' and the script option 'reasoning' think",
            ));
        }
        warnings
    }

    fn reasoning(self) -> Option<String> {
        if let Some(text) = &self.script.reasoning {
            return Some(text.clone());
        }
        if self.model != "reasoning" || self.options.reasoning == Some(ReasoningEffort::None) {
            return None;
        }
        let said = words::count(&self.conversation.said);
        Some(format!("The user said {said} words. I am a simulator, so I will say them again."))
    }

    // === tools ===

    fn calls(self) -> Result<Vec<Block>> {
        if let Some(calls) = &self.script.tool_calls {
            return Ok(calls
                .iter()
                .enumerate()
                .map(|(at, call)| self.scripted(at, call))
                .collect());
        }
        let functions = || {
            self.options.tools.iter().flatten().filter_map(|tool| match tool {
                Tool::Function(function) => Some(function),
                _ => None,
            })
        };
        let function = match &self.options.tool_choice {
            Some(ToolChoice::None(_)) => None,
            Some(ToolChoice::Required(_)) => Some(functions().next().ok_or_else(|| {
                Error::invalid_request("toolChoice is 'required', but no function tool is given")
            })?),
            Some(ToolChoice::Tool(choice)) => {
                let named = functions().find(|function| function.name == choice.tool_name);
                Some(named.ok_or_else(|| {
                    let name = &choice.tool_name;
                    Error::invalid_request(format!("toolChoice names '{name}', which is not given"))
                })?)
            }
            _ if self.model == "tools" && self.conversation.results.is_empty() => {
                functions().next()
            }
            _ => None,
        };
        Ok(function
            .map(|function| Block::Call {
                id: self.call_id(0),
                tool: function.name.clone(),
                input: schema::instance(&function.input_schema).to_string(),
            })
            .into_iter()
            .collect())
    }

    fn scripted(self, at: usize, call: &ScriptedCall) -> Block {
        Block::Call {
            id: call.tool_call_id.clone().unwrap_or_else(|| self.call_id(at)),
            tool: call.tool_name.clone(),
            input: call.input_text(),
        }
    }

    /// The same call of the same conversation has the same id, each of its calls another.
    fn call_id(self, at: usize) -> String {
        let prompt = serde_json::to_string(&self.options.prompt).unwrap_or_default();
        format!("call_{:016x}", fnv1a(format!("{at}\n{prompt}").as_bytes()))
    }

    // === text ===

    fn text(self, only_text: bool) -> Option<String> {
        let text = match &self.script.text {
            Some(text) => text.clone(),
            None if only_text => self.unscripted_text(),
            None => return None,
        };
        let stops = self.options.stop_sequences.iter().flatten().filter(|stop| !stop.is_empty());
        let end = stops.filter_map(|stop| text.find(stop.as_str())).min();
        Some(end.and_then(|end| text.get(..end)).unwrap_or(&text).to_owned())
    }

    fn unscripted_text(self) -> String {
        match &self.options.response_format {
            Some(ResponseFormat::Json(format)) => self.json(format.schema.as_ref()).to_string(),
            _ if self.model == "json" => self.json(None).to_string(),
            _ => self.prose(),
        }
    }

    fn json(self, schema: Option<&Value>) -> Value {
        schema.map_or_else(|| json!({ "answer": self.prose() }), schema::instance)
    }

    fn prose(self) -> String {
        let results = &self.conversation.results;
        if !results.is_empty() {
            let lines = results
                .iter()
                .map(|result| format!("The tool {} answered: {}", result.tool, result.text));
            return lines.collect::<Vec<_>>().join("\n");
        }
        match self.model {
            "lorem" => LOREM.to_owned(),
            _ => self.conversation.said.clone(),
        }
    }
}

/// Cuts texts after so many words together, and everything after the cut; says whether it had to.
fn shorten(blocks: &mut Vec<Block>, limit: u64) -> bool {
    let mut left = limit;
    for at in 0..blocks.len() {
        let Some(block) = blocks.get_mut(at) else { break };
        let words = block.words();
        if words <= left {
            left -= words;
            continue;
        }
        match block {
            Block::Reasoning(text) | Block::Text(text) => {
                *text = words::first(text, left).unwrap_or_default().to_owned();
                blocks.truncate(at + 1);
            }
            // Half a tool call is of no use to anybody.
            Block::Call { .. } => blocks.truncate(at),
        }
        return true;
    }
    false
}
