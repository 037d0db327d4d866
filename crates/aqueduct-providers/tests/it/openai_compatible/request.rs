//! Requests.

use aqueduct_spec::ErrorKind;
use aqueduct_spec::language::CallOptions;
use aqueduct_testkit::ScriptedUpstream;
use serde_json::{Value, json};

use super::{answered, generate, hello, host, sent};

/// The request and the warnings that come of a call.
async fn encoded(call: &Value) -> (Value, Value) {
    let mut call = call.clone();
    if call.get("prompt").is_none() {
        call["prompt"] = json!([]);
    }
    let upstream = ScriptedUpstream::always(answered());
    let call: CallOptions = serde_json::from_value(call).unwrap();
    let settings = host(&upstream).with_structured_outputs(true);
    let result = generate(settings, call).await.unwrap();
    (sent(&upstream), serde_json::to_value(result.warnings).unwrap())
}

async fn messages(prompt: Value) -> Value {
    encoded(&json!({ "prompt": prompt })).await.0["messages"].take()
}

async fn refused(prompt: Value) -> String {
    let upstream = ScriptedUpstream::always(answered());
    let call = serde_json::from_value(json!({ "prompt": prompt })).unwrap();
    let error = generate(host(&upstream), call).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(upstream.requests().is_empty());
    error.message().to_owned()
}

fn file(media_type: &str, data: Value) -> Value {
    json!([{ "role": "user", "content": [{ "type": "file", "mediaType": media_type, "data": data }] }])
}

fn bytes(base64: &str) -> Value {
    json!({ "type": "data", "data": base64 })
}

#[tokio::test]
async fn settings_and_numbers() {
    let (request, warnings) = encoded(&json!({
        "maxOutputTokens": 5, "temperature": 1.0, "topP": 0.5, "topK": 3, "frequencyPenalty": 0,
        "presencePenalty": 2, "stopSequences": ["x"], "seed": 7, "reasoning": "xhigh",
    }))
    .await;
    assert_eq!(
        request.to_string(),
        r#"{"model":"some-model","max_tokens":5,"temperature":1,"top_p":0.5,"frequency_penalty":0,"presence_penalty":2,"stop":["x"],"seed":7,"reasoning_effort":"xhigh","messages":[]}"#
    );
    assert_eq!(warnings, json!([{ "type": "unsupported", "feature": "topK" }]));
}

#[tokio::test]
async fn further_options_win_over_settings_but_not_over_reasoning() {
    let (request, _) = encoded(&json!({
        "temperature": 1, "reasoning": "low",
        "providerOptions": {
            "openaiCompatible": { "user": "shared", "ignored": true },
            "testHost": { "temperature": 0.5, "reasoning_effort": "high", "stream": true,
                          "messages": [1], "model": "other", "x_y": [1], "textVerbosity": "low" },
            "somebodyElse": { "leak": true },
        },
    }))
    .await;
    assert_eq!(
        request,
        json!({
            "model": "other", "user": "shared", "temperature": 0.5, "x_y": [1],
            "reasoning_effort": "low", "verbosity": "low", "messages": [],
        })
    );
}

#[tokio::test]
async fn options_of_the_wrong_type_are_refused() {
    let upstream = ScriptedUpstream::always(answered());
    let mut call = hello();
    call.provider_options =
        Some(serde_json::from_value(json!({ "testHost": { "user": 5 } })).unwrap());
    let error = generate(host(&upstream), call).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.message().contains("testHost"), "{error}");
}

#[tokio::test]
async fn tools() {
    let tools = json!([
        { "type": "function", "name": "f", "inputSchema": { "type": "object" }, "strict": false,
          "inputExamples": [{ "input": {} }] },
        { "type": "provider", "id": "x.y", "name": "y", "args": {} },
    ]);
    let choice = json!({ "type": "tool", "toolName": "f" });
    let (request, warnings) = encoded(&json!({ "tools": tools, "toolChoice": choice })).await;
    assert_eq!(
        request["tools"],
        json!([{ "type": "function",
                 "function": { "name": "f", "parameters": { "type": "object" }, "strict": false } }])
    );
    assert_eq!(request["tool_choice"], json!({ "type": "function", "function": { "name": "f" } }));
    assert_eq!(
        warnings,
        json!([{ "type": "unsupported", "feature": "provider-defined tool x.y" }])
    );
    let (request, _) = encoded(&json!({ "tools": [], "toolChoice": { "type": "auto" } })).await;
    assert_eq!(request.get("tools").or(request.get("tool_choice")), None);
}

