//! A call as a request.

use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, CallOptions, FilePart, JsonFormat, Message, ReasoningEffort,
    ResponseFormat, Tool, ToolChoice, UserMessage, UserPart,
};
use aqueduct_spec::{Error, FileData, Result, Warning, media_type};
use serde_json::{Value, json};

use super::ENTRY;
use super::options::Options;
use crate::openai::responses::wire::{
    self, Content, ContentPart, FunctionTool, InputImage, InputText, Item, OutputText,
};
use crate::vendor_options;

/// Writes a call.
pub(super) fn encode(call: &CallOptions, model_id: &str) -> Result<(wire::Request, Vec<Warning>)> {
    let unsupported = [
        ("topK", call.top_k.is_some()),
        ("seed", call.seed.is_some()),
        ("presencePenalty", call.presence_penalty.is_some()),
        ("frequencyPenalty", call.frequency_penalty.is_some()),
        ("stopSequences", call.stop_sequences.is_some()),
    ];
    let given = unsupported.into_iter().filter(|(_, is_given)| *is_given);
    let mut warnings: Vec<Warning> = given.map(|(name, _)| Warning::unsupported(name)).collect();
    let input = input(&call.prompt, &mut warnings)?;
    let options: Options = vendor_options::read(call.provider_options.as_ref(), ENTRY.id)?;
    let mut request = wire::Request::new(model_id, input);
    request.tools = tools(call, &mut warnings);
    if request.tools.is_some() {
        request.tool_choice = tool_choice(call.tool_choice.as_ref(), &mut warnings);
    }
    request.temperature = call.temperature;
    request.top_p = call.top_p;
    request.max_output_tokens = call.max_output_tokens;
    if let Some(ResponseFormat::Json(json)) = &call.response_format {
        request.text = text_settings(json, &options, &mut warnings);
    }
    request.metadata = options.metadata.map(|metadata| json!(metadata));
    request.instructions = options.instructions.map(Value::String);
    let asked = call.reasoning.and_then(ReasoningEffort::chosen);
    let effort = options.reasoning_effort.or_else(|| Some(asked?.as_str().to_owned()));
    request.reasoning =
        effort.map(|effort| wire::ReasoningSettings { effort: Some(effort), ..<_>::default() });
    request.stream = Some(false);
    Ok((request, warnings))
}

fn text_settings(
    json: &JsonFormat,
    options: &Options,
    warnings: &mut Vec<Warning>,
) -> Option<wire::TextSettings> {
    let Some(schema) = &json.schema else {
        let why = "JSON response format is only supported with a schema";
        warnings.push(Warning::unsupported_because("responseFormat", why));
        return None;
    };
    let format = wire::Format::JsonSchema(wire::JsonSchemaFormat {
        name: json.name.clone().unwrap_or_else(|| "response".to_owned()),
        strict: Some(options.strict_json_schema.unwrap_or(false)),
        description: json.description.clone(),
        schema: Some(schema.clone()),
        ..wire::JsonSchemaFormat::default()
    });
    Some(wire::TextSettings { format: Some(format), ..wire::TextSettings::default() })
}

fn input(prompt: &[Message], warnings: &mut Vec<Warning>) -> Result<Vec<Item>> {
    let mut items = Vec::with_capacity(prompt.len());
    for message in prompt {
        match message {
            Message::System(message) => {
                let content = Content::Text(message.content.clone());
                items.push(wire::Message::new("system", content).into());
            }
            Message::User(message) => items.push(user(message)?),
            Message::Assistant(message) => assistant(message, &mut items, warnings),
            Message::Tool(_) => warnings.push(Warning::unsupported("tool messages")),
            other => {
                return Err(Error::unsupported(format_args!("messages of role {}", other.tag())));
            }
        }
    }
    Ok(items)
}

fn user(message: &UserMessage) -> Result<Item> {
    let parts = message.content.iter().map(|part| match part {
        UserPart::Text(part) => {
            Ok(InputText { text: part.text.clone(), ..InputText::default() }.into())
        }
        UserPart::File(part) => image(part),
        other => Err(Error::unsupported(format_args!("user parts of type {}", other.tag()))),
    });
    let parts: Vec<ContentPart> = parts.collect::<Result<_>>()?;
    Ok(wire::Message::new("user", Content::Parts(parts)).into())
}

/// A file, which can only be an image.
fn image(part: &FilePart) -> Result<ContentPart> {
    let is_image = media_type::top_level(&part.media_type) == "image";
    let url = match &part.data {
        FileData::Reference(_) => {
            return Err(Error::unsupported("file parts with provider references"));
        }
        FileData::Text(_) => return Err(Error::unsupported("text file parts")),
        _ if !is_image => {
            return Err(Error::unsupported(format_args!(
                "file part media type {}",
                part.media_type
            )));
        }
        FileData::Url(file) => file.url.clone(),
        FileData::Data(inline) => {
            inline.data.to_data_url(&media_type::resolve(&part.media_type, &part.data)?)
        }
        other => {
            return Err(Error::unsupported(format_args!("file parts of kind {}", other.tag())));
        }
    };
    Ok(InputImage { image_url: Some(url), ..InputImage::default() }.into())
}

fn assistant(message: &AssistantMessage, items: &mut Vec<Item>, warnings: &mut Vec<Warning>) {
    for part in &message.content {
        let text = match part {
            AssistantPart::Text(part) => &part.text,
            // The router takes no thoughts but as text.
            AssistantPart::Reasoning(part) => &part.text,
            // Left out together with the results, of which a warning tells.
            AssistantPart::ToolCall(part) if part.provider_executed != Some(true) => continue,
            other => {
                let kind = format!("assistant parts of type {}", other.tag());
                warnings.push(Warning::unsupported(kind));
                continue;
            }
        };
        let text = OutputText { text: text.clone(), ..OutputText::default() };
        items.push(wire::Message::new("assistant", Content::Parts(vec![text.into()])).into());
    }
}

fn tools(call: &CallOptions, warnings: &mut Vec<Warning>) -> Option<Vec<wire::Tool>> {
    let given = call.tools.as_deref().filter(|tools| !tools.is_empty())?;
    let mut tools = Vec::with_capacity(given.len());
    for tool in given {
        match tool {
            Tool::Function(tool) => tools.push(wire::Tool::Function(FunctionTool {
                name: tool.name.clone(),
                description: tool.description.clone(),
                parameters: Some(tool.input_schema.clone()),
                ..FunctionTool::default()
            })),
            Tool::Provider(tool) => {
                let feature = format!("provider-defined tool {}", tool.id);
                warnings.push(Warning::unsupported(feature));
            }
            other => warnings.push(Warning::unsupported(format!("tool of type {}", other.tag()))),
        }
    }
    Some(tools)
}

fn tool_choice(choice: Option<&ToolChoice>, warnings: &mut Vec<Warning>) -> Option<Value> {
    match choice? {
        ToolChoice::Tool(choice) => {
            Some(json!({ "type": "function", "function": { "name": choice.tool_name } }))
        }
        choice @ (ToolChoice::Auto(_) | ToolChoice::Required(_)) => Some(choice.tag().into()),
        other => {
            warnings.push(Warning::unsupported(format!("tool choice type: {}", other.tag())));
            None
        }
    }
}
