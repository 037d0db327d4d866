//! The results of tools that the client ran.

use aqueduct_spec::language::{
    CustomOutputPart, FilePart, OutputPart, ToolMessage, ToolPart, ToolResultOutput, ToolResultPart,
};
use aqueduct_spec::{Error, FileData, ProviderOptions, Result, media_type};
use serde_json::Value;

use super::notes::Notes;
use super::user::pdf_source;
use crate::anthropic::messages::wire::{self, Block, Content, Source};

pub(super) fn encode(
    message: &ToolMessage,
    blocks: &mut Vec<Block>,
    notes: &mut Notes,
) -> Result<()> {
    let last = message.content.len().saturating_sub(1);
    for (index, part) in message.content.iter().enumerate() {
        let part = match part {
            ToolPart::ToolResult(part) => part,
            // The API asks nobody for approval.
            ToolPart::ToolApprovalResponse(_) => continue,
            other => {
                return Err(Error::unsupported(format_args!("content part: {}", other.tag())));
            }
        };
        let mut mark = notes.cache.take(part.provider_options.as_ref());
        if mark.is_none() {
            mark = notes.cache.take(output_options(&part.output));
        }
        if mark.is_none() && index == last {
            mark = notes.cache.take(message.provider_options.as_ref());
        }
        let mut block = wire::ToolResultBlock::new(part.tool_call_id.as_str());
        block.content = Some(content(part, notes)?);
        block.is_error =
            matches!(part.output, ToolResultOutput::ErrorText(_) | ToolResultOutput::ErrorJson(_))
                .then_some(true);
        block.cache_control = mark;
        blocks.push(Block::ToolResult(block));
    }
    Ok(())
}

fn output_options(output: &ToolResultOutput) -> Option<&ProviderOptions> {
    match output {
        ToolResultOutput::Text(output) => output.provider_options.as_ref(),
        ToolResultOutput::Json(output) => output.provider_options.as_ref(),
        ToolResultOutput::ExecutionDenied(output) => output.provider_options.as_ref(),
        ToolResultOutput::ErrorText(output) => output.provider_options.as_ref(),
        ToolResultOutput::ErrorJson(output) => output.provider_options.as_ref(),
        ToolResultOutput::Content(output) => output.value.iter().find_map(|part| match part {
            OutputPart::Text(part) => part.provider_options.as_ref(),
            OutputPart::File(part) => part.provider_options.as_ref(),
            OutputPart::Custom(part) => part.provider_options.as_ref(),
            _ => None,
        }),
        _ => None,
    }
}

fn content(part: &ToolResultPart, notes: &mut Notes) -> Result<Content> {
    Ok(match &part.output {
        ToolResultOutput::Text(output) => Content::Text(output.value.clone()),
        ToolResultOutput::ErrorText(output) => Content::Text(output.value.clone()),
        ToolResultOutput::ExecutionDenied(output) => Content::Text(
            output.reason.clone().unwrap_or_else(|| "Tool call execution denied.".to_owned()),
        ),
        ToolResultOutput::Json(output) => Content::Text(output.value.to_string()),
        ToolResultOutput::ErrorJson(output) => Content::Text(output.value.to_string()),
        ToolResultOutput::Content(output) => {
            let mut blocks = Vec::new();
            for part in &output.value {
                blocks.extend(output_part(part, notes)?);
            }
            Content::Blocks(blocks)
        }
        other => {
            return Err(Error::unsupported(format_args!(
                "tool result output of type: {}",
                other.tag()
            )));
        }
    })
}

fn output_part(part: &OutputPart, notes: &mut Notes) -> Result<Option<Block>> {
    Ok(match part {
        OutputPart::Text(part) => Some(Block::Text(wire::TextBlock::new(part.text.as_str()))),
        OutputPart::File(part) => file(part, notes)?,
        OutputPart::Custom(part) => custom(part, notes),
        other => {
            notes.warn(format!("unsupported tool content part type: {}", other.tag()));
            None
        }
    })
}

fn file(part: &FilePart, notes: &mut Notes) -> Result<Option<Block>> {
    let is_image = media_type::top_level(&part.media_type) == "image";
    let image = |source| Some(Block::Image(wire::ImageBlock::new(source)));
    let document = |source| Some(Block::Document(wire::DocumentBlock::new(source)));
    match &part.data {
        FileData::Url(data) => {
            let source = Source::Url { url: data.url.clone() };
            Ok(if is_image { image(source) } else { document(source) })
        }
        FileData::Data(data) => {
            let media_type = media_type::resolve(&part.media_type, &part.data)?;
            if is_image {
                let media_type = media_type.into_owned();
                return Ok(image(Source::Base64 { media_type, data: data.data.to_base64() }));
            }
            if media_type == "application/pdf" {
                notes.betas.add("pdfs-2024-09-25");
                return Ok(document(pdf_source(&data.data)));
            }
            notes.warn(format!(
                "unsupported tool content part type: file with media type: {}",
                part.media_type
            ));
            Ok(None)
        }
        other => {
            notes.warn(format!(
                "unsupported tool content part type: file with data type: {}",
                other.tag()
            ));
            Ok(None)
        }
    }
}

/// Names of tools, found by a search of the caller's own.
fn custom(part: &CustomOutputPart, notes: &mut Notes) -> Option<Block> {
    let options = part.provider_options.as_ref().and_then(|options| options.get("anthropic"));
    let text = |name| options?.get(name).and_then(Value::as_str);
    match (text("type"), text("toolName")) {
        (Some("tool-reference"), Some(name)) => {
            Some(Block::ToolReference(wire::ToolReferenceBlock::new(name)))
        }
        _ => {
            notes.warn("unsupported custom tool content part");
            None
        }
    }
}
