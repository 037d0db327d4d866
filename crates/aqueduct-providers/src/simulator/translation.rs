//! The speech translation model: it says what it hears, behind the name of the language asked for.

use aqueduct_spec::language::{RawPart, StreamStart};
use aqueduct_spec::speech_translation::{
    FinalSourceTranscript, OutputTextDelta, OutputTextFinal, SourceTranscriptDelta,
    SpeechTranslationFinish, SpeechTranslationPart, SpeechTranslationStream,
    SpeechTranslationUsage, TranslatedAudio,
};
use aqueduct_spec::{
    BoxFuture, Context, Data, Describe, Model, ModelInfo, ProviderMetadata, Result, SpeechStream,
    TranslateSpeech, Warning,
};
use serde_json::Value;

use super::calls::{located, metadata};
use super::image::response_info;
use super::live::{Heard, Speaker, listen};
use super::provider::Seat;
use super::script::Script;
use super::speech::speak;
use super::{wav, words};

/// The piece of speech, of which there is one.
const ID: &str = "0";

/// The speech translation model of the simulator.
#[derive(Debug)]
pub(super) struct SimulatedTranslation(pub(super) Seat);

impl Describe for SimulatedTranslation {
    fn info(&self) -> &ModelInfo {
        &self.0.info
    }
}

impl Model<TranslateSpeech> for SimulatedTranslation {
    fn call<'a>(
        &'a self,
        call: TranslateSpeech,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<SpeechTranslationStream>> {
        Box::pin(async move {
            let Seat { calls, info } = &self.0;
            let locate = |error| located(error, info);
            let options = call.provider_options.as_ref();
            let script = Script::read(&calls.name, options, &[], 0).map_err(locate)?;
            let script = calls.begin(info, script, "live audio").await?;
            let mut warnings = script.warnings.clone();
            if let Some(format) = &call.output_audio_format
                && (format.media_type != "audio/pcm" || format.rate != Some(wav::RATE))
            {
                let details = format!("audio/pcm with {} samples a second is made", wav::RATE);
                warnings.push(Warning::unsupported_because("outputAudioFormat", details));
            }
            let speaker = Translator {
                language: call.target_language.clone(),
                warnings,
                metadata: metadata(info, &script),
                source: String::new(),
                output: String::new(),
            };
            let audio = call.audio().reader().map_err(locate)?;
            let raw = call.include_raw_chunks == Some(true);
            let parts = listen(speaker, audio, &call.input_audio_format, &script, info, raw);
            let mut answer = SpeechStream::new(parts);
            answer.response = Some(response_info(info, cx));
            Ok(answer)
        })
    }
}

struct Translator {
    language: String,
    warnings: Vec<Warning>,
    metadata: ProviderMetadata,
    source: String,
    output: String,
}

impl Speaker for Translator {
    type Part = SpeechTranslationPart;

    fn begin(&mut self) -> Vec<SpeechTranslationPart> {
        vec![StreamStart::new(std::mem::take(&mut self.warnings)).into()]
    }

    fn raw(&self, message: Value) -> SpeechTranslationPart {
        RawPart::new(message).into()
    }

    fn word(&mut self, word: &str) -> Vec<SpeechTranslationPart> {
        let translated = match self.output.is_empty() {
            true => format!("[{}] {word}", self.language),
            false => word.to_owned(),
        };
        self.source.push_str(word);
        self.output.push_str(&translated);
        let samples = speak(word, &self.language, 1.0);
        let samples: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let mut source = SourceTranscriptDelta::new(word);
        source.id = Some(ID.to_owned());
        let mut output = OutputTextDelta::new(translated);
        output.id = Some(ID.to_owned());
        let mut audio = TranslatedAudio::new(Data::from(samples));
        audio.id = Some(ID.to_owned());
        vec![source.into(), output.into(), audio.into()]
    }

    fn end(&mut self, heard: &Heard) -> Vec<SpeechTranslationPart> {
        let mut source = FinalSourceTranscript::new(heard.text.as_str());
        source.id = Some(ID.to_owned());
        source.start_second = heard.seconds.map(|_| 0.0);
        source.end_second = heard.seconds;
        let mut output = OutputTextFinal::new(self.output.as_str());
        output.id = Some(ID.to_owned());
        let mut usage = SpeechTranslationUsage::default();
        usage.input_audio_seconds = heard.seconds;
        usage.output_text_tokens = Some(words::count(&self.output));
        let mut finish = SpeechTranslationFinish::new(heard.text.as_str(), self.output.as_str());
        finish.duration_in_seconds = heard.seconds;
        finish.usage = Some(usage);
        finish.provider_metadata = Some(self.metadata.clone());
        vec![source.into(), output.into(), finish.into()]
    }
}
