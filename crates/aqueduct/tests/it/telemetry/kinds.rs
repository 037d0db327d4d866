//! Every verb beside text, embedding and reranking: what integrations are told, and the spans that come of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::batch::BatchPrompt;
use aqueduct::spec::image::{GenerateImageResult, ImageUsage};
use aqueduct::spec::language::ResponseInfo;
use aqueduct::spec::speech::GenerateSpeechResult;
use aqueduct::spec::transcription::TranscribeResult;
use aqueduct::spec::video::{
    GenerateVideoResult, InlineVideo, PendingVideo, StartVideoResult, VideoStatus,
};
use aqueduct::spec::{
    BoxFuture, Describe, GenerateImage, GenerateSpeech, GenerateVideo, GetVideoStatus, Model,
    ModelInfo, StartVideo, Transcribe,
};
use aqueduct::telemetry::{
    CallEnd, CallStart, OperationEnd, OperationStart, Telemetry, TelemetryCall, TelemetryOptions,
};
use aqueduct::text::AbortEvent;
use aqueduct::video::Poll;
use aqueduct::{
    Context, Error, ErrorKind, Result, batch_results, batch_status, generate_image,
    generate_speech, generate_video, start_text_batch, start_video, transcribe, upload_file,
    upload_skill, video_status,
};
use aqueduct_testkit::{MockModel, MockVideoModel};
use futures_util::FutureExt as _;
use serde_json::{Value, json};

use super::capture::Trace;
use super::spans;
use crate::batches;
use crate::uploads::Shelf;

/// A megabyte that must not be in a span.
const BULK: usize = 1 << 20;

fn response() -> Option<ResponseInfo> {
    let mut response = ResponseInfo::default();
    (response.id, response.model_id) = (Some("r1".into()), Some("m-2026".into()));
    Some(response)
}

fn image_model() -> Arc<MockModel<GenerateImage>> {
    let answer = |call: &GenerateImage, _| {
        let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
        png.resize(BULK, b'S');
        let images = (0..call.n).map(|_| png.clone().into()).collect::<Vec<_>>();
        let mut result = GenerateImageResult::new(images, Vec::new());
        let mut usage = ImageUsage::default();
        (usage.input_tokens, usage.output_tokens) = (Some(4), Some(1000));
        (result.usage, result.response) = (Some(usage), response());
        Ok(result)
    };
    let info = ModelInfo::new("openai.image", "i");
    Arc::new(MockModel::<GenerateImage>::new(answer).with_info(info))
}

fn speech_model() -> Arc<MockModel<GenerateSpeech>> {
    let answer = |_: &_, _| Ok(GenerateSpeechResult::new(b"\xff\xfbSSSSSSS".to_vec(), Vec::new()));
    let info = ModelInfo::new("openai.speech", "s");
    Arc::new(MockModel::<GenerateSpeech>::new(answer).with_info(info))
}

fn transcription_model() -> Arc<MockModel<Transcribe>> {
    let answer = |_: &_, _| {
        let mut result = TranscribeResult::new("SECRET words", Vec::new(), Vec::new());
        result.response = response();
        Ok(result)
    };
    let info = ModelInfo::new("groq.transcription", "t");
    Arc::new(MockModel::<Transcribe>::new(answer).with_info(info))
}

/// A model that has jobs alone.
fn video_model() -> Arc<MockVideoModel> {
    let whole = || {
        let video = InlineVideo::new(b"SSSS".to_vec(), "video/mp4");
        GenerateVideoResult::new(vec![video.into()], Vec::new())
    };
    let info = || ModelInfo::new("google.video", "v");
    let answers = [Ok(PendingVideo::default().into()), Ok(VideoStatus::from(whole()))];
    Arc::new(MockVideoModel::new(
        MockModel::<GenerateVideo>::failing(Error::unsupported("at once")).with_info(info()),
        MockModel::<StartVideo>::new(|_, _| Ok(StartVideoResult::new(json!("job"), Vec::new())))
            .with_info(info()),
        MockModel::<GetVideoStatus>::answers(answers).with_info(info()),
    ))
}

/// The names and values that two objects have in common with what was expected.
fn assert_has(actual: &Value, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&actual[name], value, "{name} in {actual}");
    }
}

