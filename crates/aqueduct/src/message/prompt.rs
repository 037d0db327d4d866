//! A conversation, made into the prompt of one call.

use std::collections::{BTreeMap, BTreeSet};

use aqueduct_spec::language::{AssistantPart, Message, TextPart, ToolMessage, ToolPart, UserPart};
use aqueduct_spec::{Error, Result};

use super::Instructions;

/// Returns the messages that a model is sent: instructions first, tool messages in a row as one, without empty texts and
/// without what is only between the program and its user (who was asked for leave, and the answer).
///
/// # Errors
/// `InvalidPrompt` if a tool call lacks its result.
pub(crate) fn build_prompt(
    instructions: &Instructions,
    messages: &[Message],
) -> Result<Vec<Message>> {
    find_missing_results(messages, &BTreeSet::new())?;
    let providers = provider_approvals(messages);
    let mut prompt: Vec<_> = instructions.0.iter().cloned().map(Message::System).collect();
    for message in messages {
        append(&mut prompt, message.clone());
    }
    for message in &mut prompt {
        drop_approvals(message, &providers);
    }
    prompt.retain(|message| !matches!(message, Message::Tool(tool) if tool.content.is_empty()));
    Ok(prompt)
}

/// Appends a message. Tool messages in a row become one: providers want all results of a turn together.
fn append(messages: &mut Vec<Message>, mut message: Message) {
    drop_empty_texts(&mut message);
    match (messages.last_mut(), message) {
        (Some(Message::Tool(last)), Message::Tool(tool)) if last.rest == tool.rest => {
            merge(last, tool);
        }
        (_, message) => messages.push(message),
    }
}

/// Puts a tool message behind another. Options of a message, such as a mark of what to cache, are about its end: those of the
/// first one go to its last part, unless that has its own.
fn merge(last: &mut ToolMessage, mut tool: ToolMessage) {
    let options = std::mem::replace(&mut last.provider_options, tool.provider_options.take());
    if let Some(mut options) = options {
        let own = match last.content.last_mut() {
            Some(ToolPart::ToolResult(part)) => &mut part.provider_options,
            Some(ToolPart::ToolApprovalResponse(part)) => &mut part.provider_options,
            _ => &mut last.provider_options,
        };
        if let Some(own) = own.take() {
            options.merge(own);
        }
        *own = Some(options);
    }
    last.content.append(&mut tool.content);
}

/// Some providers refuse an empty text, which says nothing anyway unless what its model wrote there rides on it.
fn drop_empty_texts(message: &mut Message) {
    let is_empty = |text: &TextPart| text.text.is_empty() && text.provider_options.is_none();
    match message {
        Message::User(user) => user
            .content
            .retain(|part| !matches!(part, UserPart::Text(text) if text.text.is_empty())),
        Message::Assistant(assistant) => assistant
            .content
            .retain(|part| !matches!(part, AssistantPart::Text(text) if is_empty(text))),
        _ => {}
    }
}

/// The questions for leave that are about a tool of the provider's: only their answers are sent on.
fn provider_approvals(messages: &[Message]) -> BTreeSet<String> {
    let mut calls = BTreeSet::new();
    let mut approvals = BTreeSet::new();
    for part in assistant_parts(messages) {
        match part {
            AssistantPart::ToolCall(call) if call.provider_executed == Some(true) => {
                calls.insert(call.tool_call_id.as_str());
            }
            AssistantPart::ToolApprovalRequest(request)
                if calls.contains(request.tool_call_id.as_str()) =>
            {
                approvals.insert(request.approval_id.clone());
            }
            _ => {}
        }
    }
    approvals
}

fn drop_approvals(message: &mut Message, providers: &BTreeSet<String>) {
    match message {
        Message::Assistant(assistant) => {
            assistant.content.retain(|part| !matches!(part, AssistantPart::ToolApprovalRequest(_)));
        }
        Message::Tool(tool) => tool.content.retain_mut(|part| match part {
            ToolPart::ToolApprovalResponse(response) => {
                let is_marked = response.provider_executed.take() == Some(true);
                is_marked || providers.contains(&response.approval_id)
            }
            _ => true,
        }),
        _ => {}
    }
}

fn assistant_parts(messages: &[Message]) -> impl Iterator<Item = &AssistantPart> {
    messages.iter().flat_map(|message| match message {
        Message::Assistant(assistant) => assistant.content.as_slice(),
        _ => &[],
    })
}

/// Checks that every call of a tool that the provider did not run has its result, or an answer to the question for leave,
/// before the conversation goes on. What follows from an answer is done before a model is asked.
pub(crate) fn check_tool_results(messages: &[Message]) -> Result<()> {
    find_missing_results(messages, &answered_approvals(messages))
}

fn find_missing_results(messages: &[Message], answered: &BTreeSet<&str>) -> Result<()> {
    let mut open: Vec<&str> = Vec::new();
    for message in messages {
        match message {
            Message::Assistant(assistant) => {
                for part in &assistant.content {
                    match part {
                        AssistantPart::ToolCall(call)
                            if !call.provider_executed.unwrap_or(false)
                                && !answered.contains(call.tool_call_id.as_str()) =>
                        {
                            open.push(&call.tool_call_id);
                        }
                        AssistantPart::ToolResult(result) => {
                            open.retain(|id| *id != result.tool_call_id);
                        }
                        _ => {}
                    }
                }
            }
            Message::Tool(tool) => {
                for part in &tool.content {
                    if let ToolPart::ToolResult(result) = part {
                        open.retain(|id| *id != result.tool_call_id);
                    }
                }
            }
            Message::User(_) | Message::System(_) => missing(&open)?,
            _ => {}
        }
    }
    missing(&open)
}

