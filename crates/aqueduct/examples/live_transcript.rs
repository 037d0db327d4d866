//! A transcript while somebody speaks: `cargo run --example live_transcript`, or with raw audio (16 bits, 24 kHz, mono) and a
//! model of your own: `arecord -f S16_LE -r 24000 -t raw | … --example live_transcript openai/gpt-realtime-whisper`.

use std::io::Write as _;

use aqueduct::spec::AudioInput;
use aqueduct::spec::audio::AudioFormat;
use aqueduct::spec::transcription_stream::TranscriptionStreamPart as Part;
use aqueduct::{audio_from_reader, generate_speech, stream_transcribe};
use futures_util::StreamExt as _;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout();
    let (model, audio): (String, AudioInput) = match std::env::args().nth(1) {
        Some(model) => (model, audio_from_reader(tokio::io::stdin())),
        // Nobody speaks to the simulator but itself.
        None => {
            let text = "Water finds its way, and so do words, one after the other.";
            let speech = generate_speech("simulator/speech", text).await?;
            ("simulator/transcription".to_owned(), speech.audio.data.into())
        }
    };

    // What is said is heard while the parts are read, and not before.
    let mut parts = stream_transcribe(&model, AudioFormat::pcm(24_000), audio).await?;
    while let Some(part) = parts.next().await {
        match part? {
            Part::Delta(part) => write!(out, "{}", part.delta)?,
            Part::Error(part) => writeln!(out, "\n{}", part.to_error())?,
            _ => continue,
        }
        out.flush()?;
    }
    let transcript = parts.collect().await?;
    writeln!(out, "\n{} characters", transcript.text.chars().count())?;
    if let Some(seconds) = transcript.duration_in_seconds {
        writeln!(out, "{seconds:.1} s, {} pieces", transcript.segments.len())?;
    }
    Ok(())
}
