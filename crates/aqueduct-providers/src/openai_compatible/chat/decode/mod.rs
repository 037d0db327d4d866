//! Answers, whole or in chunks: pure but for ids, which come from the context.

mod generate;
mod metadata;
mod stream;
mod whole;

use aqueduct_spec::Timestamp;
use aqueduct_spec::language::{FinishReason, Usage};

use super::wire;
use crate::openai_compatible::Dialect;
use crate::openai_compatible::config::ConvertUsage;

pub(crate) use generate::{content, generate, thought_first};
pub(crate) use metadata::predictions;
pub(crate) use stream::{StreamDecoder, StreamInput};
pub(crate) use whole::whole;

/// The account of a call; without one nothing is known.
fn usage(
    usage: Option<&wire::Usage>,
    dialect: &dyn Dialect,
    convert: Option<&ConvertUsage>,
) -> Usage {
    match (usage, convert) {
        (None, _) => Usage::default(),
        (Some(usage), Some(convert)) => convert.0(usage),
        (Some(usage), None) => dialect.usage(usage),
    }
}

fn finish_reason(raw: &str, dialect: &dyn Dialect) -> FinishReason {
    FinishReason::new(dialect.finish_reason(raw), Some(raw.to_owned()))
}

/// The time of an answer, told in seconds, mostly whole ones.
#[expect(clippy::cast_possible_truncation, reason = "a float beyond the range becomes its end")]
pub(crate) fn timestamp(created: Option<f64>) -> Option<Timestamp> {
    created.and_then(|seconds| Timestamp::from_millisecond((seconds * 1000.0) as i64))
}
