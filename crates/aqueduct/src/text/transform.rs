//! Transforms: what stands between a stream and its reader.

use std::sync::Arc;

use aqueduct_spec::BoxStream;

use super::{AbortHandle, TextStreamPart};
use crate::tool::Tool;

/// The parts of a stream, on their way to the reader.
pub type PartStream = BoxStream<'static, TextStreamPart>;

/// What a transform gets to know, and how it stops a stream.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TransformContext {
    /// The tools of the request.
    pub tools: Arc<[Tool]>,
    stop: AbortHandle,
}

impl TransformContext {
    pub(super) fn new(tools: &[Tool], stop: &AbortHandle) -> Self {
        Self { tools: tools.into(), stop: stop.clone() }
    }

    /// Stops the stream: the model is left, no more tools run, open blocks are ended, and the step and the stream come to a
    /// regular end with finish reason `other` (raw: `stopped`).
    pub fn stop(&self) {
        self.stop.abort();
    }
}

/// A transform.
pub(crate) type Transform = Arc<dyn Fn(PartStream, TransformContext) -> PartStream + Send + Sync>;
