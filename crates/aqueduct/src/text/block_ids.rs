//! Ids of blocks that are unique in a whole stream: many providers count anew in every answer.

use std::collections::BTreeSet;

use aqueduct_spec::Context;

/// The ids that were used.
#[derive(Default)]
pub(super) struct BlockIds {
    used: BTreeSet<(bool, String)>,
}

impl BlockIds {
    /// Returns the id if it is new among its kind, else another one.
    pub(super) fn reserve(&mut self, is_reasoning: bool, id: &str, cx: &Context) -> String {
        if self.used.insert((is_reasoning, id.to_owned())) {
            return id.to_owned();
        }
        let generated = cx.generate_id();
        let mut unique = generated.clone();
        let mut suffix = 0_usize;
        while !self.used.insert((is_reasoning, unique.clone())) {
            suffix += 1;
            unique = format!("{generated}-{suffix}");
        }
        unique
    }
}
