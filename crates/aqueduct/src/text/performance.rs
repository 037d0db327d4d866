//! How long a step took, and how fast the model wrote.

use std::collections::BTreeMap;
use std::time::Duration;

use aqueduct_spec::language::{StreamPart, Usage};
use tokio::time::Instant;

/// How long a step took, and how fast the model wrote. Rates are tokens per second, 0 if the tokens are not known.
///
/// Source: <https://ai-sdk.dev/docs/reference/ai-sdk-core/generate-text> (`StepResultPerformance`, 2026-08).
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Performance {
    /// The whole step, tools included.
    pub step_time: Duration,
    /// The answer of the model, from the last attempt's start to its last part.
    pub response_time: Duration,
    /// The executions of tools, by the ids of their calls.
    pub tool_execution: BTreeMap<String, Duration>,
    /// From the start of the call to the first content. Only of streams.
    pub time_to_first_output: Option<Duration>,
    /// Between pieces of content. Only of streams with two or more.
    pub time_between_output_chunks: Option<ChunkTimes>,
    /// Output tokens over the response time.
    pub effective_output_tokens_per_second: f64,
    /// Output tokens over the time after the first content. Only of streams.
    pub output_tokens_per_second: Option<f64>,
    /// Input tokens over the time before the first content. Only of streams.
    pub input_tokens_per_second: Option<f64>,
    /// All tokens over the response time.
    pub effective_total_tokens_per_second: f64,
}

/// The spread of the times between pieces of content; percentiles are of the nearest rank.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChunkTimes {
    /// The shortest.
    pub min: Duration,
    /// The 10th percentile.
    pub p10: Duration,
    /// The 50th percentile.
    pub median: Duration,
    /// The mean.
    pub avg: Duration,
    /// The 90th percentile.
    pub p90: Duration,
    /// The longest.
    pub max: Duration,
}

/// Takes the times of one call of the model.
pub(super) struct Stopwatch {
    is_stream: bool,
    start: Instant,
    first: Option<Instant>,
    last: Option<Instant>,
    gaps: Vec<Duration>,
    end: Option<Instant>,
}

/// More gaps than this are no longer counted one by one: the memory of an answer stays bounded.
const MAX_GAPS: usize = 100_000;

impl Stopwatch {
    /// Starts at the beginning of the call. Of a whole answer only the time as such is known.
    pub(super) fn new(start: Instant, is_stream: bool) -> Self {
        Self { is_stream, start, first: None, last: None, gaps: Vec::new(), end: None }
    }

    /// Notes that a part has come.
    pub(super) fn see(&mut self, part: &StreamPart) {
        if matches!(part, StreamPart::Finish(_)) {
            self.end = Some(Instant::now());
        }
        if !self.is_stream || !is_output(part) {
            return;
        }
        let now = Instant::now();
        self.first.get_or_insert(now);
        if let Some(last) = self.last.replace(now)
            && self.gaps.len() < MAX_GAPS
        {
            self.gaps.push(now - last);
        }
    }

    /// The times, and the rates of what was used in them.
    pub(super) fn read(self, usage: &Usage) -> Performance {
        let response_time = self.end.unwrap_or_else(Instant::now) - self.start;
        let first = self.first.map(|first| first - self.start);
        let (input, output) = (usage.input_tokens.total, usage.output_tokens.total);
        Performance {
            response_time,
            time_to_first_output: first,
            time_between_output_chunks: ChunkTimes::of(self.gaps),
            effective_output_tokens_per_second: rate(output, response_time),
            output_tokens_per_second: first
                .map(|first| rate(output, response_time.saturating_sub(first))),
            input_tokens_per_second: first.map(|first| rate(input, first)),
            effective_total_tokens_per_second: rate(usage.total_tokens(), response_time),
            ..Performance::default()
        }
    }
}

/// Whether the part carries something that the model made.
pub(super) fn is_output(part: &StreamPart) -> bool {
    match part {
        StreamPart::TextDelta(part) => !part.delta.is_empty(),
        StreamPart::ReasoningDelta(part) => !part.delta.is_empty(),
        StreamPart::ToolInputDelta(part) => !part.delta.is_empty(),
        StreamPart::File(_) | StreamPart::ReasoningFile(_) | StreamPart::ToolCall(_) => true,
        _ => false,
    }
}

fn rate(tokens: Option<u64>, time: Duration) -> f64 {
    let seconds = time.as_secs_f64();
    match tokens {
        Some(tokens) if seconds > 0.0 => tokens as f64 / seconds,
        _ => 0.0,
    }
}

impl ChunkTimes {
    fn of(mut gaps: Vec<Duration>) -> Option<Self> {
        gaps.sort_unstable();
        let count = u32::try_from(gaps.len()).ok()?;
        // The nearest rank: the smallest value that at least so many percent do not exceed.
        let rank = |percent: usize| {
            let rank = (gaps.len() * percent).div_ceil(100).saturating_sub(1);
            gaps.get(rank).copied()
        };
        Some(Self {
            min: *gaps.first()?,
            p10: rank(10)?,
            median: rank(50)?,
            avg: gaps.iter().sum::<Duration>().checked_div(count)?,
            p90: rank(90)?,
            max: *gaps.last()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let gaps: Vec<_> = (1..=10).rev().map(Duration::from_millis).collect();
        let times = ChunkTimes::of(gaps).unwrap();
        let ms = |time: Duration| time.as_micros();
        assert_eq!((ms(times.min), ms(times.p10), ms(times.median)), (1000, 1000, 5000));
        assert_eq!((ms(times.avg), ms(times.p90), ms(times.max)), (5500, 9000, 10_000));
        assert_eq!(ChunkTimes::of(Vec::new()), None);
    }

    #[test]
    fn a_rate_is_never_infinite() {
        assert_eq!(rate(Some(5), Duration::ZERO), 0.0);
        assert_eq!(rate(None, Duration::from_secs(1)), 0.0);
        assert_eq!(rate(Some(5), Duration::from_millis(500)), 10.0);
    }
}
