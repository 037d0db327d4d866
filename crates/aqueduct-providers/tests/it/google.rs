//! Google beyond what the recorded exchanges show.

use aqueduct_http::Client;
use aqueduct_providers::{Settings, find};
use aqueduct_spec::video::{GenerateVideo, GenerateVideoOptions};
use aqueduct_spec::{Context, Error, ErrorKind, Model as _, ProviderOptions};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use serde_json::{Value, json};

/// Generates a video of a job that is told of like this, one answer after the other.
async fn film(told: Vec<Value>) -> Result<Value, Error> {
    let started = json!({ "name": "models/veo/operations/1" });
    let replies = std::iter::once(started).chain(told).map(|body| Reply::json(200, &body));
    let upstream = ScriptedUpstream::replies(replies);
    let client = Client::builder().no_proxy().build().unwrap();
    let settings = Settings::new().with("apiKey", "k").with("baseURL", upstream.url());
    let google = find("google").unwrap().build(&settings, &client).unwrap();
    let mut call = GenerateVideoOptions::new(1_u32);
    call.prompt = Some("a cat".to_owned());
    let options = json!({ "pollIntervalMs": 1, "pollTimeoutMs": 60_000 });
    let options = options.as_object().cloned().unwrap();
    call.provider_options = Some(ProviderOptions::of("google", options));
    let model = google.video_model("veo").unwrap();
    let result = model.call(GenerateVideo::from(call), &Context::default()).await?;
    let targets: Vec<String> = upstream.requests().into_iter().map(|it| it.target).collect();
    assert_eq!(targets[0], "/models/veo:predictLongRunning");
    assert!(targets[1..].iter().all(|target| target == "/models/veo/operations/1"), "{targets:?}");
    let start = upstream.requests()[0].json();
    assert_eq!(start["parameters"].get("pollIntervalMs"), None);
    Ok(serde_json::to_value(&result).unwrap())
}

#[tokio::test]
async fn a_video_is_waited_for() {
    let videos = json!({ "generatedSamples": [{ "video": { "uri": "https://example.com/1" } }] });
    let done = json!({ "done": true, "response": { "generateVideoResponse": videos } });
    let result = film(vec![json!({ "done": false }), json!({}), done]).await.unwrap();
    assert_eq!(result["videos"][0]["url"], "https://example.com/1");
}

#[tokio::test]
async fn a_video_that_fails_is_an_error() {
    let failed = json!({ "done": true, "error": { "message": "no cats" } });
    let error = film(vec![failed]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Provider);
    assert_eq!(error.message(), "Video generation failed: no cats");
}
