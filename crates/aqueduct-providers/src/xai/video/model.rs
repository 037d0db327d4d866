//! The video model.

use std::sync::Arc;
use std::time::Duration;

use aqueduct_http::Response;
use aqueduct_spec::language::{Headers, ResponseInfo};
use aqueduct_spec::video::{
    FailedVideo, GenerateVideoOptions, GenerateVideoResult, GetVideoStatusOptions, PendingVideo,
    StartVideoResult, UrlVideo, VideoStatus,
};
use aqueduct_spec::{
    Context, Error, JsonObject, ModelInfo, Profile, ProviderMetadata, Result, Warning,
};
use http::StatusCode;
use serde_json::{Value, json};

use super::super::KEY;
use super::super::error::Errors;
use super::encode::encode;
use super::mode::{mode, path};
use super::options::VideoOptions;
use super::wire::{Job, Made, Started};
use crate::answer_info::answer_info;
use crate::model_calls::model_calls;
use crate::openai_compatible::{Endpoint, check, read_json};
use crate::pace::Pace;
use crate::{vendor_options, video_job};

const POLL_INTERVAL: Duration = Duration::from_secs(5);
const POLL_TIMEOUT: Duration = Duration::from_secs(600);

/// More than a job that is not done can have to say.
const MAX_PENDING_BYTES: usize = 1024 * 1024;

/// A model whose videos are jobs.
#[derive(Debug)]
pub(in super::super) struct Video {
    info: ModelInfo,
    endpoint: Arc<Endpoint>,
}

/// A job that was started.
struct Begun {
    id: String,
    warnings: Vec<Warning>,
    response: ResponseInfo,
}

impl Video {
    pub(in super::super) fn new(endpoint: &Arc<Endpoint>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_videos_per_call = Some(1);
        let info = ModelInfo::new("xai.video", model_id).with_profile(profile);
        Self { info, endpoint: Arc::clone(endpoint) }
    }

    fn named(&self, mut info: ResponseInfo, cx: &Context) -> ResponseInfo {
        info.timestamp = Some(cx.now());
        info.model_id = Some(self.info.model_id.clone());
        info
    }

    async fn begin(
        &self,
        call: &GenerateVideoOptions,
        options: VideoOptions,
        cx: &Context,
    ) -> Result<Begun> {
        let mut warnings = Vec::new();
        let mode = mode(call, &options);
        let body = encode(&self.info.model_id, mode, call, options, &mut warnings);
        let request = self.endpoint.post(path(mode), call.headers.as_ref()).json(&body);
        let json = read_json::<Started>(request.send().await?, &Errors).await?;
        let response = self.named(answer_info(&json, cx), cx);
        let id = json.value.request_id.filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| {
            Error::invalid_response("No request_id returned from xAI API.")
                .with_response(json.headers, json.bytes)
        })?;
        Ok(Begun { id, warnings, response })
    }

    async fn start(&self, call: &GenerateVideoOptions, cx: &Context) -> Result<StartVideoResult> {
        let options = vendor_options::read(call.provider_options.as_ref(), KEY)?;
        let Begun { id, mut warnings, response } = self.begin(call, options, cx).await?;
        if call.webhook_url.is_some() {
            warnings.push(Warning::unsupported("webhookUrl"));
        }
        let mut result = StartVideoResult::new(json!({ "requestId": id }), warnings);
        result.response = Some(response);
        Ok(result)
    }

    /// Asks after a job.
    async fn ask(
        &self,
        id: &str,
        headers: Option<&Headers>,
        cx: &Context,
    ) -> Result<(Job, ResponseInfo)> {
        let request = self.endpoint.get(&format!("/videos/{id}"), headers);
        let response = check(request.send().await?, &Errors).await?;
        if response.status() == StatusCode::ACCEPTED {
            return self.unfinished(response, cx).await;
        }
        let json = read_json::<Job>(response, &Errors).await?;
        let info = self.named(answer_info(&json, cx), cx);
        Ok((json.value, info))
    }

    /// A job that is not done may have no body, or one that is no JSON.
    async fn unfinished(&self, response: Response, cx: &Context) -> Result<(Job, ResponseInfo)> {
        let mut info = ResponseInfo::default().with_headers(response.headers());
        let bytes = response.bytes_up_to(MAX_PENDING_BYTES).await?;
        if cx.include.response_body {
            info.body = serde_json::from_slice(&bytes).ok();
        }
        let pending = || Job { status: Some("pending".to_owned()), ..Job::default() };
        let job = serde_json::from_slice(&bytes).unwrap_or_else(|_| pending());
        Ok((job, self.named(info, cx)))
    }

    async fn status(&self, call: &GetVideoStatusOptions, cx: &Context) -> Result<VideoStatus> {
        let id = call.operation.get("requestId").and_then(Value::as_str).unwrap_or_default();
        // The id becomes a part of a URL that is called with our key.
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if id.is_empty() || !id.chars().all(is_plain) || id.chars().all(|letter| letter == '.') {
            return Err(Error::invalid_request("the operation has no valid 'requestId'"));
        }
        let (job, info) = self.ask(id, call.headers.as_ref(), cx).await?;
        Ok(match state(&job) {
            State::Pending => {
                let mut pending = PendingVideo::default();
                pending.response = Some(info);
                pending.into()
            }
            State::Failed(error) => {
                let mut failed = FailedVideo::new(error);
                failed.response = Some(info);
                failed.into()
            }
            State::Done(video, url) => {
                let mut result = completed(id, &job, video, url);
                result.response = Some(info);
                result.into()
            }
        })
    }

    async fn generate(
        &self,
        call: &GenerateVideoOptions,
        cx: &Context,
    ) -> Result<GenerateVideoResult> {
        let options: VideoOptions = vendor_options::read(call.provider_options.as_ref(), KEY)?;
        let pace = Pace::new(
            video_job::milliseconds(options.poll_interval_ms).unwrap_or(POLL_INTERVAL),
            video_job::milliseconds(options.poll_timeout_ms).unwrap_or(POLL_TIMEOUT),
        );
        let Begun { id, warnings, .. } = self.begin(call, options, cx).await?;
        let mut question = GetVideoStatusOptions::new(json!({ "requestId": id }));
        question.headers = call.headers.clone();
        video_job::wait(&pace, &id, warnings, || self.status(&question, cx)).await
    }
}

