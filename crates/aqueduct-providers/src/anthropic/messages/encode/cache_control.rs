//! Where the cached parts of a prompt end.

use aqueduct_spec::{ProviderOptions, Warning};
use serde_json::Value;

/// The most marks in one request.
///
/// Source: <https://platform.claude.com/docs/en/build-with-claude/prompt-caching> (2026-11).
const MAX_BREAKPOINTS: usize = 4;

/// Counts the marks of one request, and tells which cannot be set.
#[derive(Debug, Default)]
pub(super) struct CacheControls {
    breakpoints: usize,
    pub(super) warnings: Vec<Warning>,
}

impl CacheControls {
    /// Returns the mark of a part, as far as the request has room for it.
    pub(super) fn take(&mut self, options: Option<&ProviderOptions>) -> Option<Value> {
        let value = mark(options)?;
        self.breakpoints += 1;
        if self.breakpoints > MAX_BREAKPOINTS {
            self.warnings.push(Warning::unsupported_because(
                "cacheControl breakpoint limit",
                format!(
                    "Maximum {MAX_BREAKPOINTS} cache breakpoints exceeded (found {}). This breakpoint will be ignored.",
                    self.breakpoints
                ),
            ));
            return None;
        }
        Some(value.clone())
    }

    /// Warns of a mark on something that takes none.
    pub(super) fn refuse(&mut self, options: Option<&ProviderOptions>, place: &str) {
        if mark(options).is_some() {
            self.warnings.push(Warning::unsupported_because(
                "cache_control on non-cacheable context",
                format!("cache_control cannot be set on {place}. It will be ignored."),
            ));
        }
    }
}

/// The mark, under either of its names.
fn mark(options: Option<&ProviderOptions>) -> Option<&Value> {
    let options = options?.get("anthropic")?;
    ["cacheControl", "cache_control"]
        .into_iter()
        .filter_map(|name| options.get(name))
        .find(|value| !value.is_null())
        .filter(|value| !matches!(value, Value::Bool(false)))
}
