//! `generate_video`: videos, waited for and fetched.

use std::fmt;
use std::sync::Arc;

use aqueduct_http::{Client, Downloader};
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::video::{GenerateVideoOptions, GenerateVideoResult, Video};
use aqueduct_spec::{ErrorKind, GenerateVideo, ProviderMetadata, Result, VideoModel, Warning};

use super::inputs::{Inputs, video_settings};
use super::job::{self, Poll, Webhook, WebhookFactory};
use crate::image::merge_lists;
use crate::media::{GeneratedFile, NoOutput};
use crate::model::{IntoModel, ModelSource};
use crate::request::{PARALLEL_CALLS, Shared, all, awaited, shared_settings, split};
use crate::telemetry::Operation;

/// Asks for videos, waits for them and fetches them.
///
/// ```no_run
/// # async fn example() -> aqueduct::Result<()> {
/// let answer = aqueduct::generate_video("google/veo-3.0-generate-001").prompt("a cat crosses a bridge").await?;
/// assert_eq!(answer.video().media_type, "video/mp4");
/// # Ok(())
/// # }
/// ```
pub fn generate_video<K>(model: impl IntoModel<dyn VideoModel, K>) -> GenerateVideoRequest {
    GenerateVideoRequest {
        model: model.into_model(),
        inputs: Inputs::new(),
        poll: None,
        webhook: None,
        downloader: None,
        shared: Shared::default(),
    }
}

/// A request for videos.
#[must_use = "a request does nothing unless it is awaited"]
pub struct GenerateVideoRequest {
    model: ModelSource<dyn VideoModel>,
    inputs: Inputs,
    poll: Option<Poll>,
    webhook: Option<WebhookFactory>,
    downloader: Option<Downloader>,
    shared: Shared,
}

/// The videos.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VideoAnswer {
    video: GeneratedFile,
    /// The videos; there is at least one.
    pub videos: Vec<GeneratedFile>,
    /// What could not be done as asked.
    pub warnings: Vec<Warning>,
    /// What else the provider said; under each provider, `videos` has one entry a video.
    pub provider_metadata: ProviderMetadata,
    /// What came back, call by call.
    pub responses: Vec<VideoResponse>,
}

/// What came back from one call.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct VideoResponse {
    /// What the provider said about its answer.
    pub response: Option<ResponseInfo>,
    /// What else it said.
    pub provider_metadata: Option<ProviderMetadata>,
}

impl VideoAnswer {
    /// The first video.
    pub fn video(&self) -> &GeneratedFile {
        self.videos.first().unwrap_or(&self.video)
    }
}

shared_settings!(GenerateVideoRequest with calls);
video_settings!(GenerateVideoRequest);

impl GenerateVideoRequest {
    /// Starts a job and asks after it this often, instead of one call that lasts as long as the video takes.
    pub fn poll(mut self, poll: Poll) -> Self {
        self.poll = Some(poll);
        self
    }

    /// Starts a job and waits until the provider reports its end. A provider that cannot is polled, with a warning.
    pub fn webhook<F>(mut self, webhook: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Webhook>> + Send + 'static,
    {
        self.webhook = Some(Arc::new(move || Box::pin(webhook())));
        self
    }

    /// Sets what fetches the videos. Default: public hosts only, at most 100 MiB a video.
    pub fn downloader(mut self, downloader: Downloader) -> Self {
        self.downloader = Some(downloader);
        self
    }

    async fn run(mut self) -> Result<VideoAnswer> {
        self.shared.check()?;
        let model = self.model.clone().resolve(self.shared.registry.as_ref())?;
        let limit = self.inputs.max_videos_per_call.or(model.info().profile.max_videos_per_call);
        let inputs = std::mem::replace(&mut self.inputs, Inputs::new());
        let (options, warnings) = inputs.read(&self.shared)?;
        let session = self.shared.begin(Operation::GenerateVideo, model.info(), |_| {
            GenerateVideo::from(options.clone())
        });
        session.watch(self.film(&*model, options, limit, warnings)).await
    }

    /// Makes the calls. They end when the first one fails.
    async fn film(
        self,
        model: &dyn VideoModel,
        options: GenerateVideoOptions,
        limit: Option<usize>,
        mut warnings: Vec<Warning>,
    ) -> Result<VideoAnswer> {
        let calls = split(options.n, limit).map(|n| {
            let mut part = options.clone();
            part.n = n;
            self.call(model, part)
        });
        let results = all(calls, PARALLEL_CALLS).await?;
        let own = self.downloader.unwrap_or_else(|| Downloader::new(&Client::new()));
        let (mut videos, mut responses) = (Vec::new(), Vec::new());
        let mut provider_metadata = ProviderMetadata::new();
        for result in results {
            for video in result.videos {
                videos.extend(fetch(video, &own).await?);
            }
            warnings.extend(result.warnings);
            if let Some(metadata) = &result.provider_metadata {
                merge_lists(&mut provider_metadata, metadata, "videos");
            }
            let (response, provider_metadata) = (result.response, result.provider_metadata);
            responses.push(VideoResponse { response, provider_metadata });
        }
        match videos.first().cloned() {
            Some(video) => {
                Ok(VideoAnswer { video, videos, warnings, provider_metadata, responses })
            }
            None => {
                let responses = responses.into_iter().map(|call| call.response).collect();
                Err(NoOutput::error("video", responses, model.info()))
            }
        }
    }

    /// One call, or one job where that was asked for; the other way where the model has no such way.
    async fn call(
        &self,
        model: &dyn VideoModel,
        options: GenerateVideoOptions,
    ) -> Result<GenerateVideoResult> {
        let poll = self.poll.unwrap_or_default();
        let whole = GenerateVideo::from(options.clone());
        if self.poll.is_none() && self.webhook.is_none() {
            return match self.shared.call(model, whole).await {
                Err(error) if error.kind() == ErrorKind::Unsupported => {
                    let job = job::run(model, options, &self.shared, poll, None).await;
                    // If there is no job either, the first refusal says more.
                    job.map_err(|second| match second.kind() {
                        ErrorKind::Unsupported => error,
                        _ => second,
                    })
                }
                answer => answer,
            };
        }
        match job::run(model, options, &self.shared, poll, self.webhook.as_ref()).await {
            Err(error) if error.kind() == ErrorKind::Unsupported => {
                let mut result = self.shared.call(model, whole).await?;
                result.warnings.push(Warning::other(
                    "the model has no jobs to be polled or reported: it was called and waited for",
                ));
                Ok(result)
            }
            answer => answer,
        }
    }
}

awaited!(GenerateVideoRequest -> VideoAnswer);

async fn fetch(video: Video, downloader: &Downloader) -> Result<Option<GeneratedFile>> {
    let usable = |name: &String| !name.is_empty() && name != "application/octet-stream";
    Ok(match video {
        Video::Url(video) => {
            let file = downloader.download(&video.url).await?;
            let said = Some(video.media_type).filter(usable);
            Some(match said.or(file.media_type.filter(usable)) {
                Some(media_type) => GeneratedFile::new(file.bytes, media_type),
                None => GeneratedFile::detected(file.bytes.into(), "video", "video/mp4"),
            })
        }
        Video::Base64(video) if video.media_type.is_empty() => {
            Some(GeneratedFile::detected(video.data, "video", "video/mp4"))
        }
        Video::Base64(video) => Some(GeneratedFile::new(video.data, video.media_type)),
        _ => None,
    })
}

/// The prompt is the user's and stays out.
impl fmt::Debug for GenerateVideoRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GenerateVideoRequest").field("model", &self.model).finish_non_exhaustive()
    }
}