/// How a job stands.
enum State<'a> {
    Pending,
    Done(&'a Made, &'a str),
    Failed(String),
}

fn state(job: &Job) -> State<'_> {
    let video = job.video.as_ref();
    let url = video.and_then(|video| video.url.as_deref()).filter(|url| !url.is_empty());
    match job.status.as_deref() {
        Some("expired") => State::Failed("Video generation request expired.".to_owned()),
        Some("failed") => {
            let error = job.error.as_ref();
            let details = error.and_then(|error| error.message.as_ref().or(error.code.as_ref()));
            State::Failed(match details {
                Some(details) => format!("Video generation failed: {details}"),
                None => "Video generation failed.".to_owned(),
            })
        }
        Some("done") | None if video.is_some() || job.status.is_some() => match (video, url) {
            (Some(Made { respect_moderation: Some(false), .. }), _) => State::Failed(
                "Video generation was blocked due to a content policy violation.".to_owned(),
            ),
            (Some(video), Some(url)) => State::Done(video, url),
            _ if job.status.is_none() => State::Pending,
            _ => State::Failed(
                "Video generation completed but no video URL was returned.".to_owned(),
            ),
        },
        _ => State::Pending,
    }
}

fn completed(id: &str, job: &Job, video: &Made, url: &str) -> GenerateVideoResult {
    let cost = job.usage.as_ref().and_then(|usage| usage.get("cost_in_usd_ticks"));
    let fields = [
        ("requestId", Some(Value::from(id))),
        ("videoUrl", Some(url.into())),
        ("duration", video.duration.clone()),
        ("costInUsdTicks", cost.cloned()),
        ("progress", job.progress.clone()),
    ];
    let fields = fields.into_iter().filter_map(|(name, value)| {
        Some((name.to_owned(), value.filter(|value| !value.is_null())?))
    });
    let metadata: JsonObject = fields.collect();
    let video = UrlVideo::new(url, "video/mp4");
    let mut result = GenerateVideoResult::new(vec![video.into()], Vec::new());
    result.provider_metadata = Some(ProviderMetadata::of(KEY, metadata));
    result
}

model_calls!(Video:
    GenerateVideo => generate -> GenerateVideoResult,
    StartVideo => start -> StartVideoResult,
    GetVideoStatus => status -> VideoStatus,
);
