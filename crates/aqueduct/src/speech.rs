//! Speech from text: `generate_speech`.

use std::fmt;

use aqueduct_spec::language::{RequestInfo, ResponseInfo};
use aqueduct_spec::speech::GenerateSpeechOptions;
use aqueduct_spec::{Data, GenerateSpeech, ProviderMetadata, Result, SpeechModel, Warning};

use crate::media::{GeneratedFile, NoOutput};
use crate::model::{IntoModel, ModelSource};
use crate::request::{Shared, awaited, shared_settings};
use crate::telemetry::Operation;

/// Asks for speech.
///
/// ```no_run
/// # async fn example() -> aqueduct::Result<()> {
/// let answer = aqueduct::generate_speech("openai/gpt-4o-mini-tts", "Hello!").voice("alloy").await?;
/// assert_eq!(answer.audio.format(), "mp3");
/// # Ok(())
/// # }
/// ```
pub fn generate_speech<K>(
    model: impl IntoModel<dyn SpeechModel, K>,
    text: impl Into<String>,
) -> GenerateSpeechRequest {
    GenerateSpeechRequest {
        model: model.into_model(),
        options: GenerateSpeechOptions::new(text),
        shared: Shared::default(),
    }
}

/// A request for speech.
#[must_use = "a request does nothing unless it is awaited"]
pub struct GenerateSpeechRequest {
    model: ModelSource<dyn SpeechModel>,
    options: GenerateSpeechOptions,
    shared: Shared,
}

/// The speech.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SpeechAnswer {
    /// The audio.
    pub audio: GeneratedFile,
    /// What could not be done as asked.
    pub warnings: Vec<Warning>,
    /// What else the provider said.
    pub provider_metadata: Option<ProviderMetadata>,
    /// What was sent, if the context asked for it.
    pub request: Option<RequestInfo>,
    /// What came back.
    pub response: Option<ResponseInfo>,
}

shared_settings!(GenerateSpeechRequest with calls);

impl GenerateSpeechRequest {
    /// Sets whose voice, in the provider's words.
    pub fn voice(mut self, voice: impl Into<String>) -> Self {
        self.options.voice = Some(voice.into());
        self
    }

    /// Sets the form of the audio: `mp3`, `wav`, …
    pub fn output_format(mut self, format: impl Into<String>) -> Self {
        self.options.output_format = Some(format.into());
        self
    }

    /// Sets how to say it.
    pub fn instructions(mut self, instructions: impl Into<String>) -> Self {
        self.options.instructions = Some(instructions.into());
        self
    }

    /// Sets how fast: 1 is the voice's own speed.
    pub fn speed(mut self, speed: f64) -> Self {
        self.options.speed = Some(speed);
        self
    }

    /// Sets the language: ISO 639-1, or `auto`.
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.options.language = Some(language.into());
        self
    }

    async fn run(mut self) -> Result<SpeechAnswer> {
        self.shared.check()?;
        let model = self.model.resolve(self.shared.registry.as_ref())?;
        self.options.provider_options.clone_from(&self.shared.provider_options);
        self.options.headers.clone_from(&self.shared.headers);
        let call = GenerateSpeech::from(self.options);
        let session = self.shared.begin(Operation::GenerateSpeech, model.info(), |_| call.clone());
        session.watch(speak(&self.shared, &*model, call)).await
    }
}

async fn speak(
    shared: &Shared,
    model: &dyn SpeechModel,
    call: GenerateSpeech,
) -> Result<SpeechAnswer> {
    let result = shared.call(model, call).await?;
    let is_empty = match &result.audio {
        Data::Bytes(bytes) => bytes.is_empty(),
        Data::Base64(text) => text.is_empty(),
    };
    if is_empty {
        return Err(NoOutput::error("speech", vec![result.response], model.info()));
    }
    Ok(SpeechAnswer {
        audio: GeneratedFile::detected(result.audio, "audio", "audio/mp3"),
        warnings: result.warnings,
        provider_metadata: result.provider_metadata,
        request: result.request,
        response: result.response,
    })
}

awaited!(GenerateSpeechRequest -> SpeechAnswer);

/// The text is the user's and stays out.
impl fmt::Debug for GenerateSpeechRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GenerateSpeechRequest").field("model", &self.model).finish_non_exhaustive()
    }
}
