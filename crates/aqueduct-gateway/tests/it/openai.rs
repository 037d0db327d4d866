//! OpenAI's API.

use serde_json::{Value, json};

use crate::harness::{Answer, Running, config};

const CHAT: &str = "/v1/chat/completions";

async fn chat(gateway: &Running, body: Value) -> Answer {
    gateway.post(CHAT, &[], &body.to_string()).await
}

fn say(text: &str) -> Value {
    json!([{ "role": "user", "content": text }])
}

#[tokio::test]
async fn answers_a_chat() {
    let gateway = Running::start().await;
    let messages = json!([
        { "role": "system", "content": "Be brief." },
        { "role": "user", "content": [{ "type": "text", "text": "Hello" }] },
    ]);
    let answer = chat(
        &gateway,
        json!({ "model": "simulator/echo", "messages": messages, "max_tokens": 50 }),
    )
    .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = answer.json();
    assert_eq!(body["object"], "chat.completion");
    assert_eq!(body["choices"][0]["index"], 0);
    assert_eq!(body["choices"][0]["message"], json!({ "role": "assistant", "content": "Hello" }));
    assert_eq!(body["choices"][0]["finish_reason"], "stop");
    assert_eq!(body["usage"]["completion_tokens"], 1);
    let total = body["usage"]["prompt_tokens"].as_u64().unwrap() + 1;
    assert_eq!(body["usage"]["total_tokens"], total);
    assert!(body["id"].is_string() && body["created"].is_u64() && body["model"].is_string());
    assert!(answer.header("x-aqueduct-generation-id").is_some());
}

#[tokio::test]
async fn half_a_character_is_no_reason_to_refuse() {
    let gateway = Running::start().await;
    // What JavaScript sends of `'thanks 😀'.slice(0, 8)`.
    let body =
        r#"{"model":"simulator/echo","messages":[{"role":"user","content":"thanks \ud83d"}]}"#;
    let answer = gateway.post(CHAT, &[], body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["choices"][0]["message"]["content"], "thanks \u{fffd}");
}

#[tokio::test]
async fn streams_a_chat() {
    let gateway = Running::start().await;
    let body = json!({ "model": "simulator/echo", "messages": say("one two three"), "stream": true, "stream_options": { "include_usage": true } });
    let answer = chat(&gateway, body).await;
    assert!(answer.body.ends_with("data: [DONE]\n\n"), "{answer:?}");
    let events = answer.events();
    assert_eq!(events[0]["choices"][0]["delta"]["role"], "assistant");
    assert!(events[1]["choices"][0]["delta"].get("role").is_none());
    let text: String = events
        .iter()
        .filter_map(|event| event["choices"][0]["delta"]["content"].as_str())
        .collect();
    assert_eq!(text, "one two three");
    let (usage, rest) = events.split_last().unwrap();
    assert_eq!(usage["choices"], json!([]));
    assert_eq!(usage["usage"]["completion_tokens"], 3);
    assert_eq!(rest.last().unwrap()["choices"][0]["finish_reason"], "stop");
    assert_eq!(rest.last().unwrap()["choices"][0]["delta"], json!({}));
    for event in &events {
        assert_eq!(event["object"], "chat.completion.chunk");
        assert_eq!(event["id"], events[0]["id"]);
    }
    let without = chat(
        &gateway,
        json!({ "model": "simulator/echo", "messages": say("one"), "stream": true }),
    )
    .await;
    assert!(without.events().iter().all(|event| event.get("usage").is_none()));
}

fn weather() -> Value {
    json!([{ "type": "function", "function": { "name": "weather", "description": "The weather",
        "parameters": { "type": "object", "properties": { "city": { "type": "string" } }, "required": ["city"] } } }])
}

