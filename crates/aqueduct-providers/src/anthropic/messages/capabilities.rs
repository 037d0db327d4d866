//! What is known of a model by its name.

/// What a model takes, as far as its name tells.
///
/// Source: <https://platform.claude.com/docs/en/about-claude/models/overview> (2026-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// The most tokens that it writes, thinking included.
    pub max_output_tokens: u64,
    /// Whether it can be held to a JSON schema.
    pub structured_output: bool,
    /// Whether it decides by itself how much to think.
    pub adaptive_thinking: bool,
    /// Whether it refuses `temperature`, `top_p` and `top_k`.
    pub rejects_sampling: bool,
    /// Whether it knows the effort `xhigh`.
    pub xhigh_effort: bool,
    /// Whether it refuses to try harder than `high` without thinking.
    pub rejects_effort_without_thinking: bool,
    /// Whether the model is on the list. The limits of others are guesses.
    pub is_known: bool,
}

/// The models on the list; the first whose name is in the id counts.
const KNOWN: &[(&[&str], Capabilities)] = &[
    (&["claude-opus-5"], Capabilities { is_known: true, ..NEWEST }),
    (
        &["claude-opus-4-8", "claude-opus-4-7", "claude-fable-5", "claude-sonnet-5"],
        Capabilities { is_known: true, rejects_effort_without_thinking: false, ..NEWEST },
    ),
    (
        &["claude-sonnet-4-6", "claude-opus-4-6"],
        Capabilities {
            max_output_tokens: 128_000,
            structured_output: true,
            adaptive_thinking: true,
            is_known: true,
            ..OTHER
        },
    ),
    (&["claude-sonnet-4-5", "claude-opus-4-5", "claude-haiku-4-5"], structured(64_000)),
    (&["claude-opus-4-1"], structured(32_000)),
    (&["claude-sonnet-4-"], plain(64_000)),
    (&["claude-opus-4-"], plain(32_000)),
    (&["claude-3-haiku"], plain(4096)),
];

/// A model newer than the list.
const NEWEST: Capabilities = Capabilities {
    max_output_tokens: 128_000,
    structured_output: true,
    adaptive_thinking: true,
    rejects_sampling: true,
    xhigh_effort: true,
    rejects_effort_without_thinking: true,
    is_known: false,
};

/// A model of another vendor, or one older than the list.
const OTHER: Capabilities = Capabilities {
    max_output_tokens: 4096,
    structured_output: false,
    adaptive_thinking: false,
    rejects_sampling: false,
    xhigh_effort: false,
    rejects_effort_without_thinking: false,
    is_known: false,
};

const fn plain(max_output_tokens: u64) -> Capabilities {
    Capabilities { max_output_tokens, is_known: true, ..OTHER }
}

const fn structured(max_output_tokens: u64) -> Capabilities {
    Capabilities { structured_output: true, ..plain(max_output_tokens) }
}

impl Capabilities {
    /// Looks a model up. Ids may carry a host's prefix, as in `us.anthropic.claude-sonnet-4-5`.
    pub fn of(model_id: &str) -> Self {
        let listed =
            KNOWN.iter().find(|(names, _)| names.iter().any(|name| model_id.contains(name)));
        match listed {
            Some((_, capabilities)) => *capabilities,
            None if !model_id.contains("claude-") || is_legacy(model_id) => OTHER,
            None => NEWEST,
        }
    }
}

/// Whether the id is of the families `claude-instant`, `claude-2` or `claude-3`.
fn is_legacy(model_id: &str) -> bool {
    model_id.match_indices("claude-").any(|(at, prefix)| {
        let rest = model_id.get(at + prefix.len()..).unwrap_or_default();
        let ends = |rest: &str, marks: &[char]| rest.is_empty() || rest.starts_with(marks);
        let version = rest.strip_prefix('v').unwrap_or(rest);
        rest.strip_prefix("instant").is_some_and(|rest| ends(rest, &['-']))
            || version.strip_prefix('2').is_some_and(|rest| ends(rest, &['-', '.', ':']))
            || rest.strip_prefix('3').is_some_and(|rest| ends(rest, &['-', '.']))
    })
}
