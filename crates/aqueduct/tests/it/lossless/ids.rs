//! Ids and signatures of any shape come back as they are, however the results of tools are ordered and cut into messages.

use std::collections::BTreeSet;

use aqueduct::message::AssistantPart;
use aqueduct::spec::language::{ToolMessage, ToolResultOutput, ToolResultPart};
use aqueduct::{Message, Tool, generate_text};
use aqueduct_http::Client;
use aqueduct_providers::{Settings, find};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use proptest::collection::{btree_set, vec};
use proptest::prelude::{Just, ProptestConfig, Strategy, any};
use proptest::test_runner::{TestError, TestRunner};
use serde_json::{Map, Value, json};

use super::case::text;

/// A wire, and where its calls and results are.
struct Codec {
    provider: &'static str,
    /// The vendor's answer, given ids and signatures.
    answer: fn(&[String], &[String]) -> Value,
    /// The ids of calls, of results, and the signatures of a request, each in their order.
    found: fn(&Value) -> [Vec<String>; 3],
}

const CODECS: &[Codec] = &[
    Codec { provider: "openai-compatible", answer: chat, found: chat_found },
    Codec { provider: "openai", answer: responses, found: responses_found },
    Codec { provider: "anthropic", answer: anthropic, found: anthropic_found },
    Codec { provider: "google", answer: gemini, found: gemini_found },
];

/// Ids, a signature each, the order of the results, and which of them begin a message.
#[derive(Debug, Clone)]
struct Talk {
    ids: Vec<String>,
    signatures: Vec<String>,
    order: Vec<usize>,
    cuts: Vec<bool>,
}

fn talks() -> impl Strategy<Value = Talk> {
    let id = || proptest::prop_oneof!["[a-zA-Z0-9_-]{1,40}", "\\PC{1,12}", "[a-z]{200,600}"];
    btree_set(id(), 1..5).prop_flat_map(move |ids: BTreeSet<String>| {
        let ids: Vec<String> = ids.into_iter().collect();
        let count = ids.len();
        let order = Just((0..count).collect::<Vec<_>>()).prop_shuffle();
        (Just(ids), vec(id(), count), order, vec(any::<bool>(), count))
            .prop_map(|(ids, signatures, order, cuts)| Talk { ids, signatures, order, cuts })
    })
}

#[test]
fn any_ids_come_back() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::builder().no_proxy().build().unwrap();
    for codec in CODECS {
        let config = ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() };
        let outcome = TestRunner::new(config).run(&talks(), |talk| {
            runtime.block_on(come_back(codec, &talk, &client));
            Ok(())
        });
        if let Err(TestError::Fail(why, talk)) = outcome {
            panic!("{}: {why}\n{talk:?}", codec.provider);
        }
    }
}

async fn come_back(codec: &Codec, talk: &Talk, client: &Client) {
    let answer = (codec.answer)(&talk.ids, &talk.signatures);
    let upstream =
        ScriptedUpstream::replies([Reply::json(200, &answer), Reply::json(418, &json!({}))]);
    let mut settings = Map::new();
    for (name, value) in [("apiKey", "key"), ("name", "mock"), ("baseURL", &upstream.url())] {
        settings.insert(name.to_owned(), value.into());
    }
    let provider = find(codec.provider).unwrap().build(&Settings::from(settings), client).unwrap();
    let model = provider.language_model("mock").unwrap();
    let ask = |messages: Vec<Message>| {
        let tool = Tool::new("look").schema(json!({ "type": "object" }));
        // Without a store at the vendor its answers come back whole, with what is encrypted in them.
        let request = generate_text(&model).messages(messages).tool(tool).max_retries(0);
        request.provider_options("openai", json!({ "store": false }))
    };
    let mut messages = vec![Message::user("Hello")];
    messages.extend(ask(messages.clone()).await.unwrap().response_messages());
    let calls = calls(&messages);
    let mut results: Vec<Vec<_>> = vec![Vec::new()];
    for (&at, &cut) in talk.order.iter().zip(&talk.cuts) {
        if cut && results.last().is_some_and(|last| !last.is_empty()) {
            results.push(Vec::new());
        }
        let part = ToolResultPart::new(calls[at].as_str(), "look", ToolResultOutput::text("x"));
        results.last_mut().unwrap().push(part.into());
    }
    messages.extend(results.into_iter().map(|parts| ToolMessage::new(parts).into()));
    assert!(ask(messages).await.is_err(), "the second reply is a refusal");
    let requests = upstream.requests();
    let found = (codec.found)(&requests[1].json());
    let ordered: Vec<String> = talk.order.iter().map(|&at| talk.ids[at].clone()).collect();
    let [called, resulted, signed] = found;
    assert_eq!(called, talk.ids, "the calls");
    assert_eq!(resulted, ordered, "the results");
    assert_eq!(signed, talk.signatures, "the signatures");
}

