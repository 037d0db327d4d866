//! Videos: at once and as jobs.

use aqueduct_providers::gateway::{GatewayError, GatewayErrorType};
use aqueduct_spec::video::{
    GenerateVideo, GenerateVideoOptions, GetVideoStatus, GetVideoStatusOptions, StartVideo, Video,
    VideoStatus,
};
use aqueduct_spec::{Context, ErrorKind, Model, Provider};
use serde_json::{Value, json};

use crate::upstream::{Answer, End, Upstream, call_headers};

fn body() -> Value {
    json!({
        "n": 1, "prompt": "a cat", "aspectRatio": "adaptive", "resolution": "1280x720", "duration": 8, "fps": 24, "seed": 7,
        "image": {"type": "file", "mediaType": "image/png", "data": "aGk=", "providerOptions": {"p": {}}},
        "frameImages": [{"image": {"type": "url", "url": "https://e.com/a.png", "mediaType": "image/png"}, "frameType": "last_frame"}],
        "inputReferences": [{"type": "url", "url": "https://e.com/b.png"}],
        "generateAudio": false, "providerOptions": {"gateway": {"tags": ["t"]}},
    })
}

fn options(value: Value) -> GenerateVideoOptions {
    serde_json::from_value(value).unwrap()
}

const RESULT: &str = concat!(
    ": heartbeat\n\n: heartbeat\n\n",
    "data: {\"type\":\"result\",\"videos\":[{\"type\":\"base64\",\"data\":\"aGk=\",\"mediaType\":\"video/mp4\"},",
    "{\"type\":\"url\",\"url\":\"https://e.com/v\",\"mediaType\":\"video/mp4\"}],",
    "\"warnings\":[{\"type\":\"other\",\"message\":\"m\"}],\"providerMetadata\":{\"gateway\":{\"cost\":\"1\"}}}\n\n",
);

#[tokio::test]
async fn videos_come_in_one_event() {
    // The connection stays open: nothing after the event may be waited for.
    let mut upstream = Upstream::new([Answer::events(RESULT).end(End::Open)]).await;
    let model = upstream.gateway().video_model("google/veo").unwrap();
    let call = GenerateVideo::from(options(body()));
    let result = model.call(call, &Context::default()).await.unwrap();
    assert!(matches!(&result.videos[..], [Video::Base64(_), Video::Url(_)]));
    assert_eq!(result.warnings.len(), 1);
    assert_eq!(result.response.unwrap().model_id.as_deref(), Some("google/veo"));
    upstream.closed().await;

    let received = upstream.received().await;
    assert_eq!(received.line, "POST /v4/ai/video-model");
    assert_eq!(
        received.headers,
        call_headers([
            ("ai-video-model-specification-version", "4"),
            ("ai-model-id", "google/veo"),
            ("accept", "text/event-stream"),
        ])
    );
    assert_eq!(received.json(), body());
}

#[tokio::test]
async fn a_webhook_of_a_call_that_waits_is_warned_of() {
    let mut upstream = Upstream::new([Answer::events(RESULT)]).await;
    let model = upstream.gateway().video_model("m").unwrap();
    let call = GenerateVideo::from(options(json!({"n": 1, "webhookUrl": "https://e.com/hook"})));
    let result = model.call(call, &Context::default()).await.unwrap();
    assert_eq!(result.warnings.len(), 2);
    assert_eq!(upstream.received().await.json(), json!({"n": 1}));
}

#[tokio::test]
async fn an_error_event_is_an_error_with_its_own_status() {
    let event = json!({
        "type": "error", "message": "slow down", "errorType": "rate_limit_exceeded", "statusCode": 429, "param": {"a": 1},
    });
    let answer = Answer::events(&format!("data: {event}\n\n")).header("retry-after", "3");
    let upstream = Upstream::new([answer]).await;
    let model = upstream.gateway().video_model("m").unwrap();
    let call = GenerateVideo::from(options(json!({"n": 1})));
    let error = model.call(call, &Context::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.message(), "slow down");
    assert_eq!(error.status().unwrap(), 429);
    assert_eq!(error.param(), Some(&json!({"a": 1})));
    assert_eq!(error.retry_after().unwrap().as_secs(), 3);
    assert_eq!(GatewayError::of(&error).unwrap().error_type, GatewayErrorType::RateLimit);
    assert_eq!((error.provider(), error.model()), (Some("gateway"), Some("m")));
}

