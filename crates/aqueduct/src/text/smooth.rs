//! Text at an even pace.
//!
//! Source: <https://ai-sdk.dev/docs/reference/ai-sdk-core/smooth-stream> (2026-08).

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aqueduct_spec::language::{ReasoningDelta, TextDelta};
use aqueduct_spec::{Error, ProviderMetadata};
use futures_util::StreamExt as _;
use futures_util::stream;

use super::{PartStream, TextStreamPart, TransformContext};

/// How text is cut into pieces, and how long to wait after each.
#[derive(Debug, Clone)]
pub struct Smoothing {
    delay: Option<Duration>,
    chunking: Chunking,
}

/// Where text is cut.
#[derive(Clone)]
enum Chunking {
    /// After every word and the blanks behind it.
    Word,
    /// After every line.
    Line,
    /// Where a function says: the number of bytes of the first piece, or `None` as long as there is none.
    Custom(Arc<Find>),
}

type Find = dyn Fn(&str) -> Option<usize> + Send + Sync;

impl Default for Smoothing {
    /// Words, 10 milliseconds apart.
    fn default() -> Self {
        Self { delay: Some(Duration::from_millis(10)), chunking: Chunking::Word }
    }
}

impl Smoothing {
    /// Words, 10 milliseconds apart.
    pub fn words() -> Self {
        Self::default()
    }

    /// Lines, 10 milliseconds apart.
    pub fn lines() -> Self {
        Self { chunking: Chunking::Line, ..Self::default() }
    }

    /// Pieces that a function finds: it is given the text that waits and returns the number of bytes of the first piece, or
    /// `None` as long as there is none. A piece that is empty, too long or ends within a character ends the stream's text with
    /// an error part.
    pub fn custom(find: impl Fn(&str) -> Option<usize> + Send + Sync + 'static) -> Self {
        Self { chunking: Chunking::Custom(Arc::new(find)), ..Self::default() }
    }

    /// Pieces that end with a match of a pattern.
    #[cfg(feature = "regex")]
    pub fn pattern(pattern: regex::Regex) -> Self {
        Self::custom(move |text| pattern.find(text).map(|found| found.end()))
    }

    /// Sets how long to wait after each piece.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    /// Does not wait: text is only cut anew.
    #[must_use]
    pub fn without_delay(mut self) -> Self {
        self.delay = None;
        self
    }
}

impl Chunking {
    /// The bytes of the first piece of `text`.
    fn find(&self, text: &str) -> Option<usize> {
        match self {
            Self::Word => {
                let word = text.find(|c: char| !c.is_whitespace())?;
                let blank = word + text.get(word..)?.find(char::is_whitespace)?;
                let rest = text.get(blank..)?;
                Some(blank + rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len()))
            }
            Self::Line => {
                let end = text.find('\n')?;
                let rest = text.get(end..)?;
                Some(end + rest.find(|c| c != '\n').unwrap_or(rest.len()))
            }
            Self::Custom(find) => find(text),
        }
    }
}

impl fmt::Debug for Chunking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Word => "Word",
            Self::Line => "Line",
            Self::Custom(_) => "Custom",
        })
    }
}

/// Makes a transform that hands out text and reasoning in even pieces, for
/// [`TextRequest::transform`](super::TextRequest::transform).
///
/// ```
/// # fn example(model: std::sync::Arc<dyn aqueduct::LanguageModel>) {
/// use aqueduct::text::{Smoothing, smooth_stream};
///
/// let request = aqueduct::stream_text(model)
///     .prompt("Write a haiku.")
///     .transform(smooth_stream(Smoothing::words()));
/// # let _ = request;
/// # }
/// ```
pub fn smooth_stream(
    smoothing: Smoothing,
) -> impl Fn(PartStream, TransformContext) -> PartStream + Clone + Send + Sync + 'static {
    move |parts, _| {
        let smoother = Smoother { smoothing: smoothing.clone(), ..Smoother::default() };
        stream::unfold((parts, smoother), |(mut parts, mut smoother)| async move {
            let part = smoother.next(&mut parts).await?;
            Some((part, (parts, smoother)))
        })
        .boxed()
    }
}

