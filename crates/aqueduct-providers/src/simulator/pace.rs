//! When an answer comes, and how far.

use std::collections::VecDeque;
use std::time::Duration;

use aqueduct_spec::language::StreamPart;
use aqueduct_spec::{Error, Result};
use futures_core::Stream;
use futures_util::stream;
use tokio::time::sleep;

use super::failure;
use super::script::Script;

/// The speed of an answer and the chunk at which it ends too early.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    first_chunk_delay: Duration,
    chunk_delay: Duration,
    end: Option<(usize, End)>,
}

#[derive(Debug, Clone, Copy)]
enum End {
    Cut,
    Stall,
}

impl Pace {
    pub(super) fn of(script: &Script) -> Self {
        let cut = script.fail_after_chunks.map(|chunks| (chunks, End::Cut));
        let stall = script.stall_after_chunks.map(|chunks| (chunks, End::Stall));
        let milliseconds = |value: Option<u64>| Duration::from_millis(value.unwrap_or_default());
        Self {
            first_chunk_delay: milliseconds(script.first_chunk_delay_ms),
            chunk_delay: milliseconds(script.chunk_delay_ms),
            end: cut.into_iter().chain(stall).min_by_key(|(chunks, _)| *chunks),
        }
    }

    /// Plays the parts. Nothing runs unless it is polled.
    pub(super) fn play(
        self,
        parts: Vec<StreamPart>,
        locate: impl Fn(Error) -> Error + Send + 'static,
    ) -> impl Stream<Item = Result<StreamPart>> + Send + 'static {
        let state = (VecDeque::from(parts), 0_usize, locate);
        stream::unfold(state, move |(mut parts, mut chunks, locate)| async move {
            let part = parts.pop_front()?;
            if let Some((limit, end)) = self.end
                && chunks >= limit
                && is_answer(&part)
            {
                match end {
                    End::Cut => {
                        let error = locate(failure::cut());
                        return Some((Err(error), (VecDeque::new(), chunks, locate)));
                    }
                    End::Stall => std::future::pending::<()>().await,
                }
            }
            if is_chunk(&part) {
                pause(if chunks == 0 { self.first_chunk_delay } else { self.chunk_delay }).await;
                chunks += 1;
            }
            Some((Ok(part), (parts, chunks, locate)))
        })
    }
}

impl Pace {
    /// Waits before a chunk, counted from 0, of an answer that arises as it goes on.
    ///
    /// # Errors
    /// If the answer breaks here. If it stalls here, nothing is ever ready.
    pub(super) async fn before_chunk(self, number: usize) -> Result<()> {
        match self.end {
            Some((limit, End::Cut)) if number >= limit => return Err(failure::cut()),
            Some((limit, End::Stall)) if number >= limit => std::future::pending().await,
            _ => {}
        }
        pause(if number == 0 { self.first_chunk_delay } else { self.chunk_delay }).await;
        Ok(())
    }
}

/// Waits; a wait of nothing does not even yield, so that tests without delays need no clock.
pub(super) async fn pause(duration: Duration) {
    if !duration.is_zero() {
        sleep(duration).await;
    }
}

fn is_answer(part: &StreamPart) -> bool {
    !matches!(
        part,
        StreamPart::StreamStart(_)
            | StreamPart::ResponseMetadata(_)
            | StreamPart::TextStart(_)
            | StreamPart::ReasoningStart(_)
            | StreamPart::ToolInputStart(_)
    )
}

fn is_chunk(part: &StreamPart) -> bool {
    matches!(
        part,
        StreamPart::TextDelta(_) | StreamPart::ReasoningDelta(_) | StreamPart::ToolInputDelta(_)
    )
}
