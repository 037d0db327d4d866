//! What a call is given unless it says otherwise: settings, headers, options, instructions, examples.

use std::sync::Arc;

use aqueduct_spec::embedding::EmbedOptions;
use aqueduct_spec::language::{
    CallOptions, FunctionTool, InputExample, Message, SystemMessage, Tool,
};
use aqueduct_spec::{
    BoxFuture, Call, Context, Embed, Error, Generate, GenerateImage, GenerateSpeech, JsonObject,
    Model, Rerank, Result, Stream, StreamTranscribe, Transcribe, TranslateSpeech,
};
use serde_json::Value;

use crate::provider_options::merge_deep;

type Change<C> = dyn Fn(&mut C) -> Result<()> + Send + Sync;

/// Changes each call before the model inside sees it. Written for one kind of call; both kinds of language calls change alike.
///
/// ```
/// use aqueduct::layer::ChangeCall;
/// use aqueduct::spec::language::CallOptions;
/// use aqueduct_testkit::MockLanguageModel;
///
/// let model = MockLanguageModel::text("yes");
/// let model = ChangeCall::new(model, |call: &mut CallOptions| {
///     call.temperature.get_or_insert(0.0);
///     Ok(())
/// });
/// # let _ = model;
/// ```
pub struct ChangeCall<M, O> {
    inner: M,
    change: Arc<Change<O>>,
}

impl<M, O> ChangeCall<M, O> {
    /// Wraps a model with a change of the options of its calls.
    pub fn new(inner: M, change: impl Fn(&mut O) -> Result<()> + Send + Sync + 'static) -> Self {
        Self { inner, change: Arc::new(change) }
    }
}

impl<M: aqueduct_spec::Describe, O: 'static> aqueduct_spec::Describe for ChangeCall<M, O> {
    fn info(&self) -> &aqueduct_spec::ModelInfo {
        self.inner.info()
    }
}

impl<M, O> std::fmt::Debug for ChangeCall<M, O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChangeCall").finish_non_exhaustive()
    }
}

/// Lets calls with these options be changed.
macro_rules! changes {
    ($($call:ident($options:ty))+) => { $(
        impl<M: Model<$call>> Model<$call> for ChangeCall<M, $options> {
            fn call<'a>(
                &'a self,
                mut call: $call,
                cx: &'a Context,
            ) -> BoxFuture<'a, Result<<$call as Call>::Output>> {
                match (self.change)(call.options_mut()) {
                    Ok(()) => self.inner.call(call, cx),
                    Err(error) => Box::pin(std::future::ready(Err(error))),
                }
            }
        }
    )+ };
}

changes! {
    Generate(CallOptions)
    Stream(CallOptions)
    Embed(EmbedOptions)
    GenerateImage(aqueduct_spec::image::GenerateImageOptions)
    GenerateSpeech(aqueduct_spec::speech::GenerateSpeechOptions)
    Transcribe(aqueduct_spec::transcription::TranscribeOptions)
    Rerank(aqueduct_spec::reranking::RerankOptions)
    StreamTranscribe(aqueduct_spec::transcription_stream::StreamTranscribeOptions)
    TranslateSpeech(aqueduct_spec::speech_translation::TranslateSpeechOptions)
}

/// Gives calls settings that they do not have themselves; provider options and headers are merged, the call's own win. The
/// prompt of the settings has no meaning.
pub fn default_settings<M>(inner: M, settings: CallOptions) -> ChangeCall<M, CallOptions> {
    ChangeCall::new(inner, move |call: &mut CallOptions| {
        let mut settings = settings.clone();
        settings.prompt = Vec::new();
        fill(call, &settings)
    })
}

/// Gives embedding calls headers and provider options that they do not have themselves. The values of the settings have no
/// meaning.
pub fn default_embedding_settings<M>(
    inner: M,
    settings: EmbedOptions,
) -> ChangeCall<M, EmbedOptions> {
    ChangeCall::new(inner, move |call: &mut EmbedOptions| fill(call, &settings))
}

/// Merges the call over the defaults, as JSON, which is what both are.
fn fill<O>(call: &mut O, defaults: &O) -> Result<()>
where
    O: serde::Serialize + serde::de::DeserializeOwned,
{
    let mut merged = object(defaults)?;
    merge_deep(&mut merged, object(call)?);
    *call = serde_json::from_value(Value::Object(merged)).map_err(unreadable)?;
    Ok(())
}

fn object(options: &impl serde::Serialize) -> Result<JsonObject> {
    serde_json::from_value(serde_json::to_value(options).map_err(unreadable)?).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::internal("cannot merge the default settings of a call").with_source(error)
}

/// Gives calls instructions where they have none: a system message in front.
pub fn default_instructions<M>(
    inner: M,
    instructions: impl Into<String>,
) -> ChangeCall<M, CallOptions> {
    let instructions = instructions.into();
    ChangeCall::new(inner, move |call: &mut CallOptions| {
        if !call.prompt.iter().any(|message| matches!(message, Message::System(_))) {
            call.prompt.insert(0, SystemMessage::new(instructions.as_str()).into());
        }
        Ok(())
    })
}

type FormatExample = dyn Fn(&InputExample, usize) -> String + Send + Sync;

/// How examples of tools' inputs are written into descriptions.
#[derive(Clone)]
#[non_exhaustive]
pub struct InputExamples {
    prefix: String,
    format: Arc<FormatExample>,
    removes: bool,
}

impl Default for InputExamples {
    fn default() -> Self {
        Self {
            prefix: "Input Examples:".to_owned(),
            format: Arc::new(|example, _| Value::Object(example.input.clone()).to_string()),
            removes: true,
        }
    }
}

impl InputExamples {
    /// Sets the line before the examples. Default: `Input Examples:`.
    #[must_use]
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets how one example is written, of its input and its number, counted from 0. Default: its JSON.
    #[must_use]
    pub fn with_format(
        mut self,
        format: impl Fn(&InputExample, usize) -> String + Send + Sync + 'static,
    ) -> Self {
        self.format = Arc::new(format);
        self
    }

    /// Leaves the examples where they were as well.
    #[must_use]
    pub fn keep(mut self) -> Self {
        self.removes = false;
        self
    }

    fn describe(&self, tool: &mut FunctionTool) {
        let Some(examples) = tool.input_examples.as_ref().filter(|all| !all.is_empty()) else {
            return;
        };
        let lines = examples.iter().enumerate().map(|(at, example)| (self.format)(example, at));
        let section = format!("{}\n{}", self.prefix, lines.collect::<Vec<_>>().join("\n"));
        tool.description = Some(match tool.description.take().filter(|text| !text.is_empty()) {
            Some(description) => format!("{description}\n\n{section}"),
            None => section,
        });
        if self.removes {
            tool.input_examples = None;
        }
    }
}

impl std::fmt::Debug for InputExamples {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InputExamples").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// Writes the examples of tools' inputs into their descriptions, for models that know no examples.
pub fn add_tool_input_examples<M>(inner: M, examples: InputExamples) -> ChangeCall<M, CallOptions> {
    ChangeCall::new(inner, move |call: &mut CallOptions| {
        for tool in call.tools.iter_mut().flatten() {
            if let Tool::Function(tool) = tool {
                examples.describe(tool);
            }
        }
        Ok(())
    })
}
