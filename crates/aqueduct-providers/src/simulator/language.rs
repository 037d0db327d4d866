//! The language models.

use std::pin::pin;

use aqueduct_spec::language::{
    CallOptions, Finish, FinishReason, GenerateResult, InputTokens, OutputTokens, RawPart,
    ReasoningDelta, ReasoningEnd, ReasoningStart, RequestInfo, ResponseMetadata, StreamPart,
    StreamResult, StreamStart, TextDelta, TextEnd, TextStart, ToolCall, ToolInputDelta,
    ToolInputEnd, ToolInputStart, Usage,
};
use aqueduct_spec::{
    BoxFuture, Context, Describe, Generate, JsonObject, Model, ModelInfo, ProviderMetadata, Result,
    Stream,
};
use futures_util::StreamExt as _;
use serde_json::json;

use super::answer::{Answer, Block, Question};
use super::calls::{located, metadata};
use super::conversation::Conversation;
use super::digest::fnv1a;
use super::fold::Fold;
use super::pace::Pace;
use super::provider::Seat;
use super::script::Script;
use super::words;

/// How many characters of a tool's input make a chunk, unless the script says: JSON has few spaces to cut at.
const INPUT_CHUNK: usize = 8;

/// A language model of the simulator.
#[derive(Debug)]
pub(super) struct SimulatedLanguage {
    seat: Seat,
}

/// An answer that only has to be played.
struct Prepared {
    parts: Vec<StreamPart>,
    pace: Pace,
}

impl SimulatedLanguage {
    pub(super) fn new(seat: Seat) -> Self {
        Self { seat }
    }

    async fn prepare(&self, options: &CallOptions, cx: &Context) -> Result<Prepared> {
        let info = &self.seat.info;
        let locate = |error| located(error, info);
        let conversation = Conversation::read(&options.prompt).map_err(locate)?;
        let mut script = Script::read(
            &self.seat.calls.name,
            options.provider_options.as_ref(),
            &conversation.markers,
            conversation.step,
        )
        .map_err(locate)?;
        // Only failures that heal must know the call again, and prompts can be long.
        let is_counted = script.failure.as_ref().is_some_and(|failure| failure.times.is_some());
        let subject = match is_counted {
            true => serde_json::to_string(&options.prompt).unwrap_or_default(),
            false => String::new(),
        };
        script = self.seat.calls.begin(info, script, &subject).await?;
        let question = Question {
            model: &info.model_id,
            options,
            conversation: &conversation,
            script: &script,
        };
        let answer = question.answer().map_err(locate)?;
        let pace = Pace::of(&script);
        let frame = Frame { info, script: &script, cx, prompt_words: conversation.words };
        let raw = options.include_raw_chunks == Some(true);
        Ok(Prepared { parts: frame.parts(answer, raw), pace })
    }
}

impl Describe for SimulatedLanguage {
    fn info(&self) -> &ModelInfo {
        &self.seat.info
    }
}

impl Model<Generate> for SimulatedLanguage {
    fn call<'a>(
        &'a self,
        call: Generate,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateResult>> {
        Box::pin(async move {
            let Prepared { parts, pace } = self.prepare(&call, cx).await?;
            let info = self.seat.info.clone();
            let mut stream = pin!(pace.play(parts, move |error| located(error, &info)));
            let mut fold = Fold::default();
            while let Some(part) = stream.next().await {
                fold.add(part?).map_err(|error| located(error, &self.seat.info))?;
            }
            let mut result = fold.finish();
            result.request = request_info(&call, cx);
            Ok(result)
        })
    }
}

impl Model<Stream> for SimulatedLanguage {
    fn call<'a>(&'a self, call: Stream, cx: &'a Context) -> BoxFuture<'a, Result<StreamResult>> {
        Box::pin(async move {
            let Prepared { parts, pace } = self.prepare(&call, cx).await?;
            let info = self.seat.info.clone();
            let mut result =
                StreamResult::new(pace.play(parts, move |error| located(error, &info)));
            result.request = request_info(&call, cx);
            Ok(result)
        })
    }
}

/// The simulator sends nothing; what it would send is the call itself.
fn request_info(options: &CallOptions, cx: &Context) -> Option<RequestInfo> {
    cx.include.request_body.then(|| RequestInfo::new(serde_json::to_value(options).ok()))
}

/// What stands around the blocks of an answer.
struct Frame<'a> {
    info: &'a ModelInfo,
    script: &'a Script,
    cx: &'a Context,
    prompt_words: u64,
}

