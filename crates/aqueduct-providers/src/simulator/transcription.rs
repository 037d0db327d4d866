//! The transcription model: it reads what the speech model wrote down.

use aqueduct_spec::language::{RawPart, StreamStart};
use aqueduct_spec::transcription::{TranscribeResult, TranscriptSegment};
use aqueduct_spec::transcription_stream::{
    TranscriptDelta, TranscriptFinal, TranscriptionFinish, TranscriptionStream,
    TranscriptionStreamPart,
};
use aqueduct_spec::{
    BoxFuture, Context, Describe, Model, ModelInfo, ProviderMetadata, Result, SpeechStream,
    StreamTranscribe, Transcribe, Warning,
};
use serde_json::Value;

use super::calls::{located, metadata};
use super::digest::fnv1a;
use super::image::response_info;
use super::live::{Heard, Speaker, listen};
use super::provider::Seat;
use super::script::{Script, take_markers};
use super::wav;

/// The transcription model of the simulator.
#[derive(Debug)]
pub(super) struct SimulatedTranscription(pub(super) Seat);

impl Describe for SimulatedTranscription {
    fn info(&self) -> &ModelInfo {
        &self.0.info
    }
}

impl Model<Transcribe> for SimulatedTranscription {
    fn call<'a>(
        &'a self,
        call: Transcribe,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<TranscribeResult>> {
        Box::pin(async move {
            let Seat { calls, info } = &self.0;
            let locate = |error| located(error, info);
            let audio = call.audio.to_bytes().map_err(locate)?;
            let read = wav::read(&audio);
            let heard = read.comment.unwrap_or_else(|| {
                format!("A simulated transcript of {} bytes of {}.", audio.len(), call.media_type)
            });
            let (heard, markers) = take_markers(&heard).map_err(locate)?;
            let options = call.provider_options.as_ref();
            let script = Script::read(&calls.name, options, &markers, 0).map_err(locate)?;
            let subject = format!("{:x}", fnv1a(&audio));
            let script = calls.begin_whole(info, script, &subject).await?;
            let text = script.text.clone().unwrap_or(heard);
            let segments = segments(&text, read.seconds);
            let mut result = TranscribeResult::new(text, segments, script.warnings.clone());
            result.language = Some("en".to_owned());
            result.duration_in_seconds = read.seconds;
            result.provider_metadata = Some(metadata(info, &script));
            result.response = Some(response_info(info, cx));
            Ok(result)
        })
    }
}

impl Model<StreamTranscribe> for SimulatedTranscription {
    fn call<'a>(
        &'a self,
        call: StreamTranscribe,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<TranscriptionStream>> {
        Box::pin(async move {
            let Seat { calls, info } = &self.0;
            let locate = |error| located(error, info);
            let options = call.provider_options.as_ref();
            let script = Script::read(&calls.name, options, &[], 0).map_err(locate)?;
            let script = calls.begin(info, script, "live audio").await?;
            let warnings = script.warnings.clone();
            let speaker = Scribe { warnings, metadata: metadata(info, &script) };
            let audio = call.audio().reader().map_err(locate)?;
            let raw = call.include_raw_chunks == Some(true);
            let parts = listen(speaker, audio, &call.input_audio_format, &script, info, raw);
            let mut answer = SpeechStream::new(parts);
            answer.response = Some(response_info(info, cx));
            Ok(answer)
        })
    }
}

/// Writes down what is heard, in one piece of speech.
struct Scribe {
    warnings: Vec<Warning>,
    metadata: ProviderMetadata,
}

/// The piece of speech, of which there is one.
const ID: &str = "0";

impl Speaker for Scribe {
    type Part = TranscriptionStreamPart;

    fn begin(&mut self) -> Vec<TranscriptionStreamPart> {
        vec![StreamStart::new(std::mem::take(&mut self.warnings)).into()]
    }

    fn raw(&self, message: Value) -> TranscriptionStreamPart {
        RawPart::new(message).into()
    }

    fn word(&mut self, word: &str) -> Vec<TranscriptionStreamPart> {
        let mut delta = TranscriptDelta::new(word);
        delta.id = Some(ID.to_owned());
        vec![delta.into()]
    }

    fn end(&mut self, heard: &Heard) -> Vec<TranscriptionStreamPart> {
        let Heard { text, seconds } = heard;
        let mut last = TranscriptFinal::new(text.as_str());
        last.id = Some(ID.to_owned());
        last.start_second = seconds.map(|_| 0.0);
        last.end_second = *seconds;
        let mut finish = TranscriptionFinish::new(text.as_str(), segments(text, *seconds));
        finish.language = Some("en".to_owned());
        finish.duration_in_seconds = *seconds;
        finish.provider_metadata = Some(self.metadata.clone());
        vec![last.into(), finish.into()]
    }
}

/// The words, each as long as the others; none if nobody knows how long the audio is.
#[expect(clippy::cast_precision_loss, reason = "counts of words")]
fn segments(text: &str, seconds: Option<f64>) -> Vec<TranscriptSegment> {
    let Some(seconds) = seconds else { return Vec::new() };
    let words: Vec<&str> = text.split_whitespace().collect();
    let each = seconds / words.len().max(1) as f64;
    words
        .iter()
        .enumerate()
        .map(|(at, word)| TranscriptSegment::new(*word, at as f64 * each, (at + 1) as f64 * each))
        .collect()
}