/// The calls whose question for leave was answered.
fn answered_approvals(messages: &[Message]) -> BTreeSet<&str> {
    let questions: BTreeMap<&str, &str> = assistant_parts(messages)
        .filter_map(|part| match part {
            AssistantPart::ToolApprovalRequest(request) => {
                Some((request.approval_id.as_str(), request.tool_call_id.as_str()))
            }
            _ => None,
        })
        .collect();
    let tool_parts = messages.iter().flat_map(|message| match message {
        Message::Tool(tool) => tool.content.as_slice(),
        _ => &[],
    });
    tool_parts
        .filter_map(|part| match part {
            ToolPart::ToolApprovalResponse(response) => {
                questions.get(response.approval_id.as_str()).copied()
            }
            _ => None,
        })
        .collect()
}

fn missing(open: &[&str]) -> Result<()> {
    let message = match open {
        [] => return Ok(()),
        [id] => format!("tool result is missing for tool call {id}"),
        ids => format!("tool results are missing for tool calls {}", ids.join(", ")),
    };
    Err(Error::invalid_prompt(message).with_code("missing_tool_results").with_param(open))
}

#[cfg(test)]
mod tests {
    use aqueduct_spec::language::{
        AssistantMessage, ToolApprovalRequestPart, ToolApprovalResponsePart, ToolCallPart,
        ToolResultOutput, ToolResultPart,
    };
    use serde_json::json;

    use super::*;

    fn call(id: &str) -> Message {
        AssistantMessage::new(vec![ToolCallPart::new(id, "weather", json!({})).into()]).into()
    }

    fn result(id: &str) -> Message {
        let part = ToolResultPart::new(id, "weather", ToolResultOutput::text("sunny"));
        ToolMessage::new(vec![part.into()]).into()
    }

    fn build(messages: &[Message]) -> Result<Vec<Message>> {
        build_prompt(&Instructions::default(), messages)
    }

    #[test]
    fn merges_tool_messages() {
        let two = AssistantMessage::new(vec![
            ToolCallPart::new("a", "weather", json!({})).into(),
            ToolCallPart::new("b", "weather", json!({})).into(),
        ]);
        let prompt = build(&[Message::user("hi"), two.into(), result("a"), result("b")]).unwrap();
        assert_eq!(prompt.len(), 3);
        assert!(matches!(&prompt[2], Message::Tool(tool) if tool.content.len() == 2));
    }

    #[test]
    fn options_of_a_merged_message_go_to_its_last_part() {
        let options = |key: &str| {
            let options = json!({ "test": { key: true } });
            serde_json::from_value::<aqueduct_spec::ProviderOptions>(options).unwrap()
        };
        let two = AssistantMessage::new(vec![
            ToolCallPart::new("a", "weather", json!({})).into(),
            ToolCallPart::new("b", "weather", json!({})).into(),
        ]);
        let [mut first, mut second] = ["a", "b"].map(|id| match result(id) {
            Message::Tool(tool) => tool,
            other => panic!("{other:?}"),
        });
        first.provider_options = Some(options("first"));
        second.provider_options = Some(options("second"));
        let prompt = build(&[two.into(), first.into(), second.into()]).unwrap();
        let Message::Tool(tool) = &prompt[1] else { panic!("{prompt:?}") };
        assert_eq!(tool.provider_options, Some(options("second")));
        let [ToolPart::ToolResult(a), ToolPart::ToolResult(b)] = tool.content.as_slice() else {
            panic!("{tool:?}")
        };
        assert_eq!(a.provider_options, Some(options("first")));
        assert_eq!(b.provider_options, None);
    }

    #[test]
    fn misses_tool_results() {
        let hi = || Message::user("hi");
        let message = |messages: &[Message]| build(messages).unwrap_err().to_string();
        assert!(message(&[hi(), call("a")]).contains("tool call a"));
        assert!(message(&[hi(), call("a"), hi(), result("a")]).contains("tool call a"));
        assert!(message(&[hi(), call("a"), call("b")]).contains("a, b"));
        let error = build(&[hi(), call("a"), call("b")]).unwrap_err();
        assert_eq!(error.code(), Some("missing_tool_results"));
        assert_eq!(error.param(), Some(&json!(["a", "b"])));
        assert!(build(&[hi(), call("a"), result("a"), hi()]).is_ok());
    }

    #[test]
    fn keeps_questions_for_leave_from_the_model_except_the_answers_for_its_provider() {
        let mut theirs = ToolCallPart::new("p", "mcp", json!({}));
        theirs.provider_executed = Some(true);
        let said = AssistantMessage::new(vec![
            ToolCallPart::new("a", "weather", json!({})).into(),
            ToolApprovalRequestPart::new("ask-a", "a").into(),
            theirs.into(),
            ToolApprovalRequestPart::new("ask-p", "p").into(),
        ]);
        let answers = ToolMessage::new(vec![
            ToolApprovalResponsePart::new("ask-a", true).into(),
            ToolApprovalResponsePart::new("ask-p", true).into(),
            ToolResultPart::new("a", "weather", ToolResultOutput::text("sunny")).into(),
        ]);
        let prompt = build(&[Message::user("hi"), said.into(), answers.into()]).unwrap();
        let Message::Assistant(assistant) = &prompt[1] else { panic!("{prompt:?}") };
        let tags: Vec<_> = assistant.content.iter().map(AssistantPart::tag).collect();
        assert_eq!(tags, ["tool-call", "tool-call"]);
        let Message::Tool(tool) = &prompt[2] else { panic!("{prompt:?}") };
        let [ToolPart::ToolApprovalResponse(response), ToolPart::ToolResult(_)] =
            tool.content.as_slice()
        else {
            panic!("{tool:?}")
        };
        assert_eq!(response.approval_id, "ask-p");
    }
}