#[tokio::test]
async fn a_stream_without_a_result_is_an_error() {
    for events in [
        "",
        ": heartbeat\n\n",
        "data: nonsense\n\n",
        "data: {\"type\":\"later\"}\n\n",
        "data: {\"type\":\"result\"}\n\n",
    ] {
        let upstream = Upstream::new([Answer::events(events)]).await;
        let model = upstream.gateway().video_model("m").unwrap();
        let call = GenerateVideo::from(options(json!({"n": 1})));
        let error = model.call(call, &Context::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{events}");
        assert_eq!(error.model(), Some("m"));
    }
}

#[tokio::test]
async fn a_job_is_started_once() {
    let answer = json!({
        "operation": {"gatewayJobId": "job-1"}, "warnings": null,
        "providerMetadata": {"gateway": {"asyncJob": {"jobId": "job-1", "status": "queued", "webhookSigningSecret": "whsec"}}},
    });
    let mut upstream =
        Upstream::new([Answer::json(200, &answer), Answer::json(200, &answer)]).await;
    let model = upstream.gateway().video_model("google/veo").unwrap();
    let mut call = StartVideo::from(options(body()));
    call.options_mut().webhook_url = Some("https://e.com/hook".to_owned());
    let cx = Context::default().with_ids(|| "0123456789abcdef".to_owned());
    let result = model.call(call.clone(), &cx).await.unwrap();
    assert_eq!(result.operation, json!({"gatewayJobId": "job-1"}));

    let received = upstream.received().await;
    assert_eq!(received.line, "POST /v4/ai/video-model/start");
    assert_eq!(
        received.headers,
        call_headers([
            ("ai-video-model-specification-version", "4"),
            ("ai-model-id", "google/veo"),
            ("idempotency-key", "aisdk_vid_0123456789abcdef"),
        ])
    );
    let mut expected = body();
    expected["callbackUrl"] = "https://e.com/hook".into();
    assert_eq!(received.json(), expected);

    let headers = [("Idempotency-Key".to_owned(), Some("mine".to_owned()))];
    call.options_mut().headers = Some(headers.into());
    model.call(call, &cx).await.unwrap();
    assert_eq!(upstream.received().await.headers["idempotency-key"], "mine");
}

#[tokio::test]
async fn every_state_of_a_job() {
    let answers = [
        (json!({"status": "pending"}), "pending"),
        (
            json!({"status": "completed", "videos": [{"type": "url", "url": "u", "mediaType": "video/mp4"}]}),
            "completed",
        ),
        (json!({"status": "error", "error": "no"}), "error"),
        (json!({"status": "cancelled", "providerMetadata": {"gateway": {}}}), "cancelled"),
    ];
    for (answer, state) in answers {
        let mut upstream = Upstream::new([Answer::json(200, &answer)]).await;
        let model = upstream.gateway().video_model("m").unwrap();
        let call = GetVideoStatus::from(GetVideoStatusOptions::new(json!({"gatewayJobId": "1"})));
        let status = model.call(call, &Context::default()).await.unwrap();
        assert_eq!(status.tag(), state);
        if let VideoStatus::Completed(status) = status {
            assert!(status.response.unwrap().timestamp.is_some());
        }
        let received = upstream.received().await;
        assert_eq!(received.line, "POST /v4/ai/video-model/status");
        assert_eq!(
            received.headers,
            call_headers([("ai-video-model-specification-version", "4"), ("ai-model-id", "m")])
        );
        assert_eq!(received.json(), json!({"operation": {"gatewayJobId": "1"}}));
    }
    let upstream = Upstream::new([Answer::json(200, &json!({"status": "lost"}))]).await;
    let model = upstream.gateway().video_model("m").unwrap();
    let call = GetVideoStatus::from(GetVideoStatusOptions::new(json!(1)));
    let error = Model::<GetVideoStatus>::call(&model, call, &Context::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
}
