//! Thoughts that a model writes between tags in its text, made reasoning.

use std::collections::BTreeMap;

use aqueduct_spec::language::{
    Content, GenerateResult, Reasoning, ReasoningDelta, ReasoningEnd, ReasoningStart, StreamPart,
    StreamResult, TextDelta,
};
use aqueduct_spec::{BoxFuture, Context, Generate, Model, Result, Stream};
use futures_util::{StreamExt as _, stream};

use super::describe_as_inner;

/// How thoughts are told from text.
#[derive(Debug, Clone)]
struct Rule {
    opening: String,
    closing: String,
    separator: String,
    starts_with_reasoning: bool,
}

/// Takes what stands between `<think>` and `</think>`, or other tags, out of the text and hands it on as reasoning.
#[derive(Debug, Clone)]
pub struct ExtractReasoning<M> {
    inner: M,
    rule: Rule,
}

impl<M> ExtractReasoning<M> {
    /// Wraps a model that writes its thoughts between tags of this name, as in `think`.
    pub fn new(inner: M, tag: &str) -> Self {
        let rule = Rule {
            opening: format!("<{tag}>"),
            closing: format!("</{tag}>"),
            separator: "\n".to_owned(),
            starts_with_reasoning: false,
        };
        Self { inner, rule }
    }

    /// Sets what stands between pieces that were not next to each other. Default: a line break.
    #[must_use]
    pub fn with_separator(mut self, separator: impl Into<String>) -> Self {
        self.rule.separator = separator.into();
        self
    }

    /// Takes the answer to begin with a thought, for models whose template writes the opening tag.
    #[must_use]
    pub fn start_with_reasoning(mut self) -> Self {
        self.rule.starts_with_reasoning = true;
        self
    }
}

describe_as_inner!(ExtractReasoning);

impl<M: Model<Generate>> Model<Generate> for ExtractReasoning<M> {
    fn call<'a>(
        &'a self,
        call: Generate,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateResult>> {
        Box::pin(async move {
            let mut result = self.inner.call(call, cx).await?;
            let content = std::mem::take(&mut result.content);
            result.content = content.into_iter().flat_map(|part| self.rule.split(part)).collect();
            Ok(result)
        })
    }
}

impl<M: Model<Stream>> Model<Stream> for ExtractReasoning<M> {
    fn call<'a>(&'a self, call: Stream, cx: &'a Context) -> BoxFuture<'a, Result<StreamResult>> {
        Box::pin(async move {
            let mut splitter = Splitter::new(self.rule.clone());
            let answer = self.inner.call(call, cx).await?;
            Ok(answer.map_stream(move |parts| {
                parts.flat_map(move |part| {
                    stream::iter(match part {
                        Ok(part) => splitter.push(part).into_iter().map(Ok).collect(),
                        Err(error) => vec![Err(error)],
                    })
                })
            }))
        })
    }
}

impl Rule {
    /// Splits a whole text. One whose tags do not close stays as it is.
    fn split(&self, part: Content) -> Vec<Content> {
        let Content::Text(mut part) = part else { return vec![part] };
        let (mut thoughts, mut texts) = (Vec::new(), Vec::new());
        let mut rest = part.text.as_str();
        let mut inside = self.starts_with_reasoning;
        loop {
            if !inside {
                let Some((before, after)) = rest.split_once(&self.opening) else { break };
                // Only if it closes is it a tag.
                if !after.contains(&self.closing) {
                    break;
                }
                texts.push(before);
                rest = after;
            }
            inside = false;
            let Some((thought, after)) = rest.split_once(&self.closing) else { break };
            thoughts.push(thought);
            rest = after;
        }
        if thoughts.is_empty() {
            return vec![part.into()];
        }
        texts.push(rest);
        texts.retain(|text| !text.is_empty());
        let reasoning = Reasoning::new(thoughts.join(&self.separator));
        part.text = texts.join(&self.separator);
        vec![reasoning.into(), part.into()]
    }
}

/// Splits the blocks of a stream.
struct Splitter {
    rule: Rule,
    blocks: BTreeMap<String, Block>,
    n_thoughts: usize,
}

/// A block of text.
#[derive(Default)]
struct Block {
    /// Held back until there is text: a thought that comes first shall come first.
    start: Option<StreamPart>,
    /// What may be the begin of a tag.
    buffer: String,
    inside: bool,
    /// The thought that is open.
    thought: Option<String>,
    had_thought: bool,
    had_text: bool,
    switched: bool,
}

impl Splitter {
    fn new(rule: Rule) -> Self {
        Self { rule, blocks: BTreeMap::new(), n_thoughts: 0 }
    }

    fn push(&mut self, part: StreamPart) -> Vec<StreamPart> {
        let mut out = Vec::new();
        match part {
            StreamPart::TextStart(start) => {
                let inside = self.rule.starts_with_reasoning;
                let id = start.id.clone();
                let block = Block { start: Some(start.into()), inside, ..Block::default() };
                self.blocks.insert(id, block);
            }
            StreamPart::TextDelta(delta) => match self.blocks.remove(&delta.id) {
                Some(mut block) => {
                    block.buffer.push_str(&delta.delta);
                    self.advance(&delta, &mut block, &mut out);
                    self.blocks.insert(delta.id, block);
                }
                None => out.push(delta.into()),
            },
            StreamPart::TextEnd(end) => {
                if let Some(mut block) = self.blocks.remove(&end.id) {
                    let rest = std::mem::take(&mut block.buffer);
                    self.publish(&TextDelta::new(end.id.as_str(), ""), &mut block, rest, &mut out);
                    out.extend(block.thought.take().map(|id| ReasoningEnd::new(id).into()));
                    out.extend(block.start.take());
                }
                out.push(end.into());
            }
            other => out.push(other),
        }
        out
    }

