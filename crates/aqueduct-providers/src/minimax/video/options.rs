//! What callers may say in `providerOptions.minimax` of a video.

use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

/// Options of a video.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MiniMaxVideoOptions {
    /// The resolution: `2K`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// Width to height; wins over the common setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<Ratio>,
    /// Sounds to follow, by their URLs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_audio_urls: Option<Vec<String>>,
    /// Whether the video bears a mark that says what made it. Default: no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aigc_watermark: Option<bool>,
    /// Milliseconds between two questions after the job. Default: 10,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_interval_ms: Option<NonZeroU64>,
    /// Milliseconds to wait for the job in all. Default: 600,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_timeout_ms: Option<NonZeroU64>,
}

/// A resolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Resolution {
    /// Around 2000 pixels wide.
    #[serde(rename = "2K")]
    TwoK,
}

/// Declares the ratios.
macro_rules! ratios {
    ($( $(#[$meta:meta])* $name:ident = $text:literal, )+) => {
        /// Width to height.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Ratio { $( $(#[$meta])* #[serde(rename = $text)] $name, )+ }

        impl Ratio {
            /// The word in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$name => $text, )+ }
            }

            /// Reads the word.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $( $text => Some(Self::$name), )+ _ => None }
            }
        }
    };
}

ratios! {
    /// As the pictures have it.
    Adaptive = "adaptive",
    /// Very wide.
    W21H9 = "21:9",
    /// Wide.
    W16H9 = "16:9",
    /// As old films.
    W4H3 = "4:3",
    /// A square.
    W1H1 = "1:1",
    /// As old films, upright.
    W3H4 = "3:4",
    /// Tall.
    W9H16 = "9:16",
}
