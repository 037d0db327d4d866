//! The conversation as Alibaba wants it, with marks where the prompt cache may end.

use aqueduct_spec::language::{
    AssistantMessage, Message, ToolMessage, ToolPart, UserMessage, UserPart,
};
use aqueduct_spec::{Error, FileData, JsonObject, ProviderOptions, Result, Warning, media_type};
use serde_json::{Value, json};

use crate::openai_compatible::chat::encode::{MessageRules, assistant, file_url, tool_output};
use crate::openai_compatible::chat::wire::{self, Content, ContentPart};

/// How many marks take effect: the last ones.
const MAX_MARKS: usize = 4;

/// Writes the conversation. A message with nothing to say is left out.
pub(super) fn messages(
    prompt: &[Message],
    warnings: &mut Vec<Warning>,
) -> Result<Vec<wire::Message>> {
    let mut marks = Marks::default();
    let mut marked = Vec::new();
    let mut out = Vec::with_capacity(prompt.len());
    for message in prompt {
        let mark = marks.of(message.provider_options());
        match message {
            Message::System(message) => {
                out.push(said_by_system(&message.content, mark));
            }
            Message::User(message) => out.push(user(message, mark.as_ref(), &mut marks)?),
            Message::Assistant(message) => out.extend(said(message, mark, &mut marked)?),
            Message::Tool(message) => tool(message, mark.as_ref(), &mut marks, &mut out)?,
            other => {
                return Err(Error::unsupported(format_args!("messages of role {}", other.tag())));
            }
        }
    }
    warnings.extend(marked);
    warnings.extend((MAX_MARKS..marks.0).map(|_| {
        Warning::other(format!(
            "Max breakpoint limit exceeded. Only the last {MAX_MARKS} cache markers will take effect."
        ))
    }));
    Ok(out)
}

/// Counts the marks.
#[derive(Default)]
struct Marks(usize);

impl Marks {
    /// The mark among the options of a message or part.
    fn of(&mut self, options: Option<&ProviderOptions>) -> Option<Value> {
        let options = options?.get("alibaba")?;
        let set = |name: &str| options.get(name).filter(|mark| !mark.is_null() && **mark != false);
        let mark = set("cacheControl").or_else(|| set("cache_control"))?;
        self.0 += 1;
        Some(mark.clone())
    }
}

fn said_by_system(content: &str, mark: Option<Value>) -> wire::Message {
    let mut message = wire::Message::new("system", "");
    message.content = Some(text(content, mark));
    message
}

/// Text, as a part if it has a mark.
fn text(text: &str, mark: Option<Value>) -> Content {
    match mark {
        None => Content::Text(text.to_owned()),
        Some(mark) => Content::Parts(vec![part("text", text.into(), Some(mark))]),
    }
}

fn part(kind: &str, content: Value, mark: Option<Value>) -> ContentPart {
    let mut part =
        JsonObject::from_iter([("type".to_owned(), kind.into()), (kind.to_owned(), content)]);
    if let Some(mark) = mark {
        part.insert("cache_control".to_owned(), mark);
    }
    ContentPart::Other(part)
}

fn user(message: &UserMessage, mark: Option<&Value>, marks: &mut Marks) -> Result<wire::Message> {
    let mut parts = Vec::with_capacity(message.content.len());
    for (index, item) in message.content.iter().enumerate() {
        let is_last = index + 1 == message.content.len();
        let mark_of = |options, marks: &mut Marks| {
            marks.of(options).or_else(|| mark.filter(|_| is_last).cloned())
        };
        parts.push(match item {
            UserPart::Text(text) => {
                let mark = mark_of(text.provider_options.as_ref(), marks);
                part("text", text.text.as_str().into(), mark)
            }
            UserPart::File(file) => {
                match &file.data {
                    FileData::Reference(_) => {
                        return Err(Error::unsupported("file parts with provider references"));
                    }
                    FileData::Text(_) => return Err(Error::unsupported("text file parts")),
                    _ if media_type::top_level(&file.media_type) != "image" => {
                        return Err(Error::unsupported("Only image file parts are supported"));
                    }
                    _ => {}
                }
                let mark = mark_of(file.provider_options.as_ref(), marks);
                part("image_url", json!({ "url": file_url(file)? }), mark)
            }
            other => {
                return Err(Error::unsupported(format_args!("user parts of type {}", other.tag())));
            }
        });
    }
    Ok(wire::Message::new("user", parts))
}

/// What the model said, without its thoughts: the API does not take them back.
fn said(
    message: &AssistantMessage,
    mark: Option<Value>,
    warnings: &mut Vec<Warning>,
) -> Result<Option<wire::Message>> {
    let rules = MessageRules::new().without_copied_options();
    let mut written = assistant(message, &rules, warnings)?;
    let thoughts = written.reasoning_content.take();
    let said = written.content.take().map(Content::into_text).unwrap_or_default();
    if said.is_empty() && written.tool_calls.is_none() {
        // Nothing but thoughts was no answer: there is nothing to tell of.
        return Ok(None);
    }
    let warning = Warning::unsupported("assistant parts of type reasoning");
    if thoughts.is_some() && !warnings.contains(&warning) {
        warnings.push(warning);
    }
    if !said.is_empty() || mark.is_some() {
        written.content = Some(text(&said, mark));
    }
    Ok(Some(written))
}

fn tool(
    message: &ToolMessage,
    mark: Option<&Value>,
    marks: &mut Marks,
    out: &mut Vec<wire::Message>,
) -> Result<()> {
    let results = message.content.iter().filter_map(|part| match part {
        ToolPart::ToolResult(part) => Some(part),
        // An approval is the answer to a question that this API does not ask.
        _ => None,
    });
    let mut results = results.peekable();
    while let Some(result) = results.next() {
        let own = marks.of(result.provider_options.as_ref());
        let mark = own.or_else(|| mark.filter(|_| results.peek().is_none()).cloned());
        let mut written = wire::Message::new("tool", "");
        written.content = Some(text(&tool_output(&result.output)?, mark));
        written.tool_call_id = Some(result.tool_call_id.clone());
        out.push(written);
    }
    Ok(())
}