fn parsed(text: &Value) -> Value {
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn images_are_content_that_is_generated() {
    let (trace, _guard) = Trace::start();
    let request = generate_image(&image_model()).prompt("SECRET cat").n(2).seed(7);
    request.telemetry(spans().function_id("art")).await.unwrap();
    let call = "generate_content i > generate_content i";
    assert_eq!(trace.tree(), ["generate_content i", call, call]);
    assert!(trace.open().is_empty());
    let of_all = json!({
        "otel.kind": "client",
        "gen_ai.operation.name": "generate_content",
        "gen_ai.provider.name": "openai",
        "gen_ai.agent.name": "art",
        "gen_ai.request.model": "i",
        "gen_ai.request.seed": 7,
        "gen_ai.output.type": "image",
    });
    let mut of_root = of_all.clone();
    of_root["gen_ai.request.choice.count"] = json!(2);
    assert_eq!(trace.attributes("generate_content i"), of_root);
    let mut of_call = of_all;
    of_call["gen_ai.response.id"] = json!("r1");
    of_call["gen_ai.response.model"] = json!("m-2026");
    of_call["gen_ai.usage.input_tokens"] = json!(4);
    of_call["gen_ai.usage.output_tokens"] = json!(1000);
    assert_eq!(trace.attributes(call), of_call);
    assert!(trace.attribute(call, "gen_ai.client.operation.duration").is_f64());
}

#[tokio::test]
async fn files_are_told_by_type_and_size() {
    let (trace, _guard) = Trace::start();
    let telemetry = spans().record_inputs(true).record_outputs(true);
    let mut jpeg = b"\xff\xd8\xff\xe0".to_vec();
    jpeg.resize(BULK, b'S');
    let request = generate_image(&image_model()).prompt("a cat").images([jpeg]);
    request.telemetry(telemetry).await.unwrap();
    let call = trace.attributes("generate_content i > generate_content i");
    let file = |media_type| {
        json!({
            "type": "blob", "modality": "image", "mime_type": media_type, "size_bytes": BULK,
        })
    };
    let text = json!({ "type": "text", "content": "a cat" });
    let input = json!([{ "role": "user", "parts": [text, file("image/jpeg")] }]);
    assert_eq!(parsed(&call["gen_ai.input.messages"]), input);
    let output = json!([
        { "role": "assistant", "parts": [file("image/png")], "finish_reason": "stop" },
    ]);
    assert_eq!(parsed(&call["gen_ai.output.messages"]), output);
    assert!(trace.dump().len() < 4000, "{}", trace.dump());
}

#[tokio::test]
async fn speech_and_transcripts() {
    let (trace, _guard) = Trace::start();
    let quiet = generate_speech(&speech_model(), "SECRET words").instructions("SECRET tone");
    quiet.telemetry(spans()).await.unwrap();
    let quiet = transcribe(&transcription_model(), b"RIFF0000WAVE".to_vec());
    quiet.telemetry(spans()).await.unwrap();
    assert!(!trace.dump().contains("SECRET"), "{}", trace.dump());

    let (trace, _guard) = Trace::start();
    let telemetry = spans().record_inputs(true).record_outputs(true);
    let request = generate_speech(&speech_model(), "words").instructions("slowly");
    request.telemetry(telemetry.clone()).await.unwrap();
    let request = transcribe(&transcription_model(), b"RIFF0000WAVE".to_vec());
    request.telemetry(telemetry).await.unwrap();
    let speech = trace.attributes("generate_content s > generate_content s");
    assert_has(
        &speech,
        &json!({ "gen_ai.output.type": "speech", "gen_ai.provider.name": "openai" }),
    );
    let instructions = json!([{ "type": "text", "content": "slowly" }]);
    assert_eq!(parsed(&speech["gen_ai.system_instructions"]), instructions);
    assert_eq!(parsed(&speech["gen_ai.input.messages"])[0]["parts"][0]["content"], "words");
    let said = &parsed(&speech["gen_ai.output.messages"])[0]["parts"][0];
    assert_has(said, &json!({ "mime_type": "audio/mpeg", "modality": "audio", "size_bytes": 9 }));
    let transcript = trace.attributes("generate_content t > generate_content t");
    assert_has(&transcript, &json!({ "gen_ai.output.type": "text", "gen_ai.response.id": "r1" }));
    let heard = &parsed(&transcript["gen_ai.input.messages"])[0]["parts"][0];
    assert_has(heard, &json!({ "mime_type": "audio/wav", "size_bytes": 12 }));
    let said = &parsed(&transcript["gen_ai.output.messages"])[0]["parts"][0];
    assert_eq!(said["content"], "SECRET words");
}

#[tokio::test(start_paused = true)]
async fn a_video_is_a_job_whose_calls_all_have_spans() {
    let (trace, _guard) = Trace::start();
    let request = generate_video(&video_model()).prompt("SECRET").poll(Poll::default());
    request.telemetry(spans()).await.unwrap();
    let root = "generate_content v";
    let tree = [
        root.to_owned(),
        format!("{root} > start_video v"),
        format!("{root} > get_video_status v"),
        format!("{root} > get_video_status v"),
    ];
    assert_eq!(trace.tree(), tree);
    assert_eq!(trace.attribute(root, "gen_ai.output.type"), "video");
    assert!(trace.open().is_empty() && !trace.dump().contains("SECRET"));

    let (trace, _guard) = Trace::start();
    start_video(&video_model()).prompt("a").telemetry(spans()).await.unwrap();
    video_status(&video_model(), json!("job")).telemetry(spans()).await.unwrap();
    let tree = [
        "start_video v",
        "start_video v > start_video v",
        "video_status v",
        "video_status v > get_video_status v",
    ];
    assert_eq!(trace.tree(), tree);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_where_another_way_is_left_marks_its_own_span() {
    let (trace, _guard) = Trace::start();
    generate_video(&video_model()).prompt("a").telemetry(spans()).await.unwrap();
    let call = "generate_content v > generate_content v";
    assert_eq!(trace.attribute(call, "error.type"), "unsupported");
    assert_eq!(trace.attribute(call, "otel.status_code"), "ERROR");
    assert_eq!(trace.attribute("generate_content v", "otel.status_code"), Value::Null);
}

#[tokio::test]
async fn uploads_have_no_model() {
    let (trace, _guard) = Trace::start();
    let telemetry = spans().record_inputs(true);
    let shelf = Shelf::default();
    let request = upload_file(&shelf, b"%PDF-1.7".to_vec());
    request.telemetry(telemetry.clone()).await.unwrap();
    upload_skill(&shelf).file("a.md", "SECRET").telemetry(telemetry).await.unwrap();
    let tree =
        ["upload_file", "upload_file > upload_file", "upload_skill", "upload_skill > upload_skill"];
    assert_eq!(trace.tree(), tree);
    let file = trace.attributes("upload_file > upload_file");
    assert_has(
        &file,
        &json!({ "gen_ai.operation.name": "upload_file", "gen_ai.provider.name": "shelf" }),
    );
    assert_eq!(file.get("gen_ai.request.model"), None);
    let part = &parsed(&file["gen_ai.input.messages"])[0]["parts"][0];
    assert_has(part, &json!({ "mime_type": "application/pdf", "size_bytes": 8 }));
    assert!(!trace.dump().contains("SECRET"));
}

#[tokio::test(start_paused = true)]
async fn batches_are_started_asked_after_and_read() {
    let (trace, _guard) = Trace::start();
    let model = batches::model();
    let started = start_text_batch(&model)
        .requests([BatchPrompt::new("a", "SECRET")])
        .telemetry(spans())
        .await
        .unwrap();
    batch_status(&model, &started.batch).telemetry(spans()).await.unwrap();
    let results = batch_results(&model, &started.batch).telemetry(spans()).await.unwrap();
    assert!(trace.open().is_empty(), "reading the answers is the program's affair");
    drop(results);
    let tree = [
        "start_text_batch mock",
        "start_text_batch mock > start_batch mock",
        "batch_status mock",
        "batch_status mock > get_batch_status mock",
        "batch_results mock",
        "batch_results mock > get_batch_results mock",
    ];
    assert_eq!(trace.tree(), tree);
    assert!(!trace.dump().contains("SECRET"));
}

#[tokio::test]
async fn a_request_that_fails_marks_all_its_spans() {
    let (trace, _guard) = Trace::start();
    let error = Error::new(ErrorKind::QuotaExceeded, "no credit");
    let info = ModelInfo::new("openai.image", "i");
    let model = Arc::new(MockModel::<GenerateImage>::failing(error).with_info(info));
    generate_image(&model).prompt("a").max_retries(0).telemetry(spans()).await.unwrap_err();
    for path in ["generate_content i", "generate_content i > generate_content i"] {
        let span = trace.attributes(path);
        assert_has(&span, &json!({ "error.type": "quota_exceeded", "otel.status_code": "ERROR" }));
    }
    assert!(trace.open().is_empty());
    generate_image(&model).telemetry(spans()).await.unwrap_err();
    assert_eq!(trace.tree().len(), 2, "a request that is wrong has no span");
}

/// Answers nothing, except for the second call, which fails.
struct Silent(ModelInfo, Mutex<usize>);

impl Describe for Silent {
    fn info(&self) -> &ModelInfo {
        &self.0
    }
}

impl Model<GenerateImage> for Silent {
    fn call<'a>(
        &'a self,
        _: GenerateImage,
        _: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateImageResult>> {
        let mut n_calls = self.1.lock().unwrap();
        *n_calls += 1;
        match *n_calls {
            2 => Box::pin(async { Err(Error::new(ErrorKind::Authentication, "no key")) }),
            _ => Box::pin(std::future::pending()),
        }
    }
}

fn silent() -> Silent {
    Silent(ModelInfo::new("openai.image", "i"), Mutex::default())
}

#[tokio::test]
async fn a_request_that_is_dropped_ends_its_spans_as_cancelled() {
    let (trace, _guard) = Trace::start();
    let request = generate_image(silent()).prompt("a").telemetry(spans());
    let mut request = request.into_future();
    assert!(request.as_mut().now_or_never().is_none());
    assert_eq!(trace.open().len(), 2);
    drop(request);
    assert!(trace.open().is_empty());
    for path in ["generate_content i", "generate_content i > generate_content i"] {
        assert_eq!(trace.attribute(path, "error.type"), "cancelled", "{path}");
        assert_eq!(trace.attribute(path, "otel.status_code"), Value::Null);
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_given_up_for_another_one_say_so() {
    let log = Log::default();
    let (trace, _guard) = Trace::start();
    let telemetry = spans().integration(log.clone());
    let request = generate_image(silent()).prompt("a").n(2).telemetry(telemetry);
    let result = tokio::time::timeout(Duration::from_secs(60), request.into_future()).await;
    assert_eq!(result.expect("the first call is not waited for").unwrap_err().message(), "no key");
    let mut kinds: Vec<_> = trace.fields("error.type");
    kinds.sort_by_key(ToString::to_string);
    assert_eq!(kinds, ["authentication", "authentication", "cancelled"]);
    let expected = [
        "start generate_image Some(2)",
        "call 0 of Some(Image)",
        "call 1 of Some(Image)",
        "call 1 failed",
        "call 0 dropped",
        "error no key",
        "close",
    ];
    assert_eq!(*log.0.lock().unwrap(), expected);
}

/// Notes what it is told.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn note(&self, entry: impl Into<String>) {
        self.0.lock().unwrap().push(entry.into());
    }
}

impl Telemetry for Log {
    fn on_start(&self, call: &TelemetryCall, event: &OperationStart<'_>) {
        let n = event.input::<GenerateImage>().map(|image| image.n);
        self.note(format!("start {} {n:?}", call.operation.as_str()));
    }

    fn on_call_start(&self, _: &TelemetryCall, event: &CallStart<'_>) {
        self.note(format!("call {} of {:?}", event.call_number, event.kind));
    }

    fn on_call_end(&self, _: &TelemetryCall, event: &CallEnd<'_>) {
        let how = match (event.error(), event.is_dropped()) {
            (Some(_), _) => "failed",
            (_, true) => "dropped",
            _ => "answered",
        };
        self.note(format!("call {} {how}", event.call_number));
    }

    fn on_end(&self, _: &TelemetryCall, event: &OperationEnd<'_>) {
        let transcript = event.answer::<TranscribeResult>().map(|result| result.text.len());
        self.note(format!("end {transcript:?}"));
    }

    fn on_abort(&self, _: &TelemetryCall, _: &AbortEvent) {
        self.note("abort");
    }

    fn on_error(&self, _: &TelemetryCall, error: &Error) {
        self.note(format!("error {error}"));
    }

    fn on_close(&self, _: &TelemetryCall) {
        self.note("close");
    }
}

#[tokio::test]
async fn integrations_are_told_of_every_verb() {
    let log = Log::default();
    let telemetry = TelemetryOptions::new().integration(log.clone());
    let request = transcribe(&transcription_model(), b"RIFF0000WAVE".to_vec());
    request.telemetry(telemetry.clone()).await.unwrap();
    upload_file(&Shelf::default(), "x").telemetry(telemetry).await.unwrap();
    let expected = [
        "start transcribe None",
        "call 0 of Some(Transcription)",
        "call 0 answered",
        "end Some(12)",
        "close",
        "start upload_file None",
        "call 0 of None",
        "call 0 answered",
        "end None",
        "close",
    ];
    assert_eq!(*log.0.lock().unwrap(), expected);
}
