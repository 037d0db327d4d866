//! An answer in one piece.

use aqueduct_spec::Context;
use aqueduct_spec::language::{
    Content, FinishReason, GenerateResult, Reasoning, ResponseInfo, Text, ToolCall,
};
use serde_json::{Value, json};

use super::account::Account;
use super::blocks::{self, Blocks};
use super::metadata::{self, MessageMetadata};
use super::{Reply, citation, finish_reason};
use crate::anthropic::messages::encode::JSON_TOOL;
use crate::anthropic::messages::wire::{self, Block, TextBlock, ToolUseBlock};

/// Reads an answer.
pub(crate) fn generate(response: wire::Response, reply: Reply, cx: &Context) -> GenerateResult {
    let metadata_key = reply.metadata_key.clone();
    let mut reader =
        Reader { blocks: Blocks::new(reply), content: Vec::new(), from_json_tool: false };
    for block in response.content {
        reader.block(block, cx);
    }
    let mut account = Account::default();
    let has_usage = response.usage.is_some();
    account.update(response.usage.unwrap_or_default());
    let metadata = MessageMetadata {
        usage: has_usage.then_some(&account.raw().0),
        iterations: account.iterations.as_deref(),
        stop_sequence: response.stop_sequence.as_deref(),
        stop_details: response.stop_details.as_ref(),
        container: response.container.as_ref().map(metadata::container),
        context_management: response.context_management.as_ref(),
    };
    let mut result = GenerateResult::default();
    result.provider_metadata = Some(metadata.write(metadata_key.as_deref()));
    result.usage = account.usage();
    result.content = reader.content;
    let unified = finish_reason(response.stop_reason.as_deref(), reader.from_json_tool);
    result.finish_reason = FinishReason::new(unified, response.stop_reason);
    let mut info = ResponseInfo::default();
    info.id = response.id;
    info.model_id = response.model;
    result.response = Some(info);
    result
}

struct Reader {
    blocks: Blocks,
    content: Vec<Content>,
    from_json_tool: bool,
}

impl Reader {
    fn block(&mut self, block: Block, cx: &Context) {
        match block {
            Block::Text(block) => self.text(block, cx),
            Block::Thinking(block) => {
                let mut part = Reasoning::new(block.thinking);
                let signature = block.signature;
                part.provider_metadata =
                    signature.map(|signature| metadata::own(json!({ "signature": signature })));
                self.content.push(part.into());
            }
            Block::RedactedThinking(block) => {
                let mut part = Reasoning::new("");
                part.provider_metadata = Some(metadata::own(json!({ "redactedData": block.data })));
                self.content.push(part.into());
            }
            Block::Compaction(block) => {
                let mut part = Text::new(block.content.unwrap_or_default());
                part.provider_metadata = Some(metadata::own(json!({ "type": "compaction" })));
                self.content.push(part.into());
            }
            Block::ToolUse(block) => self.call(block),
            Block::ServerToolUse(block) => self.server_call(block),
            block => self.blocks.complete(block, cx, &mut self.content),
        }
    }

    fn text(&mut self, block: TextBlock, cx: &Context) {
        // The input of the tool is the answer; what is said beside it is not.
        if self.blocks.reply.has_json_tool {
            return;
        }
        let citations = block.citations.unwrap_or_default();
        let kept: Vec<_> = citations.iter().filter(|it| citation::is_kept(it)).cloned().collect();
        let mut part = Text::new(block.text);
        part.provider_metadata =
            (!kept.is_empty()).then(|| metadata::own(json!({ "citations": kept })));
        self.content.push(part.into());
        let documents = &self.blocks.reply.documents;
        let sources = citations.iter().filter_map(|it| citation::source(it, documents, cx));
        self.content.extend(sources.map(Content::from));
    }

    fn call(&mut self, block: ToolUseBlock) {
        let input = blocks::input(block.input.as_ref());
        if self.blocks.reply.has_json_tool && block.name == JSON_TOOL {
            self.from_json_tool = true;
            self.content.push(Text::new(input).into());
            return;
        }
        let mut call = ToolCall::new(block.id, block.name, input);
        call.provider_metadata = metadata::caller(block.caller.as_ref());
        self.content.push(call.into());
    }

    fn server_call(&mut self, block: ToolUseBlock) {
        let tool = self.blocks.server_tool(&block.id, &block.name);
        let given = block.input.unwrap_or_else(|| json!({}));
        let input = match (tool.input_type, &given) {
            (Some("programmatic-tool-call"), given) => {
                blocks::with_code_type(given).unwrap_or_else(|| given.clone())
            }
            (Some(kind), Value::Object(given)) => blocks::with_type(kind, given),
            (_, given) => given.clone(),
        };
        let mut call = ToolCall::new(block.id, tool.name, input.to_string());
        call.provider_executed = Some(true);
        call.dynamic = tool.is_dynamic.then_some(true);
        call.provider_metadata = metadata::caller(block.caller.as_ref());
        self.content.push(call.into());
    }
}
