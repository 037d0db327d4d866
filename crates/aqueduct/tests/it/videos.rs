//! Videos: at once, as polled jobs and as reported ones.

use std::sync::Arc;
use std::time::Duration;

use aqueduct::media::NoOutput;
use aqueduct::spec::video::{
    CancelledVideo, FailedVideo, GenerateVideoResult, InlineVideo, PendingVideo, StartVideoResult,
    UrlVideo, VideoFile, VideoStatus,
};
use aqueduct::spec::{GenerateVideo, GetVideoStatus, StartVideo};
use aqueduct::video::{Poll, Webhook};
use aqueduct::{
    Client, Downloader, Error, ErrorKind, Warning, generate_video, start_video, video_status,
};
use aqueduct_testkit::{MockModel, MockVideoModel, Reply, ScriptedUpstream};
use serde_json::json;

fn videos() -> GenerateVideoResult {
    let video = InlineVideo::new(b"....".to_vec(), "video/webm");
    GenerateVideoResult::new(vec![video.into()], Vec::new())
}

fn unsupported(what: &'static str) -> Error {
    Error::unsupported(what)
}

fn at_once() -> Arc<MockVideoModel> {
    Arc::new(MockVideoModel::new(
        MockModel::new(|_, _| Ok(videos())),
        MockModel::failing(unsupported("start")),
        MockModel::failing(unsupported("status")),
    ))
}

fn job(
    warnings: Vec<Warning>,
    states: impl IntoIterator<Item = VideoStatus>,
) -> Arc<MockVideoModel> {
    Arc::new(MockVideoModel::new(
        MockModel::<GenerateVideo>::failing(unsupported("generate")),
        MockModel::<StartVideo>::new(move |_, _| {
            Ok(StartVideoResult::new(json!({"id": 1}), warnings.clone()))
        }),
        MockModel::<GetVideoStatus>::answers(states.into_iter().map(Ok).collect::<Vec<_>>()),
    ))
}

fn pending() -> VideoStatus {
    PendingVideo::default().into()
}

#[tokio::test]
async fn makes_videos_in_as_many_calls_as_needed() {
    let model = at_once();
    let request = generate_video(&model).prompt("cats").n(2).duration(5.0).fps(24.0).seed(1);
    let request = request.aspect_ratio("16:9").resolution("1280x720").generate_audio(true);
    let answer = request.await.unwrap();
    assert_eq!((answer.videos.len(), answer.responses.len()), (2, 2));
    assert_eq!(answer.video().media_type, "video/webm");
    let call = serde_json::to_value(&*model.generate.calls()[0].0).unwrap();
    assert_eq!(
        call,
        json!({"n": 1, "prompt": "cats", "aspectRatio": "16:9", "resolution": "1280x720",
            "duration": 5, "fps": 24, "seed": 1, "generateAudio": true})
    );
    assert!(model.start.calls().is_empty());
}

#[tokio::test]
async fn frames_win_over_images_and_references() {
    let model = at_once();
    let request = generate_video(&model).image("AAAA").first_frame("iVBORw==").last_frame("AAAA");
    let answer = request.input_references(["AAAA"]).await.unwrap();
    assert_eq!(answer.warnings.len(), 2);
    let call = model.generate.calls().remove(0);
    assert_eq!(call.frame_images.as_ref().unwrap().len(), 2);
    assert!(call.input_references.is_none());
    assert_eq!(call.image.as_ref(), Some(&call.frame_images.as_ref().unwrap()[0].image));
    let request =
        generate_video(&model).prompt("p").input_references(["https://example.com/a.mp4"]);
    assert!(request.await.unwrap().warnings.is_empty());
    let references = model.generate.calls()[1].input_references.clone().unwrap();
    assert!(matches!(&references[0], VideoFile::Url(_)));
}

#[tokio::test(start_paused = true)]
async fn polls_a_job_until_it_is_done() {
    let model = job(vec![Warning::other("w")], [pending(), pending(), videos().into()]);
    let begin = tokio::time::Instant::now();
    let poll = Poll::default().with_interval(Duration::from_secs(3));
    let answer = generate_video(&model).prompt("cats").header("x-a", "b").poll(poll).await.unwrap();
    assert_eq!(begin.elapsed(), Duration::from_secs(9));
    assert_eq!((answer.videos.len(), answer.warnings.len()), (1, 1));
    let status = model.status.calls();
    assert_eq!((status.len(), &status[0].operation), (3, &json!({"id": 1})));
    let headers = model.start.calls()[0].headers.clone().unwrap();
    assert!(headers["idempotency-key"].as_ref().unwrap().starts_with("aqueduct_vid_"));
    assert!(!status[0].headers.as_ref().unwrap().contains_key("idempotency-key"));
}

