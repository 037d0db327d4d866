//! MiniMax beside what was recorded: jobs that the caller asks after, and where the videos are.

use std::sync::Arc;

use aqueduct_http::Client;
use aqueduct_providers::{Settings, find};
use aqueduct_spec::video::{
    GenerateVideo, GenerateVideoOptions, GetVideoStatus, GetVideoStatusOptions, StartVideo,
    VideoFile, VideoFileUrl, VideoModel, VideoStatus,
};
use aqueduct_spec::{Context, ErrorKind, JsonObject, Model, ProviderOptions, Warning};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use serde_json::json;

fn model(upstream: &ScriptedUpstream) -> Arc<dyn VideoModel> {
    let settings = Settings::new()
        .with("apiKey", "test")
        .with("baseURL", format!("{}/anthropic/v1", upstream.url()));
    let provider = find("minimax").unwrap().build(&settings, &Client::new()).unwrap();
    provider.video_model("MiniMax-H3").unwrap()
}

fn options() -> GenerateVideoOptions {
    let mut options = GenerateVideoOptions::new(1_u32);
    options.prompt = Some("a cat".to_owned());
    options
}

#[tokio::test]
async fn a_job_is_started_and_asked_after() {
    let upstream = ScriptedUpstream::replies([
        Reply::json(200, &json!({ "task_id": "t/1" })),
        Reply::json(200, &json!({ "task": { "status": "running" } })),
        Reply::json(200, &json!({ "task": { "status": "cancelled" } })),
        Reply::json(200, &json!({ "task": { "status": "expired" } })),
        Reply::json(
            200,
            &json!({ "task": { "status": "succeeded", "content": { "url": "https://v.example/1.mp4" } } }),
        ),
    ]);
    let model = model(&upstream);
    let cx = Context::default();
    let mut call = options();
    call.input_references =
        Some(vec![VideoFile::Url(VideoFileUrl::new("https://v.example/look.png"))]);
    call.webhook_url = Some("https://hook.example".to_owned());
    let started = model.call(StartVideo::from(call), &cx).await.unwrap();
    assert!(started.warnings.contains(&Warning::unsupported("webhookUrl")));

    let ask = || GetVideoStatus::from(GetVideoStatusOptions::new(started.operation.clone()));
    let mut tags = Vec::new();
    for _ in 0..3 {
        tags.push(model.call(ask(), &cx).await.unwrap().tag().to_owned());
    }
    assert_eq!(tags, ["pending", "cancelled", "error"]);
    let VideoStatus::Completed(done) = model.call(ask(), &cx).await.unwrap() else {
        panic!("not done")
    };
    // What was sent is known to the one who asks, though it was another call that sent it.
    let metadata = done.provider_metadata.unwrap();
    assert_eq!(metadata.get("minimax").unwrap()["resolvedInputs"]["imageCount"], 1);

    let requests = upstream.requests();
    assert_eq!(requests[0].path(), "/v2/video_generation");
    assert_eq!(requests[1].path(), "/v2/query/video_generation/t%2F1");
    assert!(requests.iter().all(|request| request.header("authorization") == "Bearer test"));
}

#[tokio::test]
async fn an_operation_of_somebody_else_is_refused() {
    let upstream = ScriptedUpstream::always(Reply::json(200, &json!({})));
    let ask = GetVideoStatus::from(GetVideoStatusOptions::new(json!({ "name": "x" })));
    let error = model(&upstream).call(ask, &Context::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn waiting_has_an_end() {
    let upstream = ScriptedUpstream::new(|request| match request.path() {
        "/v2/video_generation" => Reply::json(200, &json!({ "task_id": "t1" })),
        _ => Reply::json(200, &json!({ "task": { "status": "queued" } })),
    });
    let mut call = options();
    let pace = json!({ "pollIntervalMs": 2, "pollTimeoutMs": 1 });
    let pace: JsonObject = serde_json::from_value(pace).unwrap();
    call.provider_options = Some(ProviderOptions::of("minimax", pace));
    let error =
        model(&upstream).call(GenerateVideo::from(call), &Context::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.message().contains("t1"), "{error}");
}