    fn advance(&mut self, delta: &TextDelta, block: &mut Block, out: &mut Vec<StreamPart>) {
        loop {
            let tag = if block.inside { &self.rule.closing } else { &self.rule.opening }.clone();
            if let Some((before, after)) = block.buffer.split_once(&tag) {
                let (before, after) = (before.to_owned(), after.to_owned());
                block.buffer = after;
                self.publish(delta, block, before, out);
                if block.inside {
                    let id = self.open(block, out);
                    block.thought = None;
                    out.push(ReasoningEnd::new(id).into());
                }
                block.inside = !block.inside;
                block.switched = true;
                continue;
            }
            let held = overlap(&block.buffer, &tag);
            let rest = block.buffer.split_off(block.buffer.len() - held);
            let text = std::mem::replace(&mut block.buffer, rest);
            self.publish(delta, block, text, out);
            return;
        }
    }

    /// Opens a thought unless one is open.
    fn open(&mut self, block: &mut Block, out: &mut Vec<StreamPart>) -> String {
        block.thought.clone().unwrap_or_else(|| {
            let id = format!("reasoning-{}", self.n_thoughts);
            self.n_thoughts += 1;
            out.push(ReasoningStart::new(id.as_str()).into());
            block.thought = Some(id.clone());
            id
        })
    }

    fn publish(
        &mut self,
        delta: &TextDelta,
        block: &mut Block,
        text: String,
        out: &mut Vec<StreamPart>,
    ) {
        if text.is_empty() {
            return;
        }
        let had = if block.inside { &mut block.had_thought } else { &mut block.had_text };
        let separates = std::mem::replace(had, true) && block.switched;
        block.switched = false;
        let text = if separates { format!("{}{text}", self.rule.separator) } else { text };
        if block.inside {
            let id = self.open(block, out);
            out.push(ReasoningDelta::new(id, text).into());
        } else {
            out.extend(block.start.take());
            let mut part = TextDelta::new(delta.id.as_str(), text);
            part.provider_metadata.clone_from(&delta.provider_metadata);
            out.push(part.into());
        }
    }
}

/// How many bytes at the end of `text` may be the begin of `tag`.
fn overlap(text: &str, tag: &str) -> usize {
    let starts = tag.char_indices().map(|(at, _)| at).filter(|at| *at > 0);
    let ends_so = |at: &usize| tag.get(..*at).is_some_and(|start| text.ends_with(start));
    starts.filter(ends_so).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use aqueduct_spec::language::{Text, TextEnd, TextStart};

    use super::*;

    fn rule(starts_with_reasoning: bool) -> Rule {
        let mut rule = ExtractReasoning::new((), "think").rule;
        rule.starts_with_reasoning = starts_with_reasoning;
        rule
    }

    /// Thoughts and text of a stream cut into pieces.
    fn streamed(rule: &Rule, pieces: &[&str]) -> (String, String) {
        let mut splitter = Splitter::new(rule.clone());
        let mut parts = splitter.push(TextStart::new("1").into());
        for piece in pieces {
            parts.extend(splitter.push(TextDelta::new("1", *piece).into()));
        }
        parts.extend(splitter.push(TextEnd::new("1").into()));
        let (mut thoughts, mut text) = (String::new(), String::new());
        let mut open = None;
        for part in parts {
            match part {
                StreamPart::ReasoningStart(part) => assert!(open.replace(part.id).is_none()),
                StreamPart::ReasoningDelta(part) => {
                    assert_eq!(open.as_ref(), Some(&part.id));
                    thoughts += &part.delta;
                }
                StreamPart::ReasoningEnd(part) => assert_eq!(open.take(), Some(part.id)),
                StreamPart::TextDelta(part) => text += &part.delta,
                _ => {}
            }
        }
        assert!(open.is_none());
        (thoughts, text)
    }

    fn whole(rule: &Rule, text: &str) -> (String, String) {
        let (mut thoughts, mut rest) = (String::new(), String::new());
        for part in rule.split(Text::new(text).into()) {
            match part {
                Content::Reasoning(part) => thoughts = part.text,
                Content::Text(part) => rest = part.text,
                other => panic!("{other:?}"),
            }
        }
        (thoughts, rest)
    }

    #[test]
    fn streams_say_the_same_as_whole_answers_wherever_they_are_cut() {
        let cases = [
            (false, "<think>hm</think>yes", "hm", "yes"),
            (false, "a<think>b</think>c<think>d</think>e", "b\nd", "a\nc\ne"),
            (false, "<think>ü<th</think>é</think>", "ü<th", "é</think>"),
            (false, "no tags < here", "", "no tags < here"),
            (true, "hm</think>yes", "hm", "yes"),
            (false, "<think></think>yes", "", "yes"),
        ];
        for (starts, text, thoughts, rest) in cases {
            let rule = rule(starts);
            let expected = (thoughts.to_owned(), rest.to_owned());
            assert_eq!(whole(&rule, text), expected, "{text}");
            let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            for a in &cuts {
                for b in cuts.iter().filter(|b| *b >= a) {
                    let pieces = [&text[..*a], &text[*a..*b], &text[*b..]];
                    assert_eq!(streamed(&rule, &pieces), expected, "{pieces:?}");
                }
            }
        }
    }

    #[test]
    fn what_does_not_close_is_not_lost() {
        assert_eq!(whole(&rule(false), "<think>hm").1, "<think>hm");
        assert_eq!(streamed(&rule(false), &["<think>hm", "</thi"]), ("hm</thi".into(), "".into()));
        assert_eq!(streamed(&rule(false), &["yes<thi"]), (String::new(), "yes<thi".into()));
    }
}
