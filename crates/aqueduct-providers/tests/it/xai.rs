//! xAI beside what was recorded.

use std::sync::Arc;

use aqueduct_http::Client;
use aqueduct_providers::{Settings, find};
use aqueduct_spec::files::UploadFileOptions;
use aqueduct_spec::language::{CallOptions, Content, StreamPart};
use aqueduct_spec::video::{
    GenerateVideo, GenerateVideoOptions, GetVideoStatus, GetVideoStatusOptions,
};
use aqueduct_spec::{
    Context, Error, ErrorKind, Generate, JsonObject, LanguageModel, Model, Provider,
    ProviderOptions, Stream,
};
use aqueduct_testkit::conformance::{self, Recording, Scenario, Wire};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

fn xai(base_url: &str) -> Arc<dyn Provider> {
    let settings = Settings::new().with("apiKey", "test").with("baseURL", format!("{base_url}/v1"));
    find("xai").unwrap().build(&settings, &Client::new()).unwrap()
}

fn model(upstream: &ScriptedUpstream) -> Arc<dyn LanguageModel> {
    xai(&upstream.url()).language_model("grok-4.3").unwrap()
}

fn options<T: serde::de::DeserializeOwned>(options: Value) -> T {
    serde_json::from_value(options).unwrap()
}

fn call(content: Value) -> CallOptions {
    options(json!({ "prompt": [{ "role": "user", "content": content }] }))
}

fn hello() -> CallOptions {
    call(json!([{ "type": "text", "text": "hello" }]))
}

fn answer(output: Value) -> Reply {
    Reply::json(200, &json!({ "object": "response", "status": "completed", "output": output }))
}

/// An answer of the responses API: its items, and the events before the last.
fn responses(output: &Value, events: &[Value]) -> Recording {
    let usage = json!({ "input_tokens": 9, "output_tokens": 3 });
    let head = json!({ "id": "resp_1", "object": "response", "created_at": 1_770_770_798, "model": "m-1", "output": [] });
    let mut body = head.clone();
    body["status"] = "completed".into();
    body["usage"] = usage;
    body["output"] = output.clone();
    let first = json!({ "type": "response.created", "response": head });
    let last = json!({ "type": "response.completed", "response": body });
    let events = [std::slice::from_ref(&first), events, std::slice::from_ref(&last)].concat();
    let data: Vec<String> = events.iter().map(Value::to_string).collect();
    Recording::new(body, data.into_iter().chain(["[DONE]".to_owned()]))
}

fn message(text: &str) -> Value {
    let content = json!([{ "type": "output_text", "text": text, "annotations": [] }]);
    json!({ "type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": content })
}