#[tokio::test]
async fn calls_tools_and_takes_their_results() {
    let gateway = Running::start().await;
    let body = json!({ "model": "simulator/tools", "messages": say("How is it in Rome?"), "tools": weather() });
    let first = chat(&gateway, body.clone()).await.json();
    let choice = &first["choices"][0];
    assert_eq!(choice["finish_reason"], "tool_calls");
    assert_eq!(choice["message"]["content"], Value::Null);
    let call = &choice["message"]["tool_calls"][0];
    assert_eq!(call["type"], "function");
    assert_eq!(call["function"]["name"], "weather");
    let input: Value =
        serde_json::from_str(call["function"]["arguments"].as_str().unwrap()).unwrap();
    assert!(input["city"].is_string());

    let messages = json!([
        { "role": "user", "content": "How is it in Rome?" },
        choice["message"],
        { "role": "tool", "tool_call_id": call["id"], "content": "sunny, 21 degrees" },
    ]);
    let second = chat(
        &gateway,
        json!({ "model": "simulator/tools", "messages": messages, "tools": weather() }),
    )
    .await
    .json();
    let text = second["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(text.contains("sunny, 21 degrees"), "{second}");

    let mut streamed = body;
    streamed["stream"] = true.into();
    let events = chat(&gateway, streamed).await.events();
    let calls: Vec<_> = events
        .iter()
        .filter_map(|event| event["choices"][0]["delta"]["tool_calls"].get(0))
        .collect();
    assert_eq!(calls[0]["function"]["name"], "weather");
    assert_eq!(calls[0]["index"], 0);
    assert!(calls[0]["id"].is_string());
    let arguments: String =
        calls.iter().filter_map(|call| call["function"]["arguments"].as_str()).collect();
    assert!(serde_json::from_str::<Value>(&arguments).unwrap()["city"].is_string());
    assert_eq!(events.last().unwrap()["choices"][0]["finish_reason"], "tool_calls");
}

#[tokio::test]
async fn tells_what_a_model_thought() {
    let gateway = Running::start().await;
    let body = json!({ "model": "simulator/reasoning", "messages": say("Hello") });
    let message = chat(&gateway, body).await.json()["choices"][0]["message"].clone();
    assert!(!message["reasoning_content"].as_str().unwrap().is_empty());
    assert_eq!(message["content"], "Hello");
    let body = json!({ "model": "simulator/reasoning", "messages": say("Hello"), "stream": true });
    let events = chat(&gateway, body).await.events();
    let thought: String = events
        .iter()
        .filter_map(|event| event["choices"][0]["delta"]["reasoning_content"].as_str())
        .collect();
    assert_eq!(thought, message["reasoning_content"]);
}

#[tokio::test]
async fn forces_a_schema_on_the_answer() {
    let gateway = Running::start().await;
    let schema = json!({ "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"], "additionalProperties": false });
    let format = json!({ "type": "json_schema", "json_schema": { "name": "person", "schema": schema, "strict": true } });
    let body =
        json!({ "model": "simulator/echo", "messages": say("Who?"), "response_format": format });
    let answer = chat(&gateway, body).await.json();
    let text = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(serde_json::from_str::<Value>(text).unwrap()["name"].is_string(), "{answer}");
}

