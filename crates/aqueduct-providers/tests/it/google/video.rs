//! Videos: jobs that are waited for, and where the key goes.

use aqueduct_spec::video::{
    GenerateVideo, GenerateVideoOptions, GetVideoStatus, GetVideoStatusOptions,
};
use aqueduct_spec::{Context, Error, ErrorKind, Model as _, ProviderOptions};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use serde_json::{Value, json};

use super::google;

fn done(uri: &str) -> Value {
    let videos = json!({ "generatedSamples": [{ "video": { "uri": uri } }] });
    json!({ "done": true, "response": { "generateVideoResponse": videos } })
}

/// Generates a video of a job that is told of like this, one answer after the other.
async fn film(told: Vec<Value>) -> Result<Value, Error> {
    let started = json!({ "name": "models/veo/operations/1" });
    let replies = std::iter::once(started).chain(told).map(|body| Reply::json(200, &body));
    let upstream = ScriptedUpstream::replies(replies);
    let mut call = GenerateVideoOptions::new(1_u32);
    call.prompt = Some("a cat".to_owned());
    let options = json!({ "pollIntervalMs": 1, "pollTimeoutMs": 60_000 });
    let options = options.as_object().cloned().unwrap();
    call.provider_options = Some(ProviderOptions::of("google", options));
    let model = google(&upstream).video_model("veo").unwrap();
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
    let told = vec![json!({ "done": false }), json!({}), done("https://example.com/1")];
    let result = film(told).await.unwrap();
    assert_eq!(result["videos"][0]["url"], "https://example.com/1");
}

#[tokio::test]
async fn a_video_that_fails_is_an_error() {
    let failed = json!({ "done": true, "error": { "message": "no cats" } });
    let error = film(vec![failed]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Provider);
    assert_eq!(error.message(), "Video generation failed: no cats");
}

/// Asks after a job, and returns the URL of its video.
async fn status(upstream: &ScriptedUpstream, operation: &str) -> Result<String, Error> {
    let options = GetVideoStatusOptions::new(json!({ "operationName": operation }));
    let model = google(upstream).video_model("veo").unwrap();
    let status = model.call(GetVideoStatus::from(options), &Context::default()).await?;
    let status = serde_json::to_value(&status).unwrap();
    Ok(status["videos"][0]["url"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn only_operations_are_asked_for() {
    let upstream = ScriptedUpstream::always(Reply::json(200, &done("https://example.com/1")));
    for name in ["operations/a-1", "models/veo-3.1/operations/x_2"] {
        status(&upstream, name).await.unwrap();
        assert_eq!(upstream.requests().last().unwrap().target, format!("/{name}"));
    }
    let asked = upstream.requests().len();
    for name in ["", "files", "operations", "../operations/a", "operations/a?b", "operations/.."] {
        let error = status(&upstream, name).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{name}");
    }
    assert_eq!(upstream.requests().len(), asked);
}

#[tokio::test]
async fn the_key_goes_to_the_own_host_alone() {
    let upstream = ScriptedUpstream::new(|request| {
        let own = request.header("host");
        let port = own.split_once(':').unwrap().1;
        let uri = match request.path().rsplit('/').next().unwrap() {
            "own" => format!("http://{own}/v.mp4?alt=media"),
            "upper" => format!("HTTP://{}/v.mp4", own.to_ascii_uppercase()),
            "scheme" => format!("https://{own}/v.mp4"),
            "port" => "http://127.0.0.1:1/v.mp4".to_owned(),
            "name" => format!("http://a@{own}/v.mp4"),
            _ => format!("http://127.0.0.1:{port}\\.example.org/v.mp4"),
        };
        Reply::json(200, &done(&uri))
    });
    for (name, suffix) in [("own", "&key=k"), ("upper", "?key=k")] {
        let url = status(&upstream, &format!("operations/{name}")).await.unwrap();
        assert!(url.ends_with(suffix), "{url}");
    }
    for name in ["scheme", "port", "name", "backslash"] {
        let url = status(&upstream, &format!("operations/{name}")).await.unwrap();
        assert!(!url.contains("key="), "{name}: {url}");
    }
}