#[tokio::test]
async fn files() {
    let image = messages(file("image/*", bytes("iVBORw0KGgo="))).await;
    let url = &image[0]["content"][0]["image_url"]["url"];
    assert_eq!(url, "data:image/png;base64,iVBORw0KGgo=");
    let image = messages(file("image", json!({ "type": "url", "url": "https://e.x/a" }))).await;
    assert_eq!(image[0]["content"][0]["image_url"]["url"], "https://e.x/a");
    let sound = messages(file("audio/mpeg", bytes("AAAA"))).await;
    assert_eq!(
        sound[0]["content"][0],
        json!({ "type": "input_audio", "input_audio": { "data": "AAAA", "format": "mp3" } })
    );
    let pdf = messages(file("application/pdf", bytes("AAAA"))).await;
    assert_eq!(
        pdf[0]["content"][0],
        json!({ "type": "file", "file": {
            "filename": "document.pdf", "file_data": "data:application/pdf;base64,AAAA" } })
    );
    let text = messages(file("text/markdown", bytes("aGk="))).await;
    assert_eq!(text[0]["content"], json!([{ "type": "text", "text": "hi" }]));
}

#[tokio::test]
async fn files_that_have_no_place() {
    let url = json!({ "type": "url", "url": "https://e.x/a" });
    let cases = [
        file("image/*", bytes("AAAA")),
        file("audio/ogg", bytes("AAAA")),
        file("audio/wav", url.clone()),
        file("application/zip", bytes("AAAA")),
        file("application/pdf", url),
        file("model/gltf", bytes("AAAA")),
        file("image/png", json!({ "type": "reference", "reference": { "x": "y" } })),
        file("text/plain", json!({ "type": "text", "text": "x" })),
    ];
    for case in cases {
        assert!(refused(case.clone()).await.ends_with("functionality not supported"), "{case}");
    }
}

#[tokio::test]
async fn assistant_and_tool_messages() {
    let messages = messages(json!([
        { "role": "assistant", "content": [
            { "type": "reasoning", "text": "hm" },
            { "type": "tool-call", "toolCallId": "a", "toolName": "f", "input": { "x": 1 },
              "providerOptions": { "google": { "thoughtSignature": "sig" } } },
        ] },
        { "role": "tool", "content": [
            { "type": "tool-result", "toolCallId": "a", "toolName": "f",
              "output": { "type": "execution-denied" } },
            { "type": "tool-approval-response", "approvalId": "p", "approved": true },
            { "type": "tool-result", "toolCallId": "b", "toolName": "f",
              "output": { "type": "json", "value": { "y": [2] } } },
        ] },
        { "role": "assistant", "content": [{ "type": "text", "text": "a" }, { "type": "text", "text": "b" }],
          "providerOptions": { "openaiCompatible": { "prefix": true } } },
    ]))
    .await;
    assert_eq!(
        messages,
        json!([
            { "role": "assistant", "content": null, "reasoning_content": "hm", "tool_calls": [
                { "id": "a", "type": "function",
                  "function": { "name": "f", "arguments": "{\"x\":1}" },
                  "extra_content": { "google": { "thought_signature": "sig" } } },
            ] },
            { "role": "tool", "content": "Tool call execution denied.", "tool_call_id": "a" },
            { "role": "tool", "content": "{\"y\":[2]}", "tool_call_id": "b" },
            { "role": "assistant", "content": "ab", "prefix": true },
        ])
    );
}

