//! The speech model: a tone for each word.

use aqueduct_spec::speech::GenerateSpeechResult;
use aqueduct_spec::{
    BoxFuture, Context, Data, Describe, GenerateSpeech, Model, ModelInfo, Result, Warning,
};

use super::calls::{located, metadata};
use super::digest::fnv1a;
use super::image::response_info;
use super::provider::Seat;
use super::script::{Script, take_markers};
use super::wav;

/// How many words are spoken at most: at 0.2 s each, a minute and a half.
const MAX_WORDS: usize = 450;

/// The speech model of the simulator.
#[derive(Debug)]
pub(super) struct SimulatedSpeech(pub(super) Seat);

impl Describe for SimulatedSpeech {
    fn info(&self) -> &ModelInfo {
        &self.0.info
    }
}

impl Model<GenerateSpeech> for SimulatedSpeech {
    fn call<'a>(
        &'a self,
        call: GenerateSpeech,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateSpeechResult>> {
        Box::pin(async move {
            let Seat { calls, info } = &self.0;
            let locate = |error| located(error, info);
            let (text, markers) = take_markers(&call.text).map_err(locate)?;
            let options = call.provider_options.as_ref();
            let script = Script::read(&calls.name, options, &markers, 0).map_err(locate)?;
            let script = calls.begin_whole(info, script, &call.text).await?;
            let mut warnings = script.warnings.clone();
            if let Some(format) = call.output_format.as_deref()
                && format != "wav"
            {
                let details = format!("'{format}' was asked for, WAV is made");
                warnings.push(Warning::unsupported_because("outputFormat", details));
            }
            if call.instructions.is_some() {
                warnings.push(Warning::unsupported("instructions"));
            }
            if text.split_whitespace().count() > MAX_WORDS {
                let details = format!("only the first {MAX_WORDS} words sound");
                warnings.push(Warning::compatibility("text", details));
            }
            let speed =
                call.speed.filter(|speed| speed.is_finite()).unwrap_or(1.0).clamp(0.25, 4.0);
            let voice = call.voice.as_deref().unwrap_or_default();
            let audio = wav::encode(&speak(&text, voice, speed), &text);
            let mut result = GenerateSpeechResult::new(Data::from(audio), warnings);
            result.provider_metadata = Some(metadata(info, &script));
            result.response = Some(response_info(info, cx));
            Ok(result)
        })
    }
}

/// A triangle wave for each word, whose pitch the word and the voice decide, and a pause after it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "speed is at least a quarter"
)]
pub(super) fn speak(text: &str, voice: &str, speed: f64) -> Vec<i16> {
    let sounding = (f64::from(wav::RATE) * 0.15 / speed) as u32;
    let silent = sounding / 3;
    let mut samples = Vec::new();
    for word in text.split_whitespace().take(MAX_WORDS) {
        let period = 16 + (fnv1a(format!("{voice} {word}").as_bytes()) % 48) as i32;
        samples.extend((0..sounding as i32).map(|at| {
            let phase = at % period;
            let height = (phase * 2 - period).abs() * 2 - period;
            i16::try_from(height * 6000 / period).unwrap_or_default()
        }));
        samples.extend((0..silent).map(|_| 0_i16));
    }
    samples
}
