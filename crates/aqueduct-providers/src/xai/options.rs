//! Options that both language wires have.

use serde::Deserialize;

/// Declares an option that is one of some words.
macro_rules! words {
    ($( $(#[$meta:meta])* $name:ident { $( $variant:ident = $word:literal, )+ } )+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
        pub(super) enum $name {
            $( #[serde(rename = $word)] $variant, )+
        }

        impl $name {
            /// The word.
            pub(super) fn as_str(self) -> &'static str {
                match self {
                    $( Self::$variant => $word, )+
                }
            }
        }
    )+ };
}

words! {
    /// How much to think.
    ///
    /// Source: <https://docs.x.ai/docs/guides/reasoning> (2026-11).
    Effort { None = "none", Low = "low", Medium = "medium", High = "high", Xhigh = "xhigh", }
    /// Whether and how to tell of the thoughts.
    ReasoningSummary { Auto = "auto", Concise = "concise", Detailed = "detailed", }
    /// How urgent the call is.
    ServiceTier { Default = "default", Priority = "priority", }
    /// How closely to look at an image. The host ignores any other word in silence.
    ImageDetail { Low = "low", High = "high", Auto = "auto", }
}

/// Options of a file in a prompt.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileOptions {
    pub(super) image_detail: Option<ImageDetail>,
}