#[tokio::test]
async fn it_conforms() {
    let text = |delta: &str| json!({ "type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0, "delta": delta });
    let thought = |delta: &str| json!({ "type": "response.reasoning_summary_text.delta", "item_id": "rs_1", "output_index": 0, "summary_index": 0, "delta": delta });
    let piece = |delta: &str| json!({ "type": "response.function_call_arguments.delta", "item_id": "fc_1", "output_index": 0, "delta": delta });
    let item = |stage: &str, item: &Value| json!({ "type": format!("response.output_item.{stage}"), "output_index": 0, "item": item });
    let thoughts = json!({ "type": "reasoning", "id": "rs_1", "status": "completed", "summary": [{ "type": "summary_text", "text": "Rome is warm." }] });
    let weather = |arguments: &str| json!({ "type": "function_call", "id": "fc_1", "call_id": "call_7", "name": "weather", "arguments": arguments });
    let whole = weather("{\"city\":\"Rome\"}");
    let wire = Wire::new(|url| xai(url).language_model("m-1").unwrap())
        .with(
            Scenario::Text,
            responses(
                &json!([message("Hello, wörld!")]),
                &[
                    text("Hello, "),
                    text("wörld"),
                    text("!"),
                    item("done", &message("Hello, wörld!")),
                ],
            ),
        )
        .with(
            Scenario::Reasoning,
            responses(
                &json!([thoughts, message("Warm.")]),
                &[thought("Rome is "), thought("warm."), item("done", &thoughts), text("Warm.")],
            ),
        )
        .with(
            Scenario::ToolCall,
            responses(
                &json!([whole]),
                &[
                    item("added", &weather("")),
                    piece("{\"city\":"),
                    piece("\"Rome\"}"),
                    item("done", &whole),
                ],
            ),
        )
        .with_error(
            429,
            json!({ "code": "rate_limited", "error": "slow down, please" }),
            "rate_limited: slow down, please",
        )
        .with_unknown_event(
            ": a comment\n\nevent: news\ndata: {\"type\":\"news\",\"of\":\"tomorrow\"}\n\n",
        );
    conformance::language(|scenario| wire.subject(scenario)).await;
}

#[tokio::test]
async fn an_item_of_a_kind_that_is_not_known_goes_back_as_it_came() {
    let item = json!({ "type": "dream_call", "id": "d1", "of": ["sheep"] });
    let upstream = ScriptedUpstream::always(answer(json!([item])));
    let (model, cx) = (model(&upstream), Context::default());
    let result = model.call(Generate::from(hello()), &cx).await.unwrap();
    let [Content::Custom(part)] = result.content.as_slice() else { panic!("{result:?}") };
    let back =
        json!({ "type": "custom", "kind": part.kind, "providerOptions": part.provider_metadata });
    let next: CallOptions =
        options(json!({ "prompt": [{ "role": "assistant", "content": [back] }] }));
    let result = model.call(Generate::from(next), &cx).await.unwrap();
    assert_eq!(result.warnings, []);
    let sent: Value = serde_json::from_slice(&upstream.requests()[1].body).unwrap();
    assert_eq!(sent["input"], json!([item]));
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_it_is() {
    let upstream = ScriptedUpstream::always(answer(json!([])));
    let file = |data: Value| {
        call(json!([{ "type": "file", "mediaType": "application/pdf", "data": data }]))
    };
    let inline = file(json!({ "type": "data", "data": "JVBERi0=" }));
    let elsewhere = file(json!({ "type": "reference", "reference": { "openai": "file-1" } }));
    let mut incomplete = hello();
    incomplete.tools =
        Some(options(json!([{ "type": "provider", "id": "xai.mcp", "name": "mcp", "args": {} }])));
    let model = model(&upstream);
    let mut kinds = Vec::new();
    for call in [inline, elsewhere, incomplete] {
        let error = model.call(Generate::from(call), &Context::default()).await.unwrap_err();
        kinds.push(error.kind());
    }
    let expected = [ErrorKind::Unsupported, ErrorKind::InvalidPrompt, ErrorKind::InvalidRequest];
    assert_eq!(kinds, expected);
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn a_stream_of_endless_items_is_given_up() {
    let items = (0..5000).map(|index| {
        let item = json!({ "type": "web_search_call", "id": format!("ws_{index}"), "status": "completed" });
        let event = json!({ "type": "response.output_item.done", "output_index": index, "item": item });
        format!("data: {event}\n\n")
    });
    let body: String = items.collect();
    let upstream = ScriptedUpstream::always(
        Reply::new(200).header("content-type", "text/event-stream").chunk(body),
    );
    let stream = model(&upstream).call(Stream::from(hello()), &Context::default()).await.unwrap();
    let parts: Vec<Result<StreamPart, Error>> = stream.stream.collect().await;
    assert_eq!(parts.last().unwrap().as_ref().unwrap_err().kind(), ErrorKind::InvalidResponse);
}

/// The parts of a streamed chat answer, by their types and texts.
async fn chat(deltas: &[Value]) -> Vec<(String, String)> {
    let chunk = |delta: &Value| json!({ "id": "c1", "choices": [{ "index": 0, "delta": delta }] });
    let body = deltas.iter().map(|delta| format!("data: {}\n\n", chunk(delta))).collect::<String>();
    let reply = Reply::new(200).header("content-type", "text/event-stream").chunk(body);
    let upstream = ScriptedUpstream::always(reply);
    let provider = xai(&upstream.url()).wire("chat").unwrap();
    let model = provider.language_model("grok-3-mini").unwrap();
    let stream = model.call(Stream::from(hello()), &Context::default()).await.unwrap();
    let parts = stream.stream.map(|part| serde_json::to_value(part.unwrap()).unwrap());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let short = parts.map(|part| (text(&part["type"]), text(&part["delta"])));
    short.filter(|(kind, _)| std::future::ready(kind.contains("reasoning"))).collect().await
}

#[tokio::test]
async fn a_thought_that_the_host_sends_again_is_told_once() {
    let thought = |text: &str| json!({ "reasoning_content": text });
    let deltas =
        [thought("a"), thought("a"), thought("b"), json!({ "content": "c" }), thought("d")];
    let part = |kind: &str, text: &str| (format!("reasoning-{kind}"), text.to_owned());
    let expected = [
        part("start", ""),
        part("delta", "a"),
        part("delta", "b"),
        part("end", ""),
        part("start", ""),
        part("delta", "d"),
        part("end", ""),
    ];
    assert_eq!(chat(&deltas).await, expected);
}

#[tokio::test]
async fn every_shape_of_error_is_understood() {
    let shapes = [
        (json!({ "error": { "message": "no", "type": "x" } }), "no"),
        (json!({ "code": "Bad", "error": "no" }), "Bad: no"),
        (json!({ "error": "no" }), "no"),
    ];
    for (body, message) in shapes {
        let upstream = ScriptedUpstream::always(Reply::json(400, &body));
        let error =
            model(&upstream).call(Generate::from(hello()), &Context::default()).await.unwrap_err();
        assert_eq!(error.message(), message);
    }
}

fn video(upstream: &ScriptedUpstream) -> Arc<dyn aqueduct_spec::VideoModel> {
    xai(&upstream.url()).video_model("grok-imagine-video").unwrap()
}

fn film(pace: Value) -> GenerateVideo {
    let mut call = GenerateVideoOptions::new(1_u32);
    call.prompt = Some("a cat".to_owned());
    call.provider_options = Some(ProviderOptions::of("xai", options::<JsonObject>(pace)));
    GenerateVideo::from(call)
}

#[tokio::test]
async fn a_video_is_waited_for() {
    let upstream = ScriptedUpstream::replies([
        Reply::json(200, &json!({ "request_id": "r-1" })),
        // A job that is not done may say nothing at all.
        Reply::new(202),
        Reply::json(200, &json!({ "status": "pending", "progress": 50 })),
        Reply::json(
            200,
            &json!({ "video": { "url": "https://v.example/1.mp4" }, "usage": { "cost_in_usd_ticks": 5 } }),
        ),
    ]);
    let film = film(json!({ "pollIntervalMs": 1 }));
    let result = video(&upstream).call(film, &Context::default()).await.unwrap();
    assert_eq!(result.videos.len(), 1);
    let metadata = result.provider_metadata.unwrap();
    assert_eq!(metadata.get("xai").unwrap()["costInUsdTicks"], 5);
    let requests = upstream.requests();
    assert_eq!(requests[0].path(), "/v1/videos/generations");
    assert!(requests[1..].iter().all(|request| request.path() == "/v1/videos/r-1"));
}

#[tokio::test]
async fn waiting_has_an_end() {
    let upstream = ScriptedUpstream::new(|request| match request.path() {
        "/v1/videos/generations" => Reply::json(200, &json!({ "request_id": "r-1" })),
        _ => Reply::new(202),
    });
    let film = film(json!({ "pollIntervalMs": 2, "pollTimeoutMs": 1 }));
    let error = video(&upstream).call(film, &Context::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn an_operation_that_leads_elsewhere_is_refused() {
    let upstream = ScriptedUpstream::always(Reply::json(200, &json!({})));
    for operation in [json!({ "requestId": "../files" }), json!({ "requestId": ".." }), json!({})] {
        let ask = GetVideoStatus::from(GetVideoStatusOptions::new(operation));
        let error = video(&upstream).call(ask, &Context::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn a_file_is_kept_for_prompts() {
    let kept = json!({ "id": "file-1", "filename": "a.csv", "bytes": 3, "created_at": null });
    let upstream = ScriptedUpstream::always(Reply::json(200, &kept));
    let file: UploadFileOptions = options(json!({
        "data": { "type": "data", "data": "YSxi" },
        "mediaType": "text/csv",
        "providerOptions": { "xai": { "teamId": "team-1" } },
    }));
    let files = xai(&upstream.url()).files().unwrap();
    let result = files.upload_file(file, &Context::default()).await.unwrap();
    assert_eq!(result.provider_reference["xai"], "file-1");
    let metadata = result.provider_metadata.unwrap();
    assert_eq!(json!(metadata), json!({ "xai": { "filename": "a.csv", "bytes": 3 } }));
    let requests = upstream.requests();
    assert_eq!(requests[0].path(), "/v1/files");
    let body = String::from_utf8_lossy(&requests[0].body).into_owned();
    assert!(body.contains("team_id") && body.contains("team-1") && body.contains("a,b"));
}
