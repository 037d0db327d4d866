//! Options of a call under `xai`.

use aqueduct_spec::JsonObject;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// The most pictures to follow.
const MAX_REFERENCES: usize = 7;

/// The most voices to follow.
const MAX_VOICES: usize = 3;

/// Options of a call.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VideoOptions {
    pub(super) mode: Option<Mode>,
    /// The video to edit or extend.
    #[serde(default, deserialize_with = "text")]
    pub(super) video_url: Option<String>,
    #[serde(default, deserialize_with = "references")]
    pub(super) reference_image_urls: Option<Vec<String>>,
    #[serde(default, deserialize_with = "voices")]
    pub(super) reference_voice_ids: Option<Vec<String>>,
    pub(super) resolution: Option<Resolution>,
    /// A stable name of the end user.
    pub(super) user: Option<String>,
    /// How long to wait between two questions, in milliseconds. Default: 5 s.
    pub(super) poll_interval_ms: Option<f64>,
    /// How long to wait in all, in milliseconds. Default: 10 min.
    pub(super) poll_timeout_ms: Option<f64>,
    /// What is sent as it is.
    #[serde(flatten)]
    pub(super) rest: JsonObject,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Mode {
    /// Changes a video.
    #[serde(rename = "edit-video")]
    Edit,
    /// Goes on from the end of a video.
    #[serde(rename = "extend-video")]
    Extend,
    /// Makes a video that follows pictures and voices.
    #[serde(rename = "reference-to-video")]
    Reference,
}

/// The height of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Resolution {
    #[serde(rename = "480p")]
    P480,
    #[serde(rename = "720p")]
    P720,
    #[serde(rename = "1080p")]
    P1080,
}

impl Resolution {
    /// Reads width and height in pixels.
    pub(super) fn of_pixels(pixels: &str) -> Option<Self> {
        match pixels {
            "1920x1080" => Some(Self::P1080),
            "1280x720" => Some(Self::P720),
            "854x480" | "640x480" => Some(Self::P480),
            _ => None,
        }
    }

    /// The host's word.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::P480 => "480p",
            Self::P720 => "720p",
            Self::P1080 => "1080p",
        }
    }
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    if text.as_deref() == Some("") {
        return Err(D::Error::custom("expected a text that is not empty"));
    }
    Ok(text)
}

fn texts<'de, D: Deserializer<'de>>(
    deserializer: D,
    most: usize,
) -> Result<Option<Vec<String>>, D::Error> {
    let texts = Option::<Vec<String>>::deserialize(deserializer)?;
    let list = texts.as_deref().unwrap_or_default();
    if list.len() > most || list.iter().any(String::is_empty) {
        return Err(D::Error::custom(format!("expected up to {most} texts, none of them empty")));
    }
    Ok(texts)
}

fn references<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    let texts = texts(deserializer, MAX_REFERENCES)?;
    if texts.as_ref().is_some_and(Vec::is_empty) {
        return Err(D::Error::custom("expected at least one reference"));
    }
    Ok(texts)
}

fn voices<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    texts(deserializer, MAX_VOICES)
}
