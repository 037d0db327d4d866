//! When a loop of steps ends.

use std::sync::Arc;

use super::Step;

/// A rule that looks at the steps so far and says whether they were enough.
pub(crate) type StopCondition = Arc<dyn Fn(&[Step]) -> bool + Send + Sync>;

/// Stops after `count` steps.
pub fn step_count_is(count: usize) -> impl Fn(&[Step]) -> bool + Send + Sync + 'static {
    move |steps| steps.len() >= count
}

/// Stops after a step in which the model called this tool.
pub fn has_tool_call(name: impl Into<String>) -> impl Fn(&[Step]) -> bool + Send + Sync + 'static {
    let name = name.into();
    move |steps| {
        steps.last().is_some_and(|step| step.tool_calls().any(|call| call.tool_name == name))
    }
}
