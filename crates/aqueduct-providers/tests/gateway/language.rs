//! Language calls.

use aqueduct_providers::gateway::Observability;
use aqueduct_spec::language::{CallOptions, Generate, Stream, StreamPart, StreamResult};
use aqueduct_spec::{Context, Error, ErrorKind, Include, Model, Provider, Result};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use crate::upstream::{Answer, End, Upstream, call_headers};

fn options(value: Value) -> CallOptions {
    serde_json::from_value(value).unwrap()
}

fn hello() -> CallOptions {
    options(json!({"prompt": [{"role": "user", "content": [{"type": "text", "text": "hello"}]}]}))
}

fn answer() -> Value {
    json!({
        "content": [{"type": "text", "text": "hi"}],
        "finishReason": {"unified": "stop", "raw": "stop"},
        "usage": {"inputTokens": {"total": 3}, "outputTokens": {"total": 1}},
        "warnings": [{"type": "other", "message": "careful"}],
        "providerMetadata": {"gateway": {"generationId": "gen_1", "cost": "0.001"}},
        "response": {"id": "r1", "modelId": "gpt-5", "timestamp": "2026-02-11T00:46:38.000Z"},
    })
}

async fn stream(upstream: &Upstream, options: CallOptions) -> Result<StreamResult> {
    let model = upstream.gateway().language_model("openai/gpt-5")?;
    Model::<Stream>::call(&model, options.into(), &Context::default()).await
}

async fn parts(result: StreamResult) -> (Vec<StreamPart>, Option<Error>) {
    let mut stream = result.stream;
    let mut parts = Vec::new();
    while let Some(part) = stream.next().await {
        match part {
            Ok(part) => parts.push(part),
            Err(error) => {
                assert!(stream.next().await.is_none(), "an error ends the stream");
                return (parts, Some(error));
            }
        }
    }
    (parts, None)
}

#[tokio::test]
async fn generate_sends_the_whole_call() {
    let mut upstream = Upstream::new([Answer::json(200, &answer())]).await;
    let call = json!({
        "prompt": [
            {"role": "system", "content": "be brief"},
            {"role": "user", "content": [
                {"type": "file", "mediaType": "image/png", "data": {"type": "url", "url": "https://e.com/a.png"}},
                {"type": "file", "mediaType": "image", "data": {"type": "reference", "reference": {"openai": "file-1"}}},
            ]},
            {"role": "assistant", "content": [
                {"type": "reasoning-file", "mediaType": "image/png", "data": {"type": "data", "data": "aGk="}},
                {"type": "tool-call", "toolCallId": "1", "toolName": "t", "input": {}},
            ]},
            {"role": "tool", "content": [{"type": "tool-result", "toolCallId": "1", "toolName": "t", "output":
                {"type": "content", "value": [{"type": "file", "mediaType": "image/png", "data": {"type": "data", "data": "aGk="}}]}}]},
        ],
        "maxOutputTokens": 100, "temperature": 1, "topP": 0.5, "stopSequences": ["x"], "seed": 0,
        "responseFormat": {"type": "json", "schema": {"type": "object"}},
        "tools": [{"type": "function", "name": "t", "inputSchema": {}}, {"type": "provider", "id": "gateway.exa_search", "name": "exa", "args": {}}],
        "toolChoice": {"type": "auto"}, "reasoning": "low",
        "headers": {"x-mine": "1", "authorization": "Bearer mine"},
        "providerOptions": {"gateway": {"order": ["azure"]}, "openai": {"user": "u"}},
        "notYetKnown": {"a": [1]},
    });
    let mut sent = options(call.clone());
    sent.headers.as_mut().unwrap().insert("x-unset".to_owned(), None);
    let model = upstream
        .builder()
        .api_key("key-1")
        .team_id_or_slug("team-1")
        .header("X-Settings", "s")
        .header("x-mine", "0")
        .observability(observability())
        .build()
        .unwrap()
        .language_model("openai/gpt-5")
        .unwrap();
    Model::<Generate>::call(&model, sent.into(), &Context::default()).await.unwrap();

    let received = upstream.received().await;
    assert_eq!(received.line, "POST /v4/ai/language-model");
    assert_eq!(
        received.headers,
        call_headers([
            ("authorization", "Bearer mine"),
            ("x-vercel-ai-gateway-team", "team-1"),
            ("x-settings", "s"),
            ("x-mine", "1"),
            ("ai-language-model-specification-version", "4"),
            ("ai-language-model-id", "openai/gpt-5"),
            ("ai-language-model-streaming", "false"),
            ("ai-o11y-deployment-id", "dpl"),
            ("ai-o11y-environment", "production"),
            ("ai-o11y-region", "iad1"),
            ("ai-o11y-request-id", "iad1::1"),
            ("ai-o11y-project-id", "prj"),
        ])
    );
    assert_eq!(received.json(), call);
}

