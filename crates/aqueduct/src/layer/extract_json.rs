//! JSON that a model puts between code fences, taken out of them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aqueduct_spec::language::{Content, GenerateResult, StreamPart, StreamResult, TextDelta};
use aqueduct_spec::{BoxFuture, Context, Generate, Model, Result, Stream};
use futures_util::{StreamExt as _, stream};

use super::describe_as_inner;

const FENCE: &str = "```";

/// What a fence around JSON may be called.
const NAMES: [&str; 4] = ["", "json", "jsonc", "json5"];

/// A stream holds back what may turn out to be the closing fence, but no more than this.
const LONGEST_HELD_BYTES: usize = 4096;

type Transform = dyn Fn(&str) -> String + Send + Sync;

/// Strips code fences and blanks around a text, so that [`Output::object`](crate::Output::object) and the like can read the JSON of
/// models that write Markdown. A stream says the same as a whole answer, wherever it is cut.
///
/// ```
/// use aqueduct::layer::{ExtractJson, WithLayer as _};
/// use aqueduct_testkit::MockLanguageModel;
///
/// # async fn example() -> aqueduct::Result<()> {
/// let model = MockLanguageModel::text("```json\n{\"a\": 1}\n```").layer(ExtractJson::new);
/// let answer = aqueduct::generate_text(model).prompt("a?").await?;
/// assert_eq!(answer.text(), "{\"a\": 1}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ExtractJson<M> {
    inner: M,
    transform: Option<Arc<Transform>>,
}

impl<M> ExtractJson<M> {
    /// Wraps a model.
    pub fn new(inner: M) -> Self {
        Self { inner, transform: None }
    }

    /// Changes texts with a function instead. It needs the whole text, so a stream's text comes in one piece at its end.
    #[must_use]
    pub fn with_transform(
        mut self,
        transform: impl Fn(&str) -> String + Send + Sync + 'static,
    ) -> Self {
        self.transform = Some(Arc::new(transform));
        self
    }
}

describe_as_inner!(ExtractJson);

impl<M> fmt::Debug for ExtractJson<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractJson").finish_non_exhaustive()
    }
}

impl<M: Model<Generate>> Model<Generate> for ExtractJson<M> {
    fn call<'a>(
        &'a self,
        call: Generate,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateResult>> {
        Box::pin(async move {
            let mut result = self.inner.call(call, cx).await?;
            for part in &mut result.content {
                if let Content::Text(part) = part {
                    part.text = match &self.transform {
                        Some(transform) => transform(&part.text),
                        None => strip(&part.text).to_owned(),
                    };
                }
            }
            Ok(result)
        })
    }
}

impl<M: Model<Stream>> Model<Stream> for ExtractJson<M> {
    fn call<'a>(&'a self, call: Stream, cx: &'a Context) -> BoxFuture<'a, Result<StreamResult>> {
        Box::pin(async move {
            let mut stripper =
                Stripper { transform: self.transform.clone(), blocks: BTreeMap::new() };
            let answer = self.inner.call(call, cx).await?;
            Ok(answer.map_stream(move |parts| {
                parts.flat_map(move |part| {
                    stream::iter(match part {
                        Ok(part) => stripper.push(part).into_iter().map(Ok).collect(),
                        Err(error) => vec![Err(error)],
                    })
                })
            }))
        })
    }
}

/// Strips a whole text.
fn strip(text: &str) -> &str {
    let text = text.trim_start();
    let body = match opening(text) {
        Opening::Fence(length) => text.get(length..).unwrap_or_default(),
        Opening::Undecided if text.starts_with(FENCE) => "",
        Opening::Undecided | Opening::None => text,
    };
    strip_closing(body.trim_start())
}

fn strip_closing(text: &str) -> &str {
    let text = text.trim_end();
    text.strip_suffix(FENCE).map_or(text, str::trim_end)
}

/// How a text without blanks in front begins.
#[derive(Debug, PartialEq, Eq)]
enum Opening {
    /// With a fence of so many bytes, its name included.
    Fence(usize),
    /// More text will tell.
    Undecided,
    /// With no fence that JSON may stand in.
    None,
}

