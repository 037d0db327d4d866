//! Conversations made shorter.

use aqueduct::message::{Message, Prune, PruneFrom, prune_messages};
use serde_json::{Value, json};

/// A question, two tool calls of which one was asked about, and the answer.
fn conversation() -> Vec<Message> {
    serde_json::from_value(json!([
        {"role": "user", "content": [{"type": "text", "text": "Weather?"}]},
        {"role": "assistant", "content": [
            {"type": "reasoning", "text": "hm"},
            {"type": "tool-call", "toolCallId": "c1", "toolName": "t1", "input": {}},
            {"type": "tool-call", "toolCallId": "c2", "toolName": "t2", "input": {}},
            {"type": "tool-approval-request", "toolCallId": "c2", "approvalId": "a2"},
        ]},
        {"role": "tool", "content": [
            {"type": "tool-approval-response", "approvalId": "a2", "approved": true},
            {"type": "tool-result", "toolCallId": "c1", "toolName": "t1", "output": {"type": "text", "value": "sun"}},
            {"type": "tool-result", "toolCallId": "c2", "toolName": "t2", "output": {"type": "text", "value": "rain"}},
        ]},
        {"role": "assistant", "content": [
            {"type": "reasoning", "text": "ah"},
            {"type": "text", "text": "Sun and rain."},
        ]},
    ]))
    .unwrap()
}

/// The parts of each message, in short.
fn pruned(messages: Vec<Message>, prune: &Prune) -> Vec<String> {
    let messages = serde_json::to_value(prune_messages(messages, prune)).unwrap();
    let part = |part: &Value| {
        let id = part.get("toolCallId").filter(|_| part["type"] != "tool-approval-request");
        let id = id.or(part.get("approvalId")).or(part.get("text"));
        let kind = part["type"].as_str().unwrap().rsplit('-').next().unwrap().to_owned();
        format!("{kind} {}", id.unwrap().as_str().unwrap())
    };
    let parts = |message: &Value| {
        message["content"].as_array().unwrap().iter().map(part).collect::<Vec<_>>().join(", ")
    };
    messages.as_array().unwrap().iter().map(parts).collect()
}

const USER: &str = "text Weather?";
const CALLS: &str = "reasoning hm, call c1, call c2, request a2";
const RESULTS: &str = "response a2, result c1, result c2";
const ANSWER: &str = "reasoning ah, text Sun and rain.";

#[test]
fn nothing_is_left_out_unless_asked() {
    assert_eq!(pruned(conversation(), &Prune::new()), [USER, CALLS, RESULTS, ANSWER]);
}

#[test]
fn thoughts_are_left_out() {
    let calls = "call c1, call c2, request a2";
    let all = Prune::new().reasoning(PruneFrom::All);
    assert_eq!(pruned(conversation(), &all), [USER, calls, RESULTS, "text Sun and rain."]);
    let before = Prune::new().reasoning(PruneFrom::BeforeLastMessage);
    assert_eq!(pruned(conversation(), &before), [USER, calls, RESULTS, ANSWER]);
}

#[test]
fn tool_calls_go_with_their_results_and_questions() {
    let all = Prune::new().tool_calls(PruneFrom::All);
    assert_eq!(pruned(conversation(), &all), [USER, ANSWER]);
    // Thoughts that led to nothing else go as well.
    assert_eq!(pruned(conversation(), &all.keep_empty_messages()), [USER, "", "", ANSWER]);
    let before = Prune::new().tool_calls(PruneFrom::BeforeLastMessage);
    assert_eq!(pruned(conversation(), &before), [USER, ANSWER]);
    let before = Prune::new().tool_calls(PruneFrom::BeforeLast(0));
    assert_eq!(pruned(conversation(), &before), [USER, ANSWER]);
}

#[test]
fn what_the_last_messages_refer_to_stays() {
    for n in [2, 3, 9] {
        let before = Prune::new().tool_calls(PruneFrom::BeforeLast(n));
        assert_eq!(pruned(conversation(), &before), [USER, CALLS, RESULTS, ANSWER], "{n}");
    }
    // A leave that was just given stays with its question and its call.
    let mut messages = conversation();
    messages.truncate(3);
    if let Message::Tool(message) = &mut messages[2] {
        message.content.truncate(1);
    }
    let before = Prune::new().tool_calls(PruneFrom::BeforeLastMessage);
    let expected = [USER, "reasoning hm, call c2, request a2", "response a2"];
    assert_eq!(pruned(messages, &before), expected);
}

#[test]
fn only_the_tools_named_are_left_out() {
    let second = Prune::new().tool_calls_of(["t2"], PruneFrom::All);
    let expected = [USER, "reasoning hm, call c1", "result c1", ANSWER];
    assert_eq!(pruned(conversation(), &second), expected);
    let first = Prune::new().tool_calls_of(["t1"], PruneFrom::BeforeLastMessage);
    let expected = [USER, "reasoning hm, call c2, request a2", "response a2, result c2", ANSWER];
    assert_eq!(pruned(conversation(), &first), expected);
    let both = first.tool_calls_of(["t2", "t3"], PruneFrom::BeforeLast(1));
    assert_eq!(pruned(conversation(), &both), [USER, ANSWER]);
}

#[test]
fn empty_messages_of_any_role_go() {
    let empty = || -> Vec<Message> {
        serde_json::from_value(json!([
            {"role": "system", "content": ""},
            {"role": "user", "content": []},
            {"role": "tool", "content": []},
        ]))
        .unwrap()
    };
    assert!(prune_messages(empty(), &Prune::new()).is_empty());
    assert_eq!(prune_messages(empty(), &Prune::new().keep_empty_messages()).len(), 3);
}