fn observability() -> Observability {
    let mut observability = Observability::default();
    observability.deployment_id = Some("dpl".to_owned());
    observability.environment = Some("production".to_owned());
    observability.region = Some("iad1".to_owned());
    observability.request_id = Some("iad1::1".to_owned());
    observability.project_id = Some("prj".to_owned());
    observability
}

#[tokio::test]
async fn bytes_become_base64() {
    let mut upstream = Upstream::new([Answer::json(200, &answer())]).await;
    let mut call = options(json!({"prompt": [{"role": "user", "content": [
        {"type": "file", "mediaType": "a/b", "data": {"type": "data", "data": ""}},
    ]}]}));
    let aqueduct_spec::language::Message::User(message) = &mut call.prompt[0] else { panic!() };
    let aqueduct_spec::language::UserPart::File(file) = &mut message.content[0] else { panic!() };
    file.data = aqueduct_spec::FileData::data(vec![0xFF, 0xFE, 0]);
    let model = upstream.gateway().language_model("m").unwrap();
    Model::<Generate>::call(&model, call.into(), &Context::default()).await.unwrap();
    let body = upstream.received().await.json();
    assert_eq!(body["prompt"][0]["content"][0]["data"], json!({"type": "data", "data": "//4A"}));
}

#[tokio::test]
async fn generate_returns_what_the_gateway_says() {
    let reply = Answer::json(200, &answer()).header("X-Request-Id", "req-1");
    let upstream = Upstream::new([reply]).await;
    let model = upstream.gateway().language_model("openai/gpt-5").unwrap();
    let cx = Context::default().with_include(Include::ALL);
    let result = Model::<Generate>::call(&model, hello().into(), &cx).await.unwrap();
    assert_eq!(result.text(), "hi");
    assert_eq!(result.warnings.len(), 1);
    let response = result.response.unwrap();
    assert_eq!(response.id.as_deref(), Some("r1"));
    assert_eq!(response.headers.unwrap()["x-request-id"], "req-1");
    assert_eq!(response.body.unwrap(), answer());
    let request = result.request.unwrap().body.unwrap();
    assert_eq!(request["prompt"][0]["role"], "user");
}

#[tokio::test]
async fn bodies_are_kept_only_if_asked_for() {
    let upstream = Upstream::new([Answer::json(200, &answer())]).await;
    let model = upstream.gateway().language_model("m").unwrap();
    let result =
        Model::<Generate>::call(&model, hello().into(), &Context::default()).await.unwrap();
    assert!(result.request.is_none() && result.response.unwrap().body.is_none());
}

#[tokio::test]
async fn the_model_takes_every_url() {
    let upstream = Upstream::new([]).await;
    let model = upstream.gateway().language_model("m").unwrap();
    assert_eq!((model.info().provider.as_str(), model.info().model_id.as_str()), ("gateway", "m"));
    assert!(model.info().profile.supports_url("video/mp4", "gs://bucket/a"));
    assert_eq!(model.info().profile.max_embeddings_per_call, Some(2048));
}

const EVENTS: &str = concat!(
    ": heartbeat\n\n",
    "data: {\"type\":\"stream-start\",\"warnings\":[]}\n\n",
    "data: {\"type\":\"response-metadata\",\"id\":\"r1\",\"timestamp\":\"2026-02-11T00:46:38.000Z\",\"modelId\":null}\n\n",
    "data: {\"type\":\"raw\",\"rawValue\":{\"a\":1}}\n\n",
    "data: {\"type\":\"text-start\",\"id\":\"0\",\"providerMetadata\":{\"gateway\":{\"generationId\":\"gen_1\"}}}\n\n",
    "data: {\"type\":\"text-delta\",\"id\":\"0\",\"delta\":\"hé\"}\n\n",
    "data: {\"type\":\"error\",\"error\":{\"message\":\"a hiccup\"}}\n\n",
    "data: {\"type\":\"from-the-future\",\"n\":1}\n\n",
    "data: {\"type\":\"text-end\",\"id\":\"0\"}\n\n",
    "data: {\"type\":\"finish\",\"finishReason\":{\"unified\":\"stop\"},\"usage\":{\"inputTokens\":{\"total\":1},\"outputTokens\":{}}}\n\n",
    "data: [DONE]\n\n",
);

