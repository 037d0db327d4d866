//! `start_video` and `video_status`: jobs whose end the caller waits for.

use std::fmt;

use aqueduct_spec::video::{GetVideoStatusOptions, StartVideoResult, VideoStatus};
use aqueduct_spec::{Error, GetVideoStatus, Result, StartVideo, VideoModel};
use serde_json::Value;

use super::inputs::{Inputs, video_settings};
use super::job;
use crate::model::{IntoModel, ModelSource};
use crate::request::{Shared, awaited, shared_settings};
use crate::telemetry::Operation;

/// Starts a job that makes videos.
pub fn start_video<K>(model: impl IntoModel<dyn VideoModel, K>) -> StartVideoRequest {
    StartVideoRequest {
        model: model.into_model(),
        inputs: Inputs::new(),
        shared: Shared::default(),
    }
}

/// Asks after a job, named as [`start_video`] named it.
pub fn video_status<K>(
    model: impl IntoModel<dyn VideoModel, K>,
    operation: Value,
) -> VideoStatusRequest {
    VideoStatusRequest { model: model.into_model(), operation, shared: Shared::default() }
}

/// A request to start a job.
#[must_use = "a request does nothing unless it is awaited"]
pub struct StartVideoRequest {
    model: ModelSource<dyn VideoModel>,
    inputs: Inputs,
    shared: Shared,
}

shared_settings!(StartVideoRequest with calls);
video_settings!(StartVideoRequest);

impl StartVideoRequest {
    /// Sets where the provider reports the end of the job.
    pub fn webhook_url(mut self, url: impl Into<String>) -> Self {
        self.inputs.options.webhook_url = Some(url.into());
        self
    }

    async fn run(mut self) -> Result<StartVideoResult> {
        self.shared.check()?;
        let model = self.model.resolve(self.shared.registry.as_ref())?;
        let limit = self.inputs.max_videos_per_call.or(model.info().profile.max_videos_per_call);
        let (options, mut warnings) = self.inputs.read(&self.shared)?;
        if options.n == 0 {
            return Err(Error::invalid_request("at least one video must be asked for"));
        }
        // One job is one operation: several would have to be started, and paid for, one by one.
        if let Some(limit) = limit.filter(|limit| options.n as usize > *limit) {
            let (model, n) = (&model.info().model_id, options.n);
            return Err(Error::invalid_request(format!(
                "one job of the model '{model}' makes {limit} videos at most, {n} were asked for"
            )));
        }
        let session = self
            .shared
            .begin(Operation::StartVideo, model.info(), |_| StartVideo::from(options.clone()));
        let start = async {
            let mut result = job::start(&*model, options, &self.shared).await?;
            warnings.append(&mut result.warnings);
            result.warnings = warnings;
            Ok(result)
        };
        session.watch(start).await
    }
}

awaited!(StartVideoRequest -> StartVideoResult);

/// A question after a job.
#[must_use = "a request does nothing unless it is awaited"]
pub struct VideoStatusRequest {
    model: ModelSource<dyn VideoModel>,
    operation: Value,
    shared: Shared,
}

shared_settings!(VideoStatusRequest with calls);

impl VideoStatusRequest {
    async fn run(mut self) -> Result<VideoStatus> {
        self.shared.check()?;
        let model = self.model.resolve(self.shared.registry.as_ref())?;
        let mut options = GetVideoStatusOptions::new(self.operation);
        options.provider_options.clone_from(&self.shared.provider_options);
        options.headers.clone_from(&self.shared.headers);
        let call = GetVideoStatus::from(options);
        let session = self.shared.begin(Operation::VideoStatus, model.info(), |_| call.clone());
        session.watch(self.shared.call(&*model, call)).await
    }
}

awaited!(VideoStatusRequest -> VideoStatus);

/// The prompt is the user's and stays out.
impl fmt::Debug for StartVideoRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartVideoRequest").field("model", &self.model).finish_non_exhaustive()
    }
}

impl fmt::Debug for VideoStatusRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VideoStatusRequest").field("model", &self.model).finish_non_exhaustive()
    }
}