fn opening(text: &str) -> Opening {
    let Some(rest) = text.strip_prefix(FENCE) else {
        return if FENCE.starts_with(text) { Opening::Undecided } else { Opening::None };
    };
    let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let name = rest.get(..length).unwrap_or_default();
    let is = |known: &&str| name.eq_ignore_ascii_case(known);
    let may_become = |known: &&str| known.get(..length).is_some_and(|start| is(&start));
    if length < rest.len() {
        let fence = Opening::Fence(FENCE.len() + length);
        return if NAMES.iter().any(is) { fence } else { Opening::None };
    }
    if NAMES.iter().any(may_become) { Opening::Undecided } else { Opening::None }
}

/// Where the part of a text begins that more text could make the blanks and the fence at its end.
fn closing_starts(text: &str) -> usize {
    let trimmed = text.trim_end();
    let n_ticks = trimmed.bytes().rev().take(FENCE.len()).take_while(|byte| *byte == b'`').count();
    if trimmed.len() < text.len() && n_ticks < FENCE.len() {
        return trimmed.len();
    }
    let before = trimmed.get(..trimmed.len() - n_ticks).unwrap_or_default();
    before.trim_end().len()
}

/// Strips the blocks of a stream.
struct Stripper {
    transform: Option<Arc<Transform>>,
    blocks: BTreeMap<String, Block>,
}

/// A block of text.
struct Block {
    phase: Phase,
    /// What was held back.
    buffer: String,
}

#[derive(Clone, Copy)]
enum Phase {
    /// It is not known whether there is a fence.
    Opening,
    /// There are only blanks so far.
    Blanks,
    /// Text is handed on.
    Body,
    /// All is held back until the end.
    Whole,
}

impl Stripper {
    fn push(&mut self, part: StreamPart) -> Vec<StreamPart> {
        match part {
            StreamPart::TextStart(start) => {
                let phase = if self.transform.is_some() { Phase::Whole } else { Phase::Opening };
                self.blocks.insert(start.id.clone(), Block { phase, buffer: String::new() });
                vec![start.into()]
            }
            StreamPart::TextDelta(mut delta) => {
                if let Some(block) = self.blocks.get_mut(&delta.id) {
                    delta.delta = block.push(&delta.delta);
                    if delta.delta.is_empty() && delta.provider_metadata.is_none() {
                        return Vec::new();
                    }
                }
                vec![delta.into()]
            }
            StreamPart::TextEnd(end) => {
                let mut parts = Vec::new();
                if let Some(block) = self.blocks.remove(&end.id) {
                    self.finish(&end.id, &block, &mut parts);
                }
                parts.push(end.into());
                parts
            }
            StreamPart::Finish(finish) => {
                // Not every model ends its blocks; what was held back is not lost.
                let mut parts = Vec::new();
                for (id, block) in std::mem::take(&mut self.blocks) {
                    self.finish(&id, &block, &mut parts);
                }
                parts.push(finish.into());
                parts
            }
            other => vec![other],
        }
    }

    fn finish(&self, id: &str, block: &Block, parts: &mut Vec<StreamPart>) {
        let rest = match (block.phase, &self.transform) {
            (Phase::Whole, Some(transform)) => transform(&block.buffer),
            (Phase::Opening | Phase::Whole, _) => strip(&block.buffer).to_owned(),
            (Phase::Blanks | Phase::Body, _) => strip_closing(&block.buffer).to_owned(),
        };
        if !rest.is_empty() {
            parts.push(TextDelta::new(id, rest).into());
        }
    }
}

impl Block {
    /// Takes a piece of text and returns what is certain.
    fn push(&mut self, piece: &str) -> String {
        self.buffer.push_str(piece);
        loop {
            match self.phase {
                Phase::Whole => return String::new(),
                Phase::Opening => {
                    self.drop_blanks();
                    match opening(&self.buffer) {
                        Opening::Undecided => return String::new(),
                        Opening::Fence(length) => drop(self.buffer.drain(..length)),
                        Opening::None => {}
                    }
                    self.phase = Phase::Blanks;
                }
                Phase::Blanks => {
                    self.drop_blanks();
                    if self.buffer.is_empty() {
                        return String::new();
                    }
                    self.phase = Phase::Body;
                }
                Phase::Body => {
                    let held = closing_starts(&self.buffer);
                    if self.buffer.len() - held > LONGEST_HELD_BYTES {
                        return std::mem::take(&mut self.buffer);
                    }
                    let rest = self.buffer.split_off(held);
                    return std::mem::replace(&mut self.buffer, rest);
                }
            }
        }
    }

