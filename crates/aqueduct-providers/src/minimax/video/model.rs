//! The video model.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use aqueduct_http::Json;
use aqueduct_spec::language::{Headers, ResponseInfo};
use aqueduct_spec::video::{
    CancelledVideo, FailedVideo, GenerateVideo, GenerateVideoOptions, GenerateVideoResult,
    GetVideoStatus, PendingVideo, StartVideo, StartVideoResult, UrlVideo, VideoStatus,
};
use aqueduct_spec::{
    BoxFuture, Context, Describe, Error, JsonObject, Model, ModelInfo, Profile, ProviderMetadata,
    Result, Warning,
};
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::encode::encode;
use super::endpoint::{VideoEndpoint, send};
use super::inputs::ResolvedInputs;
use super::options::MiniMaxVideoOptions;
use super::wire::{Asked, Started, Task, TaskUsage};
use crate::pace::Pace;
use crate::path_segment::path_segment;
use crate::{failure, video_job};

/// A model that makes videos.
#[derive(Debug)]
pub(in crate::minimax) struct Videos {
    info: ModelInfo,
    endpoint: Arc<VideoEndpoint>,
}

/// A job as callers keep it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Job {
    task_id: String,
    #[serde(default)]
    resolved_inputs: ResolvedInputs,
}

/// A job that was started, and what came with it.
struct Begun {
    job: Job,
    options: MiniMaxVideoOptions,
    warnings: Vec<Warning>,
    response: ResponseInfo,
}

/// How a job stands.
enum State {
    Pending,
    Done(String),
    Failed(String),
    Cancelled,
}

impl Videos {
    pub(in crate::minimax) fn new(endpoint: &Arc<VideoEndpoint>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_videos_per_call = Some(1);
        let info = ModelInfo::new("minimax.video", model_id).with_profile(profile);
        Self { info, endpoint: Arc::clone(endpoint) }
    }

    async fn start(&self, call: &GenerateVideoOptions, cx: &Context) -> Result<Begun> {
        let encoded = encode(call, &self.info.model_id)?;
        let headers = call.headers.as_ref();
        let request = self.endpoint.request(Method::POST, "/v2/video_generation", headers);
        let started = send::<Started>(request.json(&encoded.request)).await?;
        let response = self.response(&started, cx);
        let Some(task_id) = started.value.task_id.filter(|id| !id.is_empty()) else {
            return Err(Error::invalid_response("no task_id returned from the MiniMax API"));
        };
        let job = Job { task_id, resolved_inputs: encoded.inputs };
        Ok(Begun { job, options: encoded.options, warnings: encoded.warnings, response })
    }

    async fn ask(&self, job: &Job, headers: Option<&Headers>) -> Result<Json<Asked>> {
        let path = format!("/v2/query/video_generation/{}", path_segment(&job.task_id));
        send(self.endpoint.request(Method::GET, &path, headers)).await
    }

    async fn generate(
        &self,
        call: &GenerateVideoOptions,
        cx: &Context,
    ) -> Result<GenerateVideoResult> {
        let Begun { job, options, warnings, .. } = self.start(call, cx).await?;
        let duration = |given: Option<NonZeroU64>, default| {
            Duration::from_millis(given.map_or(default, NonZeroU64::get))
        };
        let pace = Pace::new(
            duration(options.poll_interval_ms, 10_000),
            duration(options.poll_timeout_ms, 600_000),
        );
        let headers = call.headers.as_ref();
        video_job::wait(&pace, &job.task_id, warnings, || self.look(&job, headers, cx)).await
    }

    async fn status(&self, call: &GetVideoStatus, cx: &Context) -> Result<VideoStatus> {
        let job = Job::deserialize(&call.operation).map_err(|_| {
            Error::invalid_request("the operation is none that a MiniMax video model has started")
        })?;
        self.look(&job, call.headers.as_ref(), cx).await
    }

    async fn look(
        &self,
        job: &Job,
        headers: Option<&Headers>,
        cx: &Context,
    ) -> Result<VideoStatus> {
        let asked = self.ask(job, headers).await?;
        let response = self.response(&asked, cx);
        Ok(match state(&asked.value.task, job) {
            State::Pending => {
                let mut status = PendingVideo::default();
                status.response = Some(response);
                status.into()
            }
            State::Done(url) => VideoStatus::Completed(done(&asked.value.task, url, job, response)),
            State::Failed(message) => {
                let mut status = FailedVideo::new(message);
                status.response = Some(response);
                status.into()
            }
            State::Cancelled => {
                let mut status = CancelledVideo::default();
                status.response = Some(response);
                status.into()
            }
        })
    }

