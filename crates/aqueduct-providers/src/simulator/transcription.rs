//! The transcription model: it reads what the speech model wrote down.

use aqueduct_spec::transcription::{TranscribeResult, TranscriptSegment};
use aqueduct_spec::{BoxFuture, Context, Describe, Model, ModelInfo, Result, Transcribe};

use super::calls::{located, metadata};
use super::digest::fnv1a;
use super::image::response_info;
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