#[tokio::test]
async fn a_stream_arrives_in_parts() {
    let mut upstream = Upstream::new([Answer::events(EVENTS).header("x-vercel-id", "v1")]).await;
    let result = stream(&upstream, hello()).await.unwrap();
    assert_eq!(result.response.as_ref().unwrap().headers.as_ref().unwrap()["x-vercel-id"], "v1");
    let (parts, error) = parts(result).await;
    assert!(error.is_none());
    let tags: Vec<_> = parts.iter().map(StreamPart::tag).collect();
    assert_eq!(
        tags,
        [
            "stream-start",
            "response-metadata",
            "text-start",
            "text-delta",
            "error",
            "from-the-future",
            "text-end",
            "finish",
        ]
    );
    let StreamPart::ResponseMetadata(metadata) = &parts[1] else { panic!() };
    assert_eq!(metadata.timestamp.unwrap().to_string(), "2026-02-11T00:46:38.000Z");

    let received = upstream.received().await;
    assert_eq!(received.line, "POST /v4/ai/language-model");
    assert_eq!(
        received.headers,
        call_headers([
            ("ai-language-model-specification-version", "4"),
            ("ai-language-model-id", "openai/gpt-5"),
            ("ai-language-model-streaming", "true"),
        ])
    );
    assert_eq!(received.json(), serde_json::to_value(hello()).unwrap());
}

#[tokio::test]
async fn a_stream_may_be_cut_anywhere_into_chunks() {
    for bytes in [1, 2, 7] {
        let upstream = Upstream::new([Answer::events(EVENTS).in_chunks_of(bytes)]).await;
        let (parts, error) = parts(stream(&upstream, hello()).await.unwrap()).await;
        assert!(error.is_none() && parts.len() == 8, "{bytes}");
        assert!(
            parts
                .iter()
                .any(|part| matches!(part, StreamPart::TextDelta(part) if part.delta == "hé"))
        );
    }
}

#[tokio::test]
async fn raw_parts_come_if_asked_for() {
    let mut upstream = Upstream::new([Answer::events(EVENTS)]).await;
    let mut options = hello();
    options.include_raw_chunks = Some(true);
    let (parts, _) = parts(stream(&upstream, options).await.unwrap()).await;
    assert!(parts.iter().any(|part| part.tag() == "raw"));
    assert_eq!(upstream.received().await.json()["includeRawChunks"], true);
}

#[tokio::test]
async fn an_event_that_is_no_json_ends_the_stream() {
    let events = "data: {\"type\":\"text-delta\",\"id\":\"0\",\"delta\":\"a\"}\n\ndata: {oops my secret\n\ndata: [DONE]\n\n";
    let upstream = Upstream::new([Answer::events(events)]).await;
    let (parts, error) = parts(stream(&upstream, hello()).await.unwrap()).await;
    let error = error.unwrap();
    assert_eq!(parts.len(), 1);
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert_eq!((error.provider(), error.model()), (Some("gateway"), Some("openai/gpt-5")));
    assert!(!format!("{error} {error:?}").contains("secret"));
}

#[tokio::test]
async fn a_part_of_wrong_shape_is_named() {
    let upstream =
        Upstream::new([Answer::events("data: {\"type\":\"text-delta\",\"id\":\"0\"}\n\n")]).await;
    let (_, error) = parts(stream(&upstream, hello()).await.unwrap()).await;
    assert_eq!(error.unwrap().kind(), ErrorKind::InvalidResponse);
}

#[tokio::test]
async fn a_broken_connection_is_an_error() {
    for end in [End::Cut, End::Whole] {
        let events = "data: {\"type\":\"text-start\",\"id\":\"0\"}\n\n";
        let upstream = Upstream::new([Answer::events(events).end(end)]).await;
        let (parts, error) = parts(stream(&upstream, hello()).await.unwrap()).await;
        let error = error.unwrap();
        assert_eq!(parts.len(), 1);
        assert_eq!(error.kind(), ErrorKind::Network, "{error}");
        assert!(error.is_retryable());
        assert_eq!(error.model(), Some("openai/gpt-5"));
    }
}

#[tokio::test]
async fn a_stream_that_told_its_failure_or_its_end_may_end() {
    for last in ["{\"type\":\"error\",\"error\":\"boom\"}", "[DONE]"] {
        let events = format!("data: {last}\n\n");
        let upstream = Upstream::new([Answer::events(&events)]).await;
        let (_, error) = parts(stream(&upstream, hello()).await.unwrap()).await;
        assert!(error.is_none(), "{last}");
    }
}

#[tokio::test]
async fn dropping_a_stream_closes_the_connection() {
    let events = "data: {\"type\":\"text-start\",\"id\":\"0\"}\n\n";
    let mut upstream = Upstream::new([Answer::events(events).end(End::Open)]).await;
    let mut result = stream(&upstream, hello()).await.unwrap();
    assert!(result.stream.next().await.unwrap().is_ok());
    drop(result);
    upstream.closed().await;
}

#[tokio::test]
async fn what_is_no_stream_is_refused() {
    for media_type in ["text/html", "application/json; charset=utf-8"] {
        let upstream = Upstream::new([Answer::new(200, media_type, "<p>sign in</p>")]).await;
        let error = stream(&upstream, hello()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
        assert_eq!(error.response_body(), Some(&b"<p>sign in</p>"[..]));
    }
}