    fn drop_blanks(&mut self) {
        let n_blanks = self.buffer.len() - self.buffer.trim_start().len();
        self.buffer.drain(..n_blanks);
    }
}

#[cfg(test)]
mod tests {
    use aqueduct_spec::language::{Finish, TextEnd, TextStart};
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::*;

    fn text_of(parts: impl IntoIterator<Item = StreamPart>) -> String {
        let deltas = parts.into_iter().filter_map(|part| match part {
            StreamPart::TextDelta(delta) => Some(delta.delta),
            _ => None,
        });
        deltas.collect()
    }

    /// The text of a stream cut into pieces.
    fn streamed<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
        let mut stripper = Stripper { transform: None, blocks: BTreeMap::new() };
        let mut parts = stripper.push(TextStart::new("1").into());
        for piece in pieces {
            parts.extend(stripper.push(TextDelta::new("1", piece).into()));
        }
        parts.extend(stripper.push(TextEnd::new("1").into()));
        text_of(parts)
    }

    #[test]
    fn fences_are_stripped() {
        let cases = [
            ("```json\n{\"a\": 1}\n```", "{\"a\": 1}"),
            ("```\n[1]\n```\n\n", "[1]"),
            ("  \n```JSON\r\n[1]```", "[1]"),
            ("```json5 {a: 1} ```", "{a: 1}"),
            ("```[1]```", "[1]"),
            ("{\"a\": 1}\n```", "{\"a\": 1}"),
            ("{\"a\": \"``` b\"}", "{\"a\": \"``` b\"}"),
            (" {} ", "{}"),
            ("```python\n1\n", "```python\n1"),
            ("```jsonnet\n{}", "```jsonnet\n{}"),
            ("`x`", "`x`"),
            ("``", "``"),
            ("```json", ""),
            ("```", ""),
            ("x````", "x`"),
            ("x ``` ```", "x ```"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(strip(text), expected, "{text:?}");
            assert_eq!(streamed([text]), expected, "{text:?}");
        }
    }

    #[test]
    fn text_is_handed_on_as_soon_as_it_is_certain() {
        let mut block = Block { phase: Phase::Opening, buffer: String::new() };
        let out: Vec<_> = ["``", "`js", "on", "\n ", "{\"a\"", ": 1 ", "}\n`", "``\n", "x"]
            .map(|piece| block.push(piece))
            .into();
        assert_eq!(out, ["", "", "", "", "{\"a\"", ": 1", " }", "", "\n```\nx"]);
    }

    #[test]
    fn no_more_is_held_back_than_is_bounded() {
        let mut block = Block { phase: Phase::Opening, buffer: String::new() };
        assert_eq!(block.push("x"), "x");
        let blanks = " ".repeat(LONGEST_HELD_BYTES);
        assert_eq!(block.push(&blanks), "");
        assert_eq!(block.push(" ").len(), LONGEST_HELD_BYTES + 1);
        assert!(block.buffer.is_empty());
    }

    #[test]
    fn blocks_that_do_not_end_are_not_lost() {
        let mut stripper = Stripper { transform: None, blocks: BTreeMap::new() };
        stripper.push(TextStart::new("1").into());
        let before = stripper.push(TextDelta::new("1", "1``").into());
        let parts = stripper.push(Finish::default().into());
        assert_eq!((text_of(before), text_of(parts)), ("1".to_owned(), "``".to_owned()));
    }

    proptest! {
        #[test]
        fn streams_say_the_same_as_whole_answers_wherever_they_are_cut(
            pieces in prop::collection::vec(
                prop::sample::select(vec!["`", "``", "```", "json", "js", "on", "5", "\n", " ", "{", "é", "\u{a0}", "x"]),
                0..16,
            ),
            cuts in prop::collection::vec(any::<bool>(), 64),
        ) {
            let text = pieces.concat();
            let mut cut = vec![String::new()];
            for (character, is_cut) in text.chars().zip(cuts.iter().cycle()) {
                if *is_cut {
                    cut.push(String::new());
                }
                if let Some(last) = cut.last_mut() {
                    last.push(character);
                }
            }
            prop_assert_eq!(streamed(cut.iter().map(String::as_str)), strip(&text), "{:?}", cut);
        }
    }
}