    fn response<T>(&self, json: &Json<T>, cx: &Context) -> ResponseInfo {
        let mut info = ResponseInfo::default().with_headers(&json.headers);
        info.timestamp = Some(cx.now());
        info.model_id = Some(self.info.model_id.clone());
        info.body =
            cx.include.response_body.then(|| serde_json::from_slice(&json.bytes).ok()).flatten();
        info
    }
}

fn state(task: &Task, job: &Job) -> State {
    let id = &job.task_id;
    match task.status.as_deref() {
        Some("succeeded") => {
            let url = task.content.as_ref().and_then(|content| content.url.as_deref());
            match url.filter(|url| !url.is_empty()) {
                Some(url) => State::Done(url.to_owned()),
                None => State::Failed(format!(
                    "MiniMax video generation completed but no video URL was returned. Task ID: {id}"
                )),
            }
        }
        Some("failed") => {
            let error = task.error.as_ref();
            let message = error.and_then(|error| error.message.as_deref());
            let message = message.filter(|it| !it.is_empty()).map(|it| format!(": {it}"));
            let code = error.and_then(|error| match error.code.as_ref()? {
                Value::String(code) => Some(format!(" ({code})")),
                Value::Null => None,
                code => Some(format!(" ({code})")),
            });
            State::Failed(format!(
                "MiniMax video generation failed{}{}. Task ID: {id}",
                message.unwrap_or_default(),
                code.unwrap_or_default()
            ))
        }
        Some("expired") => {
            State::Failed(format!("MiniMax video generation request expired. Task ID: {id}"))
        }
        Some("cancelled") => State::Cancelled,
        // Queued, running, or a word that may come to mean something like it.
        _ => State::Pending,
    }
}

fn done(task: &Task, url: String, job: &Job, response: ResponseInfo) -> GenerateVideoResult {
    let mut metadata = JsonObject::new();
    metadata.insert("taskId".to_owned(), job.task_id.as_str().into());
    metadata.insert("videoUrl".to_owned(), url.as_str().into());
    let inputs = &job.resolved_inputs;
    metadata.insert(
        "resolvedInputs".to_owned(),
        json!({ "imageCount": inputs.image_count, "referenceVideoUrls": inputs.reference_video_urls }),
    );
    let facts = [
        ("duration", task.duration.clone()),
        ("ratio", task.ratio.clone()),
        ("resolution", task.resolution.clone()),
        ("usage", task.usage.as_ref().map(usage)),
    ];
    for (name, fact) in facts {
        if let Some(fact) = fact.filter(|fact| !fact.is_null()) {
            metadata.insert(name.to_owned(), fact);
        }
    }
    let mut result =
        GenerateVideoResult::new(vec![UrlVideo::new(url, "video/mp4").into()], Vec::new());
    result.provider_metadata = Some(ProviderMetadata::of("minimax", metadata));
    result.response = Some(response);
    result
}

fn usage(usage: &TaskUsage) -> Value {
    let seconds = [
        ("totalSeconds", &usage.total_seconds),
        ("inputSeconds", &usage.input_seconds),
        ("outputSeconds", &usage.output_seconds),
    ];
    let known =
        seconds.into_iter().filter_map(|(name, seconds)| Some((name.to_owned(), seconds.clone()?)));
    Value::Object(known.collect())
}

impl Describe for Videos {
    fn info(&self) -> &ModelInfo {
        &self.info
    }
}

impl Model<GenerateVideo> for Videos {
    fn call<'a>(
        &'a self,
        call: GenerateVideo,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateVideoResult>> {
        Box::pin(async move { self.generate(&call, cx).await.map_err(failure::of(&self.info)) })
    }
}

impl Model<StartVideo> for Videos {
    fn call<'a>(
        &'a self,
        call: StartVideo,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<StartVideoResult>> {
        Box::pin(async move {
            let begun = self.start(&call, cx).await.map_err(failure::of(&self.info))?;
            let operation = serde_json::to_value(&begun.job)
                .map_err(|error| Error::internal("cannot write a job").with_source(error))?;
            let mut warnings = begun.warnings;
            if call.webhook_url.is_some() {
                warnings.push(Warning::unsupported("webhookUrl"));
            }
            let mut result = StartVideoResult::new(operation, warnings);
            result.response = Some(begun.response);
            Ok(result)
        })
    }
}

impl Model<GetVideoStatus> for Videos {
    fn call<'a>(
        &'a self,
        call: GetVideoStatus,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<VideoStatus>> {
        Box::pin(async move { self.status(&call, cx).await.map_err(failure::of(&self.info)) })
    }
}
