//! When a loop of steps ends.

use std::sync::Arc;

use super::Step;

/// A rule that looks at the steps so far and says whether they were enough.
pub(crate) type StopCondition = Arc<dyn Fn(&[Arc<Step>]) -> bool + Send + Sync>;

/// Stops after `count` steps.
pub fn step_count_is(count: usize) -> impl Fn(&[Arc<Step>]) -> bool + Send + Sync + 'static {
    move |steps| steps.len() >= count
}

/// Stops only when there is nothing left to do: the model calls no tools, or one that has no function or wants leave. Mind that
/// a model may never come to that point.
pub fn loop_finished() -> impl Fn(&[Arc<Step>]) -> bool + Send + Sync + 'static {
    |_| false
}

/// Stops after a step in which the model called this tool.
pub fn has_tool_call(
    name: impl Into<String>,
) -> impl Fn(&[Arc<Step>]) -> bool + Send + Sync + 'static {
    let name = name.into();
    move |steps| {
        steps.last().is_some_and(|step| step.tool_calls().any(|call| call.tool_name == name))
    }
}