/// Whether a delta is metadata alone, such as a signature.
fn is_bare(delta: &str, metadata: &Option<ProviderMetadata>) -> bool {
    delta.is_empty() && metadata.is_some()
}

#[derive(Default)]
struct Smoother {
    smoothing: Smoothing,
    buffer: String,
    block: Option<(bool, String)>,
    metadata: Option<ProviderMetadata>,
    /// What is handed out next, before anything else is read.
    ready: VecDeque<TextStreamPart>,
    waits: bool,
    is_broken: bool,
}

impl Smoother {
    async fn next(&mut self, parts: &mut PartStream) -> Option<TextStreamPart> {
        loop {
            if let Some(part) = self.ready.pop_front() {
                return Some(part);
            }
            if std::mem::take(&mut self.waits)
                && let Some(delay) = self.smoothing.delay
            {
                tokio::time::sleep(delay).await;
            }
            if let Some(piece) = self.cut() {
                self.waits = true;
                return Some(piece);
            }
            match parts.next().await {
                Some(part) => self.take(part),
                None => {
                    self.flush();
                    return self.ready.pop_front();
                }
            }
        }
    }

    /// Adds text to what waits; everything else makes room first.
    fn take(&mut self, part: TextStreamPart) {
        let (is_reasoning, id, delta, metadata) = match part {
            TextStreamPart::TextDelta(part) if !is_bare(&part.delta, &part.provider_metadata) => {
                (false, part.id, part.delta, part.provider_metadata)
            }
            TextStreamPart::ReasoningDelta(part)
                if !is_bare(&part.delta, &part.provider_metadata) =>
            {
                (true, part.id, part.delta, part.provider_metadata)
            }
            part => {
                self.flush();
                self.ready.push_back(part);
                return;
            }
        };
        let block = Some((is_reasoning, id));
        // A piece cannot tell which of its metadata belongs to which of its text.
        if self.block != block || self.metadata.is_some() || metadata.is_some() {
            self.flush();
        }
        self.block = block;
        self.buffer.push_str(&delta);
        self.metadata = metadata;
    }

    /// Cuts off a piece.
    fn cut(&mut self) -> Option<TextStreamPart> {
        if self.buffer.is_empty() || self.is_broken {
            return None;
        }
        let length = self.smoothing.chunking.find(&self.buffer)?;
        if length == 0 || !self.buffer.is_char_boundary(length) {
            self.is_broken = true;
            return Some(TextStreamPart::Error(Error::invalid_request(
                "a piece of smoothed text must be a part of the text that waits, and not empty",
            )));
        }
        let rest = self.buffer.split_off(length);
        let piece = std::mem::replace(&mut self.buffer, rest);
        let metadata = match self.buffer.is_empty() {
            true => self.metadata.take(),
            false => self.metadata.clone(),
        };
        self.delta(piece, metadata)
    }

    /// Hands out what waits.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.buffer);
        let metadata = self.metadata.take();
        if (!text.is_empty() || metadata.is_some())
            && let Some(part) = self.delta(text, metadata)
        {
            self.ready.push_back(part);
        }
        self.block = None;
    }

    fn delta(&self, text: String, metadata: Option<ProviderMetadata>) -> Option<TextStreamPart> {
        let (is_reasoning, id) = self.block.as_ref()?;
        Some(if *is_reasoning {
            let mut part = ReasoningDelta::new(id.as_str(), text);
            part.provider_metadata = metadata;
            TextStreamPart::ReasoningDelta(part)
        } else {
            let mut part = TextDelta::new(id.as_str(), text);
            part.provider_metadata = metadata;
            TextStreamPart::TextDelta(part)
        })
    }
}
