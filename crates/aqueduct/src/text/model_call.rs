//! One call of the model.

use aqueduct_spec::language::{CallOptions, Generate, Message, Stream, StreamResult, ToolChoice};
use aqueduct_spec::{Context, LanguageModel, Model, Result};

use super::tool_loop::Mode;
use super::whole;
use crate::retry::with_retries;
use crate::tool::ToolSet;

/// Calls the model; a failed call is sent again as the rule of retries says.
pub(super) async fn call(
    model: &dyn LanguageModel,
    options: CallOptions,
    mode: Mode,
    max_retries: u32,
    cx: &Context,
) -> Result<StreamResult> {
    match mode {
        Mode::Generate => {
            let call = Generate::from(options);
            let send = || Model::<Generate>::call(model, call.clone(), cx);
            with_retries(max_retries, send).await.map(whole::into_stream)
        }
        Mode::Stream => {
            let call = Stream::from(options);
            with_retries(max_retries, || Model::<Stream>::call(model, call.clone(), cx)).await
        }
    }
}

/// The settings of one call.
pub(super) fn options(
    settings: &CallOptions,
    prompt: Vec<Message>,
    tools: &ToolSet,
) -> CallOptions {
    let mut options = settings.clone();
    options.prompt = prompt;
    options.tools = tools.definitions();
    options.tool_choice = match options.tools {
        Some(_) => Some(options.tool_choice.unwrap_or_else(ToolChoice::auto)),
        None => None,
    };
    options
}
