//! The video model.

use std::sync::Arc;
use std::time::Duration;

use aqueduct_http::Json;
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::video::{
    FailedVideo, GenerateVideoOptions, GenerateVideoResult, GetVideoStatusOptions, PendingVideo,
    StartVideoResult, UrlVideo, VideoStatus,
};
use aqueduct_spec::{
    Context, Error, JsonObject, ModelInfo, Profile, ProviderMetadata, Result, Warning,
};
use serde_json::{Value, json};

use super::encode::encode;
use super::options::VideoOptions;
use super::wire::{Job, Output, Usage};
use crate::answer_info::answer_info;
use crate::model_calls::model_calls;
use crate::openai_compatible::{Config, read_json};
use crate::pace::Pace;
use crate::{vendor_options, video_job};

const START: &str = "/api/v1/services/aigc/video-generation/video-synthesis";

const POLL_INTERVAL: Duration = Duration::from_secs(5);
const POLL_TIMEOUT: Duration = Duration::from_secs(600);

/// A model behind the job API.
#[derive(Debug)]
pub(in super::super) struct Video {
    info: ModelInfo,
    config: Arc<Config>,
}

impl Video {
    pub(in super::super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_videos_per_call = Some(1);
        let info = ModelInfo::new("alibaba.video", model_id).with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    fn answered(&self, json: &Json<Job>, cx: &Context) -> ResponseInfo {
        let mut info = answer_info(json, cx);
        info.timestamp = Some(cx.now());
        info.model_id = Some(self.info.model_id.clone());
        info
    }

    async fn start_job(
        &self,
        call: &GenerateVideoOptions,
        options: &VideoOptions,
        cx: &Context,
    ) -> Result<(String, Vec<Warning>, ResponseInfo)> {
        let mut warnings = Vec::new();
        let body = encode(&self.info.model_id, call, options, &mut warnings);
        let request = self.config.endpoint.post(START, call.headers.as_ref());
        let response = request.header("x-dashscope-async", "enable").json(&body).send().await?;
        let json = read_json::<Job>(response, &*self.config.host.dialect).await?;
        let info = self.answered(&json, cx);
        let id = json.value.output.and_then(|output| output.task_id).filter(|id| !id.is_empty());
        let id =
            id.ok_or_else(|| Error::invalid_response("the answer of the API names no task"))?;
        Ok((id, warnings, info))
    }

    async fn start(&self, call: &GenerateVideoOptions, cx: &Context) -> Result<StartVideoResult> {
        let options = vendor_options::read(call.provider_options.as_ref(), "alibaba")?;
        let (id, warnings, info) = self.start_job(call, &options, cx).await?;
        let mut result = StartVideoResult::new(json!({ "taskId": id }), warnings);
        result.response = Some(info);
        Ok(result)
    }

    async fn status(&self, call: &GetVideoStatusOptions, cx: &Context) -> Result<VideoStatus> {
        let id = call.operation.get("taskId").and_then(Value::as_str).unwrap_or_default();
        // The id becomes a part of a URL that is called with our key.
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if id.is_empty() || !id.chars().all(is_plain) || id.chars().all(|letter| letter == '.') {
            return Err(Error::invalid_request("the operation has no valid 'taskId'"));
        }
        let path = format!("/api/v1/tasks/{id}");
        let request = self.config.endpoint.get(&path, call.headers.as_ref());
        let json = read_json::<Job>(request.send().await?, &*self.config.host.dialect).await?;
        let info = self.answered(&json, cx);
        let Job { output, usage } = json.value;
        let output = output.unwrap_or_default();
        match output.task_status.as_deref() {
            Some("SUCCEEDED") => {
                let mut result = completed(output, usage)?;
                result.response = Some(info);
                Ok(result.into())
            }
            Some(status @ ("FAILED" | "CANCELED")) => {
                let reason = output.message.unwrap_or_default();
                let status = status.to_ascii_lowercase();
                let error = format!("Video generation {status}. Task ID: {id}. {reason}");
                let mut failed = FailedVideo::new(error.trim());
                failed.response = Some(info);
                Ok(failed.into())
            }
            _ => {
                let mut pending = PendingVideo::default();
                pending.response = Some(info);
                Ok(pending.into())
            }
        }
    }

    async fn generate(
        &self,
        call: &GenerateVideoOptions,
        cx: &Context,
    ) -> Result<GenerateVideoResult> {
        let options: VideoOptions =
            vendor_options::read(call.provider_options.as_ref(), "alibaba")?;
        let (id, warnings, _) = self.start_job(call, &options, cx).await?;
        let mut question = GetVideoStatusOptions::new(json!({ "taskId": id }));
        question.headers = call.headers.clone();
        let pace = Pace::new(
            video_job::milliseconds(options.poll_interval_ms).unwrap_or(POLL_INTERVAL),
            video_job::milliseconds(options.poll_timeout_ms).unwrap_or(POLL_TIMEOUT),
        );
        video_job::wait(&pace, &id, warnings, || self.status(&question, cx)).await
    }
}

fn completed(output: Output, usage: Option<Usage>) -> Result<GenerateVideoResult> {
    let url = output.video_url.filter(|url| !url.is_empty()).ok_or_else(|| {
        let id = output.task_id.as_deref().unwrap_or_default();
        Error::invalid_response(format!("No video URL in response. Task ID: {id}"))
    })?;
    let mut metadata = JsonObject::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            metadata.insert(name.to_owned(), value);
        }
    };
    put("taskId", output.task_id.map(Value::from));
    put("videoUrl", Some(url.as_str().into()));
    put("actualPrompt", output.actual_prompt.filter(|it| !it.is_empty()).map(Value::from));
    put("usage", usage.map(account));
    let video = UrlVideo::new(url, "video/mp4");
    let mut result = GenerateVideoResult::new(vec![video.into()], Vec::new());
    result.provider_metadata = Some(ProviderMetadata::of("alibaba", metadata));
    Ok(result)
}

fn account(usage: Usage) -> Value {
    let fields = [
        ("duration", usage.duration),
        ("outputVideoDuration", usage.output_video_duration),
        ("resolution", usage.resolution),
        ("size", usage.size),
    ];
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(fields.collect())
}

model_calls!(Video:
    GenerateVideo => generate -> GenerateVideoResult,
    StartVideo => start -> StartVideoResult,
    GetVideoStatus => status -> VideoStatus,
);
