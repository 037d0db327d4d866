//! Transcripts in the shape of OpenAI's `verbose_json`, which others answer in too.

use aqueduct_spec::transcription::{TranscribeResult, TranscriptSegment};
use serde::Deserialize;

/// The answer.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Transcript {
    pub(crate) text: String,
    pub(crate) language: Option<String>,
    pub(crate) duration: Option<f64>,
    pub(crate) segments: Option<Vec<Segment>>,
    pub(crate) words: Option<Vec<Word>>,
}

/// A stretch of what was said, in seconds from the start.
#[derive(Debug, Deserialize)]
pub(crate) struct Segment {
    text: String,
    start: f64,
    end: f64,
}

/// A word of what was said, in seconds from the start.
#[derive(Debug, Deserialize)]
pub(crate) struct Word {
    word: String,
    start: f64,
    end: f64,
}

impl Transcript {
    /// The transcript in our shape, with the language as it was told. The pieces are segments, or words where there are none.
    pub(crate) fn into_result(self) -> TranscribeResult {
        let pieces: Vec<_> = match self.segments {
            Some(segments) => segments
                .into_iter()
                .map(|it| TranscriptSegment::new(it.text, it.start, it.end))
                .collect(),
            None => self
                .words
                .into_iter()
                .flatten()
                .map(|it| TranscriptSegment::new(it.word, it.start, it.end))
                .collect(),
        };
        let mut result = TranscribeResult::new(self.text, pieces, Vec::new());
        result.language = self.language;
        result.duration_in_seconds = self.duration;
        result
    }
}
