//! A call as a completion request.

use aqueduct_spec::language::{AssistantPart, CallOptions, Message, ResponseFormat, UserPart};
use aqueduct_spec::{Error, JsonObject, Result, Warning};
use serde::Deserialize;
use serde_json::Value;

use super::wire::Request;
use crate::openai_compatible::chat::wire::Stop;
use crate::openai_compatible::options::{Keys, OptionKeys};

/// Options that the protocol knows.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CompletionOptions {
    echo: Option<bool>,
    logit_bias: Option<JsonObject>,
    suffix: Option<String>,
    user: Option<String>,
}

/// Writes a call. All options of the host's are copied into the request too, under their own names, over the standard
/// settings but not over prompt and stop sequences.
pub(super) fn encode(
    call: &CallOptions,
    model_id: &str,
    name: &str,
) -> Result<(JsonObject, Vec<Warning>)> {
    let keys = Keys::new(name, call.provider_options.as_ref());
    let mut warnings = Vec::new();
    keys.warn_of_name(&mut warnings);
    let options: CompletionOptions = keys.typed(OptionKeys::Own)?;
    warn_of_unsupported(call, &mut warnings);

    let request = Request {
        model: model_id.to_owned(),
        echo: options.echo,
        logit_bias: options.logit_bias,
        suffix: options.suffix,
        user: options.user,
        max_tokens: call.max_output_tokens,
        temperature: call.temperature,
        top_p: call.top_p,
        frequency_penalty: call.frequency_penalty,
        presence_penalty: call.presence_penalty,
        seed: call.seed,
        rest: JsonObject::new(),
        ..Request::default()
    };
    let mut body = object(&request)?;
    body.extend(keys.own().into_iter().filter(|(_, value)| !value.is_null()));
    body.insert("prompt".to_owned(), prompt(&call.prompt)?.into());
    let mut stop = vec!["\nuser:".to_owned()];
    stop.extend(call.stop_sequences.iter().flatten().cloned());
    body.insert("stop".to_owned(), serde_json::to_value(Stop::Many(stop)).map_err(unwritable)?);
    Ok((body, warnings))
}

fn object(request: &Request) -> Result<JsonObject> {
    match serde_json::to_value(request).map_err(unwritable)? {
        Value::Object(object) => Ok(object),
        _ => Ok(JsonObject::new()),
    }
}

fn unwritable(error: serde_json::Error) -> Error {
    Error::invalid_request("the request cannot be written as JSON").with_source(error)
}

/// Warns of what the API has no place for.
pub(crate) fn warn_of_unsupported(call: &CallOptions, warnings: &mut Vec<Warning>) {
    if call.top_k.is_some() {
        warnings.push(Warning::unsupported("topK"));
    }
    if call.tools.as_ref().is_some_and(|tools| !tools.is_empty()) {
        warnings.push(Warning::unsupported("tools"));
    }
    if call.tool_choice.is_some() {
        warnings.push(Warning::unsupported("toolChoice"));
    }
    if !matches!(call.response_format, None | Some(ResponseFormat::Text(_))) {
        warnings.push(Warning::unsupported_because(
            "responseFormat",
            "JSON response format is not supported.",
        ));
    }
}

/// Writes the conversation as one text, for the model to go on with.
pub(crate) fn prompt(prompt: &[Message]) -> Result<String> {
    let mut text = String::new();
    for (position, message) in prompt.iter().enumerate() {
        match message {
            Message::System(message) if position == 0 => {
                text.push_str(&message.content);
                text.push_str("\n\n");
            }
            Message::System(_) => {
                return Err(Error::invalid_prompt("unexpected system message in prompt"));
            }
            Message::User(message) => {
                text.push_str("user:\n");
                for part in &message.content {
                    match part {
                        UserPart::Text(part) => text.push_str(&part.text),
                        other => {
                            return Err(Error::unsupported(format_args!(
                                "user parts of type {}",
                                other.tag()
                            )));
                        }
                    }
                }
                text.push_str("\n\n");
            }
            Message::Assistant(message) => {
                text.push_str("assistant:\n");
                for part in &message.content {
                    match part {
                        AssistantPart::Text(part) => text.push_str(&part.text),
                        AssistantPart::ToolCall(_) => {
                            return Err(Error::unsupported("tool-call messages"));
                        }
                        // Thoughts and the like are not what was said.
                        _ => {}
                    }
                }
                text.push_str("\n\n");
            }
            Message::Tool(_) => return Err(Error::unsupported("tool messages")),
            other => {
                return Err(Error::unsupported(format_args!("messages of role {}", other.tag())));
            }
        }
    }
    text.push_str("assistant:\n");
    Ok(text)
}