#[tokio::test]
async fn takes_files_and_odd_fields() {
    let gateway = Running::start().await;
    let content = json!([
        { "type": "text", "text": "See:" },
        { "type": "image_url", "image_url": { "url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low" } },
        { "type": "input_audio", "input_audio": { "data": "UklGRg==", "format": "wav" } },
        { "type": "file", "file": { "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0=" } },
    ]);
    let body = json!({
        "model": "simulator/echo",
        "messages": [{ "role": "user", "content": content, "name": "ann" }],
        "reasoning_effort": "low", "n": 1, "user": "u1", "logit_bias": {}, "stop": "never", "seed": 1,
        "temperature": 0.5, "top_p": 1, "parallel_tool_calls": true, "metadata": { "a": "b" },
    });
    let answer = chat(&gateway, body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let text = answer.json()["choices"][0]["message"]["content"].as_str().unwrap().to_owned();
    for kind in ["image/png", "audio/wav", "application/pdf"] {
        assert!(text.contains(kind), "{text}");
    }
}

#[tokio::test]
async fn refuses_in_openais_words() {
    let gateway = Running::start().await;
    let hello = say("hi");
    let cases = [
        (json!({ "messages": hello }), 400, "model", Value::Null),
        (json!({ "model": "", "messages": hello }), 400, "model", Value::Null),
        (json!({ "model": "simulator/echo" }), 400, "messages", Value::Null),
        (
            json!({ "model": "simulator/echo", "messages": [{ "role": "robot", "content": "x" }] }),
            400,
            "messages[0].role",
            Value::Null,
        ),
        (
            json!({ "model": "simulator/echo", "messages": [{ "role": "tool", "content": "x" }] }),
            400,
            "messages[0].tool_call_id",
            Value::Null,
        ),
        (
            json!({ "model": "simulator/echo", "messages": [{ "role": "user", "content": [{ "type": "smell" }] }] }),
            400,
            "messages[0].content[0].type",
            Value::Null,
        ),
        (
            json!({ "model": "simulator/echo", "messages": hello, "n": 2 }),
            400,
            "n",
            "unsupported_value".into(),
        ),
        (
            json!({ "model": "simulator/echo", "messages": hello, "temperature": "hot" }),
            400,
            "temperature",
            Value::Null,
        ),
        (
            json!({ "model": "simulator/echo", "messages": hello, "tools": [{ "type": "web_search" }] }),
            400,
            "tools[0].type",
            Value::Null,
        ),
        (
            json!({ "model": "simulator/echo", "messages": hello, "providerOptions": 5 }),
            400,
            "providerOptions",
            Value::Null,
        ),
    ];
    for (body, status, param, code) in cases {
        let answer = chat(&gateway, body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {answer:?}");
        let error = &answer.json()["error"];
        assert_eq!(error["type"], "invalid_request_error", "{body}");
        assert_eq!(error["param"], param, "{body}: {error}");
        assert_eq!(error["code"], code, "{body}");
        assert!(error["message"].is_string());
    }
    for model in ["simulator/none", "nowhere/x", "nothing"] {
        let answer = chat(&gateway, json!({ "model": model, "messages": hello })).await;
        assert_eq!(answer.status, 404, "{answer:?}");
        assert_eq!(answer.json()["error"]["code"], "model_not_found");
    }
    let answer = gateway.post(CHAT, &[], "{").await;
    assert_eq!(
        (answer.status, answer.json()["error"]["type"].as_str()),
        (400, Some("invalid_request_error"))
    );
}

#[tokio::test]
async fn a_provider_that_refuses_our_key_is_not_the_client_s_mistake() {
    let gateway = Running::start().await;
    let cases = [
        (401, 424, "upstream_error"),
        (403, 424, "upstream_error"),
        (400, 400, "invalid_request_error"),
        (429, 429, "rate_limit_error"),
        (500, 500, "upstream_error"),
    ];
    for (upstream, status, kind) in cases {
        let failure = json!({ "status": upstream, "message": "its words" });
        for stream in [false, true] {
            let body = json!({ "model": "simulator/echo", "messages": say("x"), "stream": stream, "providerOptions": { "simulator": { "failure": failure } } });
            let answer = chat(&gateway, body).await;
            assert_eq!(answer.status, status, "{answer:?}");
            let error = &answer.json()["error"];
            assert_eq!(error["type"], kind);
            assert!(error["message"].as_str().unwrap().contains("its words"));
        }
    }
}

#[tokio::test]
async fn tells_a_break_in_a_stream() {
    let gateway = Running::start().await;
    let body = json!({ "model": "simulator/echo", "messages": say("one two three"), "stream": true, "providerOptions": { "simulator": { "failAfterChunks": 1 } } });
    let answer = chat(&gateway, body).await;
    assert_eq!(answer.status, 200);
    let last = answer.events().pop().unwrap();
    assert_eq!(last["error"]["type"], "upstream_error", "{answer:?}");
    assert!(answer.body.ends_with("data: [DONE]\n\n"));
}

#[tokio::test]
async fn makes_embeddings() {
    let gateway = Running::start().await;
    let ask = |body: Value| {
        let gateway = &gateway;
        async move { gateway.post("/v1/embeddings", &[], &body.to_string()).await }
    };
    let answer =
        ask(json!({ "model": "simulator/embedding", "input": ["a", "b"], "dimensions": 4 })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = answer.json();
    assert_eq!(body["object"], "list");
    assert_eq!(body["data"][1]["index"], 1);
    assert_eq!(body["data"][1]["object"], "embedding");
    assert_eq!(body["data"][0]["embedding"].as_array().unwrap().len(), 4);
    assert!(body["usage"]["prompt_tokens"].is_u64());
    let encoded = ask(json!({ "model": "simulator/embedding", "input": "a", "dimensions": 4, "encoding_format": "base64" })).await.json();
    // 4 floats are 16 bytes are 24 characters.
    assert_eq!(encoded["data"][0]["embedding"].as_str().unwrap().len(), 24);
    for input in [json!(5), json!([1, 2]), json!({})] {
        let answer = ask(json!({ "model": "simulator/embedding", "input": input })).await;
        assert_eq!(answer.status, 400);
    }
}

#[tokio::test]
async fn lists_models_and_goes_by_names_of_the_operator() {
    let gateway = Running::with(config(
        "[providers.slow]\ntype = \"simulator\"\n[models]\nfast = \"simulator/echo\"\n[models.safe]\ntargets = [\"slow/echo\"]\nfallbacks = [\"simulator/echo\"]\n",
    ))
    .await;
    let models = gateway.get("/v1/models").await.json();
    let ids: Vec<_> = models["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| model["id"].as_str().unwrap())
        .collect();
    for id in ["fast", "safe", "simulator/echo", "slow/embedding"] {
        assert!(ids.contains(&id), "{ids:?}");
    }
    assert_eq!(gateway.get("/v1/models/simulator/echo").await.json()["object"], "model");
    assert_eq!(gateway.get("/v1/models/none").await.status, 404);
    let catalogue = gateway.get("/v4/ai/config").await.json();
    let echo = catalogue["models"]
        .as_array()
        .unwrap()
        .iter()
        .find(|model| model["id"] == "simulator/echo")
        .unwrap();
    assert_eq!(
        echo["specification"],
        json!({ "specificationVersion": "v4", "provider": "simulator", "modelId": "echo" })
    );
    assert_eq!(echo["modelType"], "language");

    let body = |model: &str| json!({ "model": model, "messages": say("hi"), "providerOptions": { "slow": { "failure": { "status": 500 } } } });
    assert_eq!(chat(&gateway, body("fast")).await.status, 200);
    assert_eq!(chat(&gateway, body("slow/echo")).await.status, 500);
    assert_eq!(chat(&gateway, body("safe")).await.status, 200);
}
