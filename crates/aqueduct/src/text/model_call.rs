//! One call of the model.

use std::sync::Arc;

use aqueduct_spec::language::{CallOptions, Generate, Stream, StreamResult};
use aqueduct_spec::{Context, LanguageModel, Model, Result};
use tokio::time::Instant;

use super::tool_loop::Mode;
use crate::layer::whole_answer;
use crate::retry::with_retries;

/// Calls the model; a failed call is sent again as the rule of retries says. Returns when the last attempt began, too.
pub(super) async fn call(
    model: &dyn LanguageModel,
    options: &Arc<CallOptions>,
    mode: Mode,
    max_retries: u32,
    cx: &Context,
) -> Result<(StreamResult, Instant)> {
    let mut start = Instant::now();
    let result = match mode {
        Mode::Generate => {
            let call = Generate(Arc::clone(options));
            let send = || {
                start = Instant::now();
                Model::<Generate>::call(model, call.clone(), cx)
            };
            with_retries(max_retries, send).await.map(whole_answer::into_stream)?
        }
        Mode::Stream => {
            let call = Stream(Arc::clone(options));
            let send = || {
                start = Instant::now();
                Model::<Stream>::call(model, call.clone(), cx)
            };
            with_retries(max_retries, send).await?
        }
    };
    Ok((result, start))
}