fn calls(messages: &[Message]) -> Vec<String> {
    let Some(Message::Assistant(said)) = messages.last() else { panic!("nothing was said") };
    let parts = said.content.iter();
    parts
        .filter_map(|part| match part {
            AssistantPart::ToolCall(call) => Some(call.tool_call_id.clone()),
            _ => None,
        })
        .collect()
}

fn pairs<'a>(
    ids: &'a [String],
    signatures: &'a [String],
) -> impl Iterator<Item = (&'a String, &'a String)> {
    ids.iter().zip(signatures)
}

/// The texts of a field of those objects that fit.
fn texts<'a>(
    values: impl IntoIterator<Item = &'a Value>,
    fits: impl Fn(&Value) -> bool,
    pointer: &str,
) -> Vec<String> {
    let values = values.into_iter().filter(|value| fits(value));
    values.filter_map(|value| value.pointer(pointer)).map(|it| text(it).to_owned()).collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn chat(ids: &[String], signatures: &[String]) -> Value {
    let calls: Vec<Value> = pairs(ids, signatures)
        .map(|(id, signature)| {
            let function = json!({ "name": "look", "arguments": "{}" });
            let extra = json!({ "google": { "thought_signature": signature } });
            json!({ "id": id, "type": "function", "function": function, "extra_content": extra })
        })
        .collect();
    let message = json!({ "role": "assistant", "content": null, "tool_calls": calls });
    let choice = json!({ "index": 0, "message": message, "finish_reason": "tool_calls" });
    json!({ "id": "1", "created": 1, "model": "mock", "choices": [choice] })
}

fn chat_found(body: &Value) -> [Vec<String>; 3] {
    let messages: Vec<&Value> = list(&body["messages"]).collect();
    let calls: Vec<&Value> = messages.iter().flat_map(|it| list(&it["tool_calls"])).collect();
    let signature = "/extra_content/google/thought_signature";
    [
        texts(calls.iter().copied(), |_| true, "/id"),
        texts(messages.iter().copied(), |it| it["role"] == "tool", "/tool_call_id"),
        texts(calls, |_| true, signature),
    ]
}

fn responses(ids: &[String], signatures: &[String]) -> Value {
    let output: Vec<Value> = pairs(ids, signatures)
        .enumerate()
        .flat_map(|(at, (id, signature))| {
            [
                json!({
                    "type": "reasoning", "id": format!("rs_{at}"), "summary": [],
                    "encrypted_content": signature,
                }),
                json!({
                    "type": "function_call", "id": format!("fc_{at}"), "call_id": id,
                    "name": "look", "arguments": "{}", "status": "completed",
                }),
            ]
        })
        .collect();
    json!({
        "id": "resp_1", "object": "response", "created_at": 1, "status": "completed",
        "model": "mock", "output": output, "usage": { "input_tokens": 1, "output_tokens": 1 },
    })
}

fn responses_found(body: &Value) -> [Vec<String>; 3] {
    let is = |kind: &'static str| move |item: &Value| item["type"] == kind;
    let input = || list(&body["input"]);
    [
        texts(input(), is("function_call"), "/call_id"),
        texts(input(), is("function_call_output"), "/call_id"),
        texts(input(), is("reasoning"), "/encrypted_content"),
    ]
}

fn anthropic(ids: &[String], signatures: &[String]) -> Value {
    let content: Vec<Value> = pairs(ids, signatures)
        .flat_map(|(id, signature)| {
            [
                json!({ "type": "thinking", "thinking": "hm", "signature": signature }),
                json!({ "type": "tool_use", "id": id, "name": "look", "input": {} }),
            ]
        })
        .collect();
    json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "mock",
        "content": content, "stop_reason": "tool_use",
        "usage": { "input_tokens": 1, "output_tokens": 1 },
    })
}

fn anthropic_found(body: &Value) -> [Vec<String>; 3] {
    let blocks: Vec<&Value> =
        list(&body["messages"]).flat_map(|message| list(&message["content"])).collect();
    let of = |kind: &'static str, pointer| {
        texts(blocks.iter().copied(), |block| block["type"] == kind, pointer)
    };
    [of("tool_use", "/id"), of("tool_result", "/tool_use_id"), of("thinking", "/signature")]
}

fn gemini(ids: &[String], signatures: &[String]) -> Value {
    let parts: Vec<Value> = pairs(ids, signatures)
        .map(|(id, signature)| {
            let call = json!({ "id": id, "name": "look", "args": {} });
            json!({ "functionCall": call, "thoughtSignature": signature })
        })
        .collect();
    let content = json!({ "role": "model", "parts": parts });
    json!({ "candidates": [{ "content": content, "finishReason": "STOP" }] })
}

fn gemini_found(body: &Value) -> [Vec<String>; 3] {
    let parts: Vec<&Value> =
        list(&body["contents"]).flat_map(|content| list(&content["parts"])).collect();
    let all = |pointer| texts(parts.iter().copied(), |_| true, pointer);
    [all("/functionCall/id"), all("/functionResponse/id"), all("/thoughtSignature")]
}
