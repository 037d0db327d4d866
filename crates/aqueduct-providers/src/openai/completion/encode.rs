//! A call as a request.

use aqueduct_spec::language::CallOptions;
use aqueduct_spec::{JsonObject, ProviderOptions, Result, Warning};
use serde::Deserialize;

use crate::openai::responses::options::Logprobs;
use crate::openai_compatible::chat::wire::Stop;
use crate::openai_compatible::completion::{prompt, warn_of_unsupported, wire};

/// Options under `openai`, and under the host's own name, which wins.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CompletionOptions {
    echo: Option<bool>,
    logit_bias: Option<JsonObject>,
    suffix: Option<String>,
    user: Option<String>,
    logprobs: Option<Logprobs>,
}

impl CompletionOptions {
    fn read(key: &str, options: Option<&ProviderOptions>) -> Result<Self> {
        let read = |key: &str| -> Result<Self> {
            let typed = options.map(|options| options.typed(key)).transpose()?;
            Ok(typed.flatten().unwrap_or_default())
        };
        let (shared, own) = (read("openai")?, read(key)?);
        Ok(Self {
            echo: own.echo.or(shared.echo),
            logit_bias: own.logit_bias.or(shared.logit_bias),
            suffix: own.suffix.or(shared.suffix),
            user: own.user.or(shared.user),
            logprobs: own.logprobs.or(shared.logprobs),
        })
    }
}

/// Writes a call; `key` is the host's own name.
pub(super) fn encode(
    call: &CallOptions,
    model_id: &str,
    key: &str,
) -> Result<(wire::Request, Vec<Warning>)> {
    let options = CompletionOptions::read(key, call.provider_options.as_ref())?;
    let mut warnings = Vec::new();
    warn_of_unsupported(call, &mut warnings);
    let logprobs = match options.logprobs {
        Some(Logprobs::Whether(true)) => Some(0),
        Some(Logprobs::Count(count)) => Some(count),
        Some(Logprobs::Whether(false)) | None => None,
    };
    let logprobs = logprobs.map(|count| ("logprobs".to_owned(), count.into()));
    let mut stop = vec!["\nuser:".to_owned()];
    stop.extend(call.stop_sequences.iter().flatten().cloned());
    let request = wire::Request {
        model: model_id.to_owned(),
        echo: options.echo,
        logit_bias: options.logit_bias,
        suffix: options.suffix,
        user: options.user,
        max_tokens: call.max_output_tokens,
        temperature: call.temperature,
        top_p: call.top_p,
        frequency_penalty: call.frequency_penalty,
        presence_penalty: call.presence_penalty,
        seed: call.seed,
        prompt: prompt(&call.prompt)?.into(),
        stop: Some(Stop::Many(stop)),
        rest: logprobs.into_iter().collect(),
        ..wire::Request::default()
    };
    Ok((request, warnings))
}
