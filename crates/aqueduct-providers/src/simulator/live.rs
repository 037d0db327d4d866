//! Live audio: one more word for each chunk that is heard, the rest at the end.

use std::collections::VecDeque;

use aqueduct_spec::audio::AudioFormat;
use aqueduct_spec::{AudioReader, BoxStream, ModelInfo, Result};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::calls::located;
use super::pace::Pace;
use super::script::{Script, take_markers};
use super::{wav, words};

/// How much of the audio is kept, to find the comment of a WAV file.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// What is said of what is heard.
pub(super) trait Speaker: Send + 'static {
    type Part: Send + 'static;

    /// The parts before any audio is read.
    fn begin(&mut self) -> Vec<Self::Part>;

    /// A message of this provider, for those who ask for such.
    fn raw(&self, message: Value) -> Self::Part;

    /// One more word is known, with the space after it.
    fn word(&mut self, word: &str) -> Vec<Self::Part>;

    /// The audio is over.
    fn end(&mut self, heard: &Heard) -> Vec<Self::Part>;
}

/// What was heard, all in all.
pub(super) struct Heard {
    pub(super) text: String,
    pub(super) seconds: Option<f64>,
}

/// Listens to audio and lets the speaker speak. Nothing runs unless it is polled.
pub(super) fn listen<S: Speaker>(
    speaker: S,
    audio: AudioReader,
    format: &AudioFormat,
    script: &Script,
    info: &ModelInfo,
    wants_raw: bool,
) -> BoxStream<'static, Result<S::Part>> {
    let listener = Listener {
        speaker,
        audio,
        stage: Stage::Start,
        ear: Ear::new(format.clone(), script),
        pace: Pace::of(script),
        said: 0,
        ready: VecDeque::new(),
        wants_raw,
    };
    let info = info.clone();
    stream::unfold(listener, |mut listener| async move {
        let part = listener.next().await?;
        Some((part, listener))
    })
    .map(move |part| part.map_err(|error| located(error, &info)))
    .boxed()
}

struct Listener<S: Speaker> {
    speaker: S,
    audio: AudioReader,
    stage: Stage,
    ear: Ear,
    pace: Pace,
    said: usize,
    ready: VecDeque<S::Part>,
    wants_raw: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    Hearing,
    Ending,
    Over,
}

impl<S: Speaker> Listener<S> {
    async fn next(&mut self) -> Option<Result<S::Part>> {
        loop {
            if let Some(part) = self.ready.pop_front() {
                return Some(Ok(part));
            }
            if let Err(error) = self.go_on().await {
                self.stage = Stage::Over;
                return Some(Err(error));
            }
            if self.stage == Stage::Over && self.ready.is_empty() {
                return None;
            }
        }
    }

    async fn go_on(&mut self) -> Result<()> {
        match self.stage {
            Stage::Start => {
                self.ready.extend(self.speaker.begin());
                self.stage = Stage::Hearing;
            }
            Stage::Hearing => match self.audio.next().await.transpose()? {
                Some(chunk) => {
                    self.ear.hear(&chunk)?;
                    if self.wants_raw {
                        let message = json!({ "type": "audio", "bytes": chunk.len() });
                        self.ready.push_back(self.speaker.raw(message));
                    }
                    self.say_a_word().await?;
                }
                None => {
                    self.ear.stop()?;
                    self.stage = Stage::Ending;
                }
            },
            Stage::Ending => {
                if !self.say_a_word().await? {
                    self.ready.extend(self.speaker.end(&self.ear.heard()));
                    self.stage = Stage::Over;
                }
            }
            Stage::Over => {}
        }
        Ok(())
    }

    /// Says the next word, if one is known.
    async fn say_a_word(&mut self) -> Result<bool> {
        let Some(word) = self.ear.words.pop_front() else { return Ok(false) };
        self.pace.before_chunk(self.said).await?;
        self.said += 1;
        self.ready.extend(self.speaker.word(&word));
        Ok(true)
    }
}

/// What is made of the audio.
struct Ear {
    format: AudioFormat,
    scripted: Option<String>,
    chunk_size: Option<usize>,
    head: Vec<u8>,
    bytes: usize,
    /// What is heard, once it is known.
    text: Option<String>,
    words: VecDeque<String>,
}

impl Ear {
    fn new(format: AudioFormat, script: &Script) -> Self {
        Self {
            format,
            scripted: script.text.clone(),
            chunk_size: script.chunk_size,
            head: Vec::new(),
            bytes: 0,
            text: None,
            words: VecDeque::new(),
        }
    }

    fn hear(&mut self, chunk: &Bytes) -> Result<()> {
        self.bytes = self.bytes.saturating_add(chunk.len());
        let room = MAX_HEAD_BYTES.saturating_sub(self.head.len());
        self.head.extend(chunk.iter().take(room));
        if self.text.is_none() {
            let is_wav = self.head.starts_with(b"RIFF") || b"RIFF".starts_with(&self.head);
            let read = wav::read(&self.head);
            // The comment is whole once the samples have begun.
            let is_known = !is_wav || read.seconds.is_some() || self.head.len() == MAX_HEAD_BYTES;
            if is_known || self.scripted.is_some() {
                self.understand(read.comment)?;
            }
        }
        Ok(())
    }

    fn stop(&mut self) -> Result<()> {
        match self.text {
            Some(_) => Ok(()),
            None => self.understand(wav::read(&self.head).comment),
        }
    }

    /// The comment of a file may hold a marker: it is cut out, but its script comes too late.
    fn understand(&mut self, comment: Option<String>) -> Result<()> {
        let text = match (self.scripted.take(), comment) {
            (Some(text), _) => text,
            (None, Some(comment)) => take_markers(&comment)?.0,
            (None, None) => format!("A simulated transcript of live {}.", self.format.media_type),
        };
        self.words = words::chunks(&text, self.chunk_size).into();
        self.text = Some(text);
        Ok(())
    }

    fn heard(&self) -> Heard {
        Heard { text: self.text.clone().unwrap_or_default(), seconds: self.seconds() }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of bytes")]
    fn seconds(&self) -> Option<f64> {
        let read = wav::read(&self.head);
        let (bytes, bytes_per_second) = match (read.bytes_per_second, self.format.rate) {
            (Some(rate), _) => {
                let header = self.head.len().saturating_sub(read.data_bytes);
                (self.bytes.saturating_sub(header), rate)
            }
            (None, Some(rate)) => {
                let is_pcm = self.format.media_type == "audio/pcm";
                (self.bytes, if is_pcm { rate.saturating_mul(2) } else { rate })
            }
            (None, None) => return None,
        };
        (bytes_per_second > 0).then(|| bytes as f64 / f64::from(bytes_per_second))
    }
}