#[tokio::test]
async fn what_has_no_place_in_a_message_is_a_warning() {
    let source = json!({ "type": "custom", "kind": "x.y" });
    let prompt = json!([{ "role": "assistant", "content": [source.clone(), source] }]);
    let (_, warnings) = encoded(&json!({ "prompt": prompt })).await;
    assert_eq!(
        warnings,
        json!([{ "type": "unsupported", "feature": "assistant parts of type custom" }])
    );
}

#[tokio::test]
async fn headers_of_the_call_win_and_the_query_is_sent() {
    let upstream = ScriptedUpstream::always(answered());
    let settings = host(&upstream)
        .with_api_key("key")
        .with_header("X-Mine", "provider")
        .with_query_param("api-version", "1 2");
    let mut call = hello();
    call.headers = Some([("x-mine".to_owned(), Some("call".to_owned()))].into());
    generate(settings, call).await.unwrap();
    let request = &upstream.requests()[0];
    assert_eq!(request.target, "/v1/chat/completions?api-version=1+2");
    assert_eq!(request.header("authorization"), "Bearer key");
    assert_eq!(request.header("x-mine"), "call");
}

#[tokio::test]
async fn every_kind_of_tool_output_is_text() {
    let outputs = [
        (json!({ "type": "text", "value": "t" }), "t"),
        (json!({ "type": "error-text", "value": "broken" }), "broken"),
        (json!({ "type": "error-json", "value": { "code": 5 } }), r#"{"code":5}"#),
        (json!({ "type": "execution-denied", "reason": "no" }), "no"),
        (
            json!({ "type": "content", "value": [{ "type": "text", "text": "a" }] }),
            r#"[{"type":"text","text":"a"}]"#,
        ),
        (json!({ "type": "later", "value": 1 }), r#"{"type":"later","value":1}"#),
    ];
    for (output, expected) in outputs {
        let result =
            json!({ "type": "tool-result", "toolCallId": "a", "toolName": "f", "output": output });
        let messages = messages(json!([{ "role": "tool", "content": [result] }])).await;
        assert_eq!(messages[0]["content"], expected);
    }
}

#[tokio::test]
async fn parts_of_no_known_kind_are_refused() {
    let unknown = json!({ "type": "hologram", "x": 1 });
    for role in ["user", "tool"] {
        let message = refused(json!([{ "role": role, "content": [unknown] }])).await;
        assert!(message.contains("hologram"), "{message}");
    }
    let message = refused(json!([{ "role": "oracle", "content": [] }])).await;
    assert!(message.contains("oracle"), "{message}");
}

#[tokio::test]
async fn shared_options_of_a_part_are_copied_into_it() {
    let shared = json!({ "openaiCompatible": { "cache_control": { "type": "ephemeral" } } });
    let messages = messages(json!([
        { "role": "system", "content": "Be brief.", "providerOptions": shared },
        { "role": "user", "content": [
            { "type": "text", "text": "a", "providerOptions": shared },
            { "type": "file", "mediaType": "text/plain", "data": { "type": "url", "url": "https://e.x/a" } },
        ] },
    ]))
    .await;
    assert_eq!(messages[0]["cache_control"], json!({ "type": "ephemeral" }));
    assert_eq!(messages[1]["content"][0]["cache_control"], json!({ "type": "ephemeral" }));
    assert_eq!(messages[1]["content"][1], json!({ "type": "text", "text": "https://e.x/a" }));
}

#[tokio::test]
async fn what_this_version_does_not_know_is_a_warning() {
    let (request, warnings) = encoded(&json!({
        "tools": [
            { "type": "function", "name": "f", "inputSchema": {} },
            { "type": "gesture", "name": "g" },
        ],
        "toolChoice": { "type": "sometimes" },
        "responseFormat": { "type": "grammar" },
    }))
    .await;
    assert_eq!(request.get("tool_choice").or(request.get("response_format")), None);
    let features: Vec<_> =
        warnings.as_array().unwrap().iter().map(|warning| warning["feature"].clone()).collect();
    for feature in ["tool of type gesture", "toolChoice of type sometimes", "responseFormat"] {
        assert!(features.contains(&feature.into()), "{feature}: {warnings}");
    }
}