impl Frame<'_> {
    fn parts(&self, answer: Answer, raw: bool) -> Vec<StreamPart> {
        let usage = self.script.usage.clone().unwrap_or_else(|| self.usage(&answer.blocks));
        let mut finish = Finish::default();
        finish.finish_reason =
            FinishReason::new(answer.finish, Some(answer.finish.as_str().to_owned()));
        finish.usage = usage;
        finish.provider_metadata = Some(metadata(self.info, self.script));

        let mut start = ResponseMetadata::default();
        start.id = Some(format!("simulator-{}", self.cx.generate_id()));
        start.timestamp = Some(self.cx.now());
        start.model_id = Some(self.info.model_id.clone());

        let content = match &self.script.parts {
            Some(parts) => parts.clone(),
            None => self.blocks(answer.blocks),
        };
        let has_metadata =
            content.iter().any(|part| matches!(part, StreamPart::ResponseMetadata(_)));
        let has_finish = content.iter().any(|part| matches!(part, StreamPart::Finish(_)));
        let mut parts = Vec::with_capacity(content.len() + 3);
        let mut content = content.into_iter().peekable();
        parts.push(match content.next_if(|part| matches!(part, StreamPart::StreamStart(_))) {
            Some(start) => start,
            None => StreamStart::new(answer.warnings).into(),
        });
        if !has_metadata {
            parts.push(start.into());
        }
        for part in content {
            if raw && let Some(delta) = delta_of(&part) {
                parts.push(RawPart::new(json!({ "delta": delta })).into());
            }
            parts.push(part);
        }
        if !has_finish {
            parts.push(finish.into());
        }
        parts
    }

    fn usage(&self, blocks: &[Block]) -> Usage {
        let words_where = |wanted: fn(&Block) -> bool| -> u64 {
            blocks.iter().filter(|block| wanted(block)).map(Block::words).sum()
        };
        let reasoning = words_where(|block| matches!(block, Block::Reasoning(_)));
        let text = words_where(|block| !matches!(block, Block::Reasoning(_)));
        let mut input = InputTokens::default();
        input.total = Some(self.prompt_words);
        input.no_cache = Some(self.prompt_words);
        let mut output = OutputTokens::default();
        output.total = Some(text + reasoning);
        output.text = Some(text);
        output.reasoning = Some(reasoning);
        let raw = JsonObject::from_iter([
            ("input_words".to_owned(), self.prompt_words.into()),
            ("output_words".to_owned(), (text + reasoning).into()),
        ]);
        Usage::new(input, output, Some(raw))
    }

    fn blocks(&self, blocks: Vec<Block>) -> Vec<StreamPart> {
        let mut parts = Vec::new();
        for (at, block) in blocks.into_iter().enumerate() {
            let id = at.to_string();
            match block {
                Block::Reasoning(text) => {
                    parts.push(ReasoningStart::new(id.clone()).into());
                    let deltas = words::chunks(&text, self.script.chunk_size);
                    parts.extend(
                        deltas
                            .into_iter()
                            .map(|delta| ReasoningDelta::new(id.clone(), delta).into()),
                    );
                    let mut end = ReasoningEnd::new(id);
                    end.provider_metadata = Some(signature(&text));
                    parts.push(end.into());
                }
                Block::Text(text) => {
                    parts.push(TextStart::new(id.clone()).into());
                    let deltas = words::chunks(&text, self.script.chunk_size);
                    parts.extend(
                        deltas.into_iter().map(|delta| TextDelta::new(id.clone(), delta).into()),
                    );
                    parts.push(TextEnd::new(id).into());
                }
                Block::Call { id, tool, input } => {
                    parts.push(ToolInputStart::new(id.clone(), tool.clone()).into());
                    let size = self.script.chunk_size.unwrap_or(INPUT_CHUNK);
                    let deltas = words::chunks(&input, Some(size));
                    parts.extend(
                        deltas
                            .into_iter()
                            .map(|delta| ToolInputDelta::new(id.clone(), delta).into()),
                    );
                    parts.push(ToolInputEnd::new(id.clone()).into());
                    parts.push(ToolCall::new(id, tool, input).into());
                }
            }
        }
        parts
    }
}

/// Signs a thought, as providers do that want it back unchanged.
fn signature(thought: &str) -> ProviderMetadata {
    let signature = format!("{:016x}", fnv1a(thought.as_bytes()));
    ProviderMetadata::of(
        "simulator",
        JsonObject::from_iter([("signature".to_owned(), signature.into())]),
    )
}

fn delta_of(part: &StreamPart) -> Option<&str> {
    match part {
        StreamPart::TextDelta(part) => Some(&part.delta),
        StreamPart::ReasoningDelta(part) => Some(&part.delta),
        StreamPart::ToolInputDelta(part) => Some(&part.delta),
        _ => None,
    }
}
