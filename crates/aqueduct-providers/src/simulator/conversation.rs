//! What the simulator understands of a prompt.

use aqueduct_spec::language::{
    AssistantPart, FilePart, Message, OutputPart, ToolPart, ToolResultOutput, ToolResultPart,
    UserPart,
};
use aqueduct_spec::{FileData, Result};

use super::script::{Marker, take_markers};
use super::words;

/// What the simulator understands of a prompt.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    /// What the user said last, without markers; files are named.
    pub(super) said: String,
    /// The markers in it.
    pub(super) markers: Vec<Marker>,
    /// How many turns of tool calls followed.
    pub(super) step: usize,
    /// What the tools gave, if that is what the prompt ends with.
    pub(super) results: Vec<ResultOf>,
    /// The words of the whole prompt.
    pub(super) words: u64,
}

/// The result of a tool.
#[derive(Debug)]
pub(super) struct ResultOf {
    pub(super) tool: String,
    pub(super) text: String,
}

impl Conversation {
    pub(super) fn read(prompt: &[Message]) -> Result<Self> {
        let mut read = Self::default();
        for message in prompt {
            match message {
                Message::System(system) => read.words += words::count(&system.content),
                Message::User(user) => read.user(&user.content)?,
                Message::Assistant(assistant) => read.assistant(&assistant.content),
                Message::Tool(tool) => read.tool(&tool.content),
                _ => {}
            }
        }
        Ok(read)
    }

    fn user(&mut self, parts: &[UserPart]) -> Result<()> {
        let mut texts = Vec::new();
        self.markers.clear();
        for part in parts {
            match part {
                UserPart::Text(part) => {
                    let (text, markers) = take_markers(&part.text)?;
                    self.words += words::count(&text);
                    self.markers.extend(markers);
                    texts.push(text);
                }
                UserPart::File(file) => texts.push(name_of(file)),
                _ => texts.push(format!("[{}]", part.tag())),
            }
        }
        texts.retain(|text| !text.is_empty());
        self.said = texts.join("\n");
        self.results.clear();
        self.step = 0;
        Ok(())
    }

    fn assistant(&mut self, parts: &[AssistantPart]) {
        self.results.clear();
        let mut calls = false;
        for part in parts {
            match part {
                AssistantPart::Text(part) => self.words += words::count(&part.text),
                AssistantPart::Reasoning(part) => self.words += words::count(&part.text),
                AssistantPart::ToolCall(call) => {
                    calls = true;
                    self.words += words::count(&call.input.to_string());
                }
                AssistantPart::ToolResult(result) => {
                    self.words += words::count(&text_of(&result.output));
                }
                _ => {}
            }
        }
        self.step += usize::from(calls);
    }

    fn tool(&mut self, parts: &[ToolPart]) {
        for part in parts {
            if let ToolPart::ToolResult(ToolResultPart { tool_name, output, .. }) = part {
                let text = text_of(output);
                self.words += words::count(&text);
                self.results.push(ResultOf { tool: tool_name.clone(), text });
            }
        }
    }
}

fn text_of(output: &ToolResultOutput) -> String {
    match output {
        ToolResultOutput::Text(output) => output.value.clone(),
        ToolResultOutput::Json(output) => output.value.to_string(),
        ToolResultOutput::ErrorText(output) => format!("an error: {}", output.value),
        ToolResultOutput::ErrorJson(output) => format!("an error: {}", output.value),
        ToolResultOutput::ExecutionDenied(output) => {
            format!(
                "that it may not run: {}",
                output.reason.as_deref().unwrap_or("no reason given")
            )
        }
        ToolResultOutput::Content(output) => {
            let parts = output.value.iter().map(|part| match part {
                OutputPart::Text(part) => part.text.clone(),
                OutputPart::File(file) => name_of(file),
                _ => format!("[{}]", part.tag()),
            });
            parts.collect::<Vec<_>>().join("\n")
        }
        _ => format!("[{}]", output.tag()),
    }
}

/// Names a file in a way that shows what of it has arrived.
fn name_of(file: &FilePart) -> String {
    let content = match &file.data {
        FileData::Data(inline) => match inline.data.to_bytes() {
            Ok(bytes) => format!("{} bytes", bytes.len()),
            Err(_) => "not base64".to_owned(),
        },
        FileData::Url(url) => url.url.clone(),
        FileData::Text(text) => format!("{} words", words::count(&text.text)),
        other => other.tag().to_owned(),
    };
    format!("[file: {}, {content}]", file.media_type)
}
