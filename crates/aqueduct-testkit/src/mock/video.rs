//! A video model.

use aqueduct_spec::video::{GenerateVideoResult, StartVideoResult, VideoStatus};
use aqueduct_spec::{
    BoxFuture, Context, Describe, GenerateVideo, GetVideoStatus, Model, ModelInfo, Result,
    StartVideo,
};

use super::model::MockModel;

/// A video model, which has three operations. Each one answers as its own [`MockModel`] does.
#[derive(Debug)]
#[non_exhaustive]
pub struct MockVideoModel {
    /// Answers at once.
    pub generate: MockModel<GenerateVideo>,
    /// Starts jobs.
    pub start: MockModel<StartVideo>,
    /// Tells how jobs stand.
    pub status: MockModel<GetVideoStatus>,
}

impl MockVideoModel {
    /// Puts the three operations together; the first one's info is the model's.
    pub fn new(
        generate: MockModel<GenerateVideo>,
        start: MockModel<StartVideo>,
        status: MockModel<GetVideoStatus>,
    ) -> Self {
        Self { generate, start, status }
    }
}

impl Describe for MockVideoModel {
    fn info(&self) -> &ModelInfo {
        self.generate.info()
    }
}

impl Model<GenerateVideo> for MockVideoModel {
    fn call<'a>(
        &'a self,
        call: GenerateVideo,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateVideoResult>> {
        self.generate.call(call, cx)
    }
}

impl Model<StartVideo> for MockVideoModel {
    fn call<'a>(
        &'a self,
        call: StartVideo,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<StartVideoResult>> {
        self.start.call(call, cx)
    }
}

impl Model<GetVideoStatus> for MockVideoModel {
    fn call<'a>(
        &'a self,
        call: GetVideoStatus,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<VideoStatus>> {
        self.status.call(call, cx)
    }
}
