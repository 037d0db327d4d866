//! A stream of chunks, watched on its way: its message gets an id, and who keeps messages is told.

use aqueduct_spec::BoxStream;
use futures_util::StreamExt as _;

use super::assemble::Assembler;
use super::options::{Keeping, UiMessageEnd, UiStepEnd};
use super::{ErrorChunk, StartChunk, UiMessage, UiMessageChunk};

/// What watches a stream.
pub(super) struct Tracker {
    chunks: BoxStream<'static, UiMessageChunk>,
    keeping: Keeping,
    message_id: Option<String>,
    /// The message so far, if anybody wants to know it.
    assembler: Option<Assembler>,
    has_begun: bool,
    is_aborted: bool,
    is_broken: bool,
}

impl Tracker {
    pub(super) fn new(
        chunks: BoxStream<'static, UiMessageChunk>,
        keeping: Keeping,
        message_id: Option<String>,
    ) -> Self {
        let is_kept = keeping.on_step_end.is_set() || keeping.on_end.is_set();
        let assembler = is_kept.then(|| match keeping.continued() {
            Some(message) => Assembler::of(message.clone()),
            None => Assembler::new(message_id.clone().unwrap_or_default()),
        });
        Self {
            chunks,
            keeping,
            message_id,
            assembler,
            has_begun: false,
            is_aborted: false,
            is_broken: false,
        }
    }

    pub(super) async fn next(mut self) -> Option<(UiMessageChunk, Self)> {
        let next = if self.is_broken { None } else { self.chunks.next().await };
        let Some(mut chunk) = next else {
            self.end().await;
            return None;
        };
        match &mut chunk {
            UiMessageChunk::Start(start) => self.begin(start),
            UiMessageChunk::Abort(_) => self.is_aborted = true,
            _ => {}
        }
        if let Some(assembler) = &mut self.assembler
            && let Err(error) = assembler.apply(&chunk)
        {
            // Readers could not make a message of it either.
            self.is_broken = true;
            chunk = ErrorChunk::new((self.keeping.error_text)(&error)).into();
        }
        if matches!(chunk, UiMessageChunk::FinishStep(_)) {
            self.end_step().await;
        }
        Some((chunk, self))
    }

    /// A message that begins more than once, because others were merged into it, keeps its first id.
    fn begin(&mut self, start: &mut StartChunk) {
        match &start.message_id {
            Some(_) if !self.has_begun => self.message_id.clone_from(&start.message_id),
            _ => start.message_id.clone_from(&self.message_id),
        }
        self.has_begun = true;
    }

    async fn end_step(&mut self) {
        let Self { assembler: Some(assembler), keeping, .. } = self else { return };
        let message = assembler.message();
        let event = || {
            let (is_continuation, messages) = conversation(keeping, message);
            UiStepEnd { messages, is_continuation, response_message: message.clone() }
        };
        keeping.on_step_end.call(event).await;
    }

    async fn end(&mut self) {
        let Self { assembler: Some(assembler), keeping, is_aborted, .. } = self else { return };
        let finish_reason = assembler.finish_reason();
        let message = assembler.message();
        let event = || {
            let (is_continuation, messages) = conversation(keeping, message);
            UiMessageEnd {
                messages,
                is_continuation,
                is_aborted: *is_aborted,
                response_message: message.clone(),
                finish_reason,
            }
        };
        keeping.on_end.call(event).await;
    }
}

/// Whether the message goes on with the last one, and the conversation with it at its end.
fn conversation(keeping: &Keeping, message: &UiMessage) -> (bool, Vec<UiMessage>) {
    let continued = keeping.continued().is_some_and(|last| last.id == message.id);
    let mut messages = keeping.original_messages.clone();
    if continued {
        messages.pop();
    }
    messages.push(message.clone());
    (continued, messages)
}