#[tokio::test(start_paused = true)]
async fn a_model_without_a_call_is_polled_and_one_without_jobs_is_called() {
    let model = job(Vec::new(), [videos().into()]);
    generate_video(&model).prompt("cats").await.unwrap();
    assert_eq!(model.start.calls().len(), 1);
    let model = at_once();
    let answer = generate_video(&model).prompt("cats").poll(Poll::default()).await.unwrap();
    assert_eq!((answer.warnings.len(), model.generate.calls().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn gives_up_in_time() {
    let model = job(Vec::new(), std::iter::repeat_with(pending).take(9));
    let poll = Poll::default().with_timeout(Duration::from_secs(12));
    let error = generate_video(&model).prompt("cats").poll(poll).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(model.status.calls().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn tells_how_a_job_ended() {
    let model = job(Vec::new(), [FailedVideo::new("too many cats").into()]);
    let error = generate_video(&model).prompt("cats").await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Provider, "too many cats"));
    let model = job(Vec::new(), [CancelledVideo::default().into()]);
    let error = generate_video(&model).prompt("cats").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    let empty = GenerateVideoResult::new(Vec::new(), Vec::new());
    let model = job(Vec::new(), [empty.into()]);
    let error = generate_video(&model).prompt("cats").await.unwrap_err();
    assert_eq!(NoOutput::of(&error).unwrap().missing, "video");
}

#[tokio::test(start_paused = true)]
async fn waits_for_a_webhook() {
    let hook = || async {
        let received = tokio::time::sleep(Duration::from_secs(100));
        Ok(Webhook::new("https://example.com/hook", async move {
            received.await;
            Ok(())
        }))
    };
    let model = job(Vec::new(), [videos().into()]);
    let begin = tokio::time::Instant::now();
    generate_video(&model).prompt("cats").webhook(hook).await.unwrap();
    assert_eq!(begin.elapsed(), Duration::from_secs(100));
    let start = model.start.calls().remove(0);
    assert_eq!(start.webhook_url.as_deref(), Some("https://example.com/hook"));

    let refusal = vec![Warning::unsupported("webhookUrl")];
    let model = job(refusal, [videos().into()]);
    let begin = tokio::time::Instant::now();
    generate_video(&model).prompt("cats").webhook(hook).await.unwrap();
    assert_eq!(begin.elapsed(), Duration::from_secs(5), "polled instead");

    let model = job(Vec::new(), [pending()]);
    let error = generate_video(&model).prompt("cats").webhook(hook).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse, "reported, but not done");
}

#[tokio::test]
async fn fetches_videos() {
    let upstream = ScriptedUpstream::always(
        Reply::new(200).header("content-type", "video/webm").content_length(4).chunk("film"),
    );
    let url = format!("{}/a.webm", upstream.url());
    let model = Arc::new(MockVideoModel::new(
        MockModel::new(move |_, _| {
            let video = UrlVideo::new(url.clone(), "application/octet-stream");
            Ok(GenerateVideoResult::new(vec![video.into()], Vec::new()))
        }),
        MockModel::failing(unsupported("start")),
        MockModel::failing(unsupported("status")),
    ));
    let downloader = Downloader::new(&Client::new()).allow_private();
    let answer = generate_video(&model).prompt("cats").downloader(downloader).await.unwrap();
    assert_eq!(answer.video().media_type, "video/webm");
    assert_eq!(answer.video().bytes().unwrap(), "film");
}

#[tokio::test]
async fn starts_jobs_and_asks_after_them() {
    let model = job(Vec::new(), [pending()]);
    let request = start_video(&model).prompt("cats").webhook_url("https://example.com/hook");
    let started = request.header("Idempotency-Key", "mine").await.unwrap();
    let headers = model.start.calls()[0].headers.clone().unwrap();
    assert_eq!(headers["Idempotency-Key"].as_deref(), Some("mine"));
    assert_eq!(headers.len(), 1);
    let status = video_status(&model, started.operation).await.unwrap();
    assert!(matches!(status, VideoStatus::Pending(_)));
    let request = start_video(&model).prompt("cats").n(3).max_videos_per_call(2);
    assert_eq!(request.await.unwrap_err().kind(), ErrorKind::InvalidRequest);
}
