//! The older API, which knows one text and nothing else.

use aqueduct_providers::openai_compatible::OpenAiCompatibleSettings;
use aqueduct_spec::language::CallOptions;
use aqueduct_spec::{ErrorKind, Generate, Model as _, Provider as _, Stream};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::{context, host, sent, types};

fn model(settings: OpenAiCompatibleSettings) -> std::sync::Arc<dyn aqueduct_spec::LanguageModel> {
    let client = aqueduct_http::Client::builder().no_proxy().build().unwrap();
    let provider = settings.build(&client).unwrap();
    provider.wire("completion").unwrap().language_model("some-model").unwrap()
}

fn answered() -> Reply {
    Reply::json(200, &json!({ "choices": [{ "text": " Rome.", "finish_reason": "stop" }] }))
}

fn call(call: Value) -> CallOptions {
    serde_json::from_value(call).unwrap()
}

/// The request and the answer that come of a call.
async fn asked(options: Value) -> (Value, Value) {
    let upstream = ScriptedUpstream::always(answered());
    let call = Generate::from(call(options));
    let result = model(host(&upstream)).call(call, &context()).await.unwrap();
    (sent(&upstream), serde_json::to_value(result).unwrap())
}

async fn refused(prompt: Value) -> (ErrorKind, String) {
    let upstream = ScriptedUpstream::always(answered());
    let call = Generate::from(call(json!({ "prompt": prompt })));
    let error = model(host(&upstream)).call(call, &context()).await.unwrap_err();
    assert!(upstream.requests().is_empty(), "it was sent all the same");
    (error.kind(), error.message().to_owned())
}

async fn streamed(events: &[&str], options: Value) -> Vec<Value> {
    let upstream = ScriptedUpstream::always(Reply::events(events));
    let call = Stream::from(call(options));
    let result = model(host(&upstream)).call(call, &context()).await.unwrap();
    result.stream.map(|part| serde_json::to_value(part.unwrap()).unwrap()).collect().await
}

#[tokio::test]
async fn a_conversation_becomes_one_text() {
    let (request, answer) = asked(json!({
        "prompt": [
            { "role": "system", "content": "Be brief." },
            { "role": "user", "content": [{ "type": "text", "text": "Capital of " }, { "type": "text", "text": "France?" }] },
            { "role": "assistant", "content": [{ "type": "reasoning", "text": "hm" }, { "type": "text", "text": "Paris." }] },
            { "role": "user", "content": [{ "type": "text", "text": "Of Italy?" }] },
        ],
        "stopSequences": ["END"], "maxOutputTokens": 9, "seed": 3,
        "providerOptions": { "testHost": { "echo": true, "suffix": "!", "user": "u", "best_of": 2, "logitBias": { "50256": -100 } } },
    }))
    .await;
    assert_eq!(
        request["prompt"],
        "Be brief.\n\nuser:\nCapital of France?\n\nassistant:\nParis.\n\nuser:\nOf Italy?\n\nassistant:\n"
    );
    assert_eq!(request["stop"], json!(["\nuser:", "END"]));
    assert_eq!(request["max_tokens"], 9);
    assert_eq!(request["echo"], true);
    assert_eq!(request["suffix"], "!");
    assert_eq!(request["best_of"], 2);
    assert_eq!(request["logit_bias"], json!({ "50256": -100 }));
    assert_eq!(answer["content"], json!([{ "type": "text", "text": " Rome." }]));
    assert_eq!(answer["finishReason"], json!({ "unified": "stop", "raw": "stop" }));
}

#[tokio::test]
async fn what_the_api_has_no_place_for_is_a_warning() {
    let (request, answer) = asked(json!({
        "prompt": [],
        "topK": 3, "toolChoice": { "type": "auto" }, "responseFormat": { "type": "json" },
        "tools": [{ "type": "function", "name": "f", "inputSchema": {} }],
    }))
    .await;
    assert_eq!(
        answer["warnings"],
        json!([
            { "type": "unsupported", "feature": "topK" },
            { "type": "unsupported", "feature": "tools" },
            { "type": "unsupported", "feature": "toolChoice" },
            { "type": "unsupported", "feature": "responseFormat", "details": "JSON response format is not supported." },
        ])
    );
    assert_eq!(request.get("tools"), None);
}

#[tokio::test]
async fn what_would_be_lost_is_refused() {
    let said = |role: &str, content: Value| json!([{ "role": role, "content": content }]);
    let unsupported = [
        said(
            "user",
            json!([{ "type": "file", "mediaType": "image/png", "data": { "type": "data", "data": "AAAA" } }]),
        ),
        said(
            "assistant",
            json!([{ "type": "tool-call", "toolCallId": "a", "toolName": "f", "input": {} }]),
        ),
        said("tool", json!([])),
    ];
    for prompt in unsupported {
        assert_eq!(refused(prompt.clone()).await.0, ErrorKind::Unsupported, "{prompt}");
    }
    let late = json!([{ "role": "user", "content": [] }, { "role": "system", "content": "x" }]);
    let (kind, message) = refused(late).await;
    assert_eq!(kind, ErrorKind::InvalidPrompt);
    assert_eq!(message, "unexpected system message in prompt");
}

#[tokio::test]
async fn an_answer_without_choices_is_no_answer() {
    let upstream = ScriptedUpstream::always(Reply::json(200, &json!({ "choices": [] })));
    let call = Generate::from(call(json!({ "prompt": [] })));
    let error = model(host(&upstream)).call(call, &context()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.message().contains("choices"), "{error}");
}

#[tokio::test]
async fn a_stream_is_one_block() {
    let parts = streamed(
        &[
            r#"{"id":"c1","model":"m","created":1,"choices":[{"text":"Ro"}]}"#,
            r#"{"choices":[{"text":"me","finish_reason":"length"}]}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":2,"completion_tokens":3}}"#,
            "[DONE]",
        ],
        json!({ "prompt": [] }),
    )
    .await;
    assert_eq!(
        types(&parts),
        [
            "stream-start",
            "response-metadata",
            "text-start",
            "text-delta",
            "text-delta",
            "text-end",
            "finish"
        ]
    );
    assert_eq!(parts[6]["finishReason"], json!({ "unified": "length", "raw": "length" }));
    assert_eq!(parts[6]["usage"]["outputTokens"]["total"], 3);
}

#[tokio::test]
async fn what_goes_wrong_in_a_stream_is_a_part_of_it() {
    let options = json!({ "prompt": [], "includeRawChunks": true });
    let events = [r#"{"error":{"message":"overloaded","code":503}}"#, "{not json", "[DONE]"];
    let parts = streamed(&events, options).await;
    assert_eq!(types(&parts), ["stream-start", "raw", "error", "raw", "error", "finish"]);
    assert_eq!(parts[2]["error"]["message"], "overloaded");
    assert_eq!(parts[3]["rawValue"], "{not json");
    assert_eq!(parts[5]["finishReason"]["unified"], "error");
    let parts = streamed(&["{}"], json!({ "prompt": [] })).await;
    assert_eq!(parts[1]["error"]["message"], "a chunk of the stream has no choices");
}
