//! What a call used.

use serde::{Deserialize, Serialize};

use crate::json::{JsonObject, lenient_count, nullish};

/// The tokens of one call. What the provider did not say is `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the prompt.
    #[serde(default, deserialize_with = "nullish")]
    pub input_tokens: InputTokens,
    /// Tokens of the answer.
    #[serde(default, deserialize_with = "nullish")]
    pub output_tokens: OutputTokens,
    /// The provider's own account, verbatim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<JsonObject>,
}

macro_rules! counts {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[serde(default, deserialize_with = "lenient_count", skip_serializing_if = "Option::is_none")]
                pub $field: Option<u64>,
            )*
        }

        impl std::ops::AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                $(self.$field = sum(self.$field, other.$field);)*
            }
        }
    };
}

counts! {
    /// Tokens of the prompt.
    InputTokens {
        /// All of them.
        total,
        /// Those that came from no cache.
        no_cache,
        /// Those read from a cache.
        cache_read,
        /// Those written to a cache.
        cache_write,
    }
}
counts! {
    /// Tokens of the answer.
    OutputTokens {
        /// All of them.
        total,
        /// Those of the text.
        text,
        /// Those of the reasoning.
        reasoning,
    }
}

impl Usage {
    /// Creates an account of these counts.
    pub fn new(
        input_tokens: InputTokens,
        output_tokens: OutputTokens,
        raw: Option<JsonObject>,
    ) -> Self {
        Self { input_tokens, output_tokens, raw }
    }

    /// Input and output tokens together, if either is known.
    pub fn total_tokens(&self) -> Option<u64> {
        sum(self.input_tokens.total, self.output_tokens.total)
    }
}

impl std::ops::AddAssign<&Self> for Usage {
    /// Adds the counts. Raw accounts cannot be added: they are dropped, unless only one of the two says anything at all.
    fn add_assign(&mut self, other: &Self) {
        let nothing = Self::default();
        self.raw = match (*self == nothing, *other == nothing) {
            (true, _) => other.raw.clone(),
            (_, true) => self.raw.take(),
            _ => None,
        };
        self.input_tokens += other.input_tokens;
        self.output_tokens += other.output_tokens;
    }
}

fn sum(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or(0).saturating_add(b.unwrap_or(0))),
    }
}
