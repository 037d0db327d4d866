//! Bytes in JSON: base64, and the four ways to name a file's content.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};
use crate::json::{shape, tagged};

/// Reads base64 with or without padding: clients send both.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Reads the alphabet with `-` and `_`.
const LENIENT_URL: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Binary content, held as it came: bytes, or base64 that nobody had to decode yet. In JSON it is base64.
#[derive(Clone)]
pub enum Data {
    /// Bytes.
    Bytes(Bytes),
    /// Standard base64.
    Base64(String),
}

impl Data {
    /// Returns the content as bytes.
    ///
    /// # Errors
    /// `InvalidRequest` if it is text that is not base64.
    pub fn to_bytes(&self) -> Result<Bytes> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.clone()),
            Self::Base64(text) => LENIENT
                .decode(text)
                .or_else(|_| LENIENT_URL.decode(text))
                .map(Bytes::from)
                .map_err(|_| Error::invalid_request("file data is not valid base64")),
        }
    }

    /// Returns the content as base64.
    pub fn to_base64(&self) -> String {
        match self {
            Self::Bytes(bytes) => STANDARD.encode(bytes),
            Self::Base64(text) => text.clone(),
        }
    }

    /// Returns the content as a `data:` URL.
    pub fn to_data_url(&self, media_type: &str) -> String {
        format!("data:{media_type};base64,{}", self.to_base64())
    }

    /// Returns up to `length` bytes from the start, enough to tell a media type; empty if it is not base64.
    pub fn first_bytes(&self, length: usize) -> Bytes {
        match self {
            Self::Bytes(bytes) => bytes.slice(..bytes.len().min(length)),
            Self::Base64(text) => {
                let end = (length.div_ceil(3) * 4).min(text.len());
                let head = text.get(..end).unwrap_or_default();
                LENIENT
                    .decode(head)
                    .or_else(|_| LENIENT_URL.decode(head))
                    .map(Bytes::from)
                    .unwrap_or_default()
            }
        }
    }
}

impl From<Vec<u8>> for Data {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl From<Bytes> for Data {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<&[u8]> for Data {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(Bytes::copy_from_slice(bytes))
    }
}

/// What `include_bytes!` gives.
impl<const N: usize> From<&[u8; N]> for Data {
    fn from(bytes: &[u8; N]) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl PartialEq for Data {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::Base64(a), Self::Base64(b)) => a == b,
            _ => self.to_base64() == other.to_base64(),
        }
    }
}

impl std::fmt::Debug for Data {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Base64(text) => write!(f, "Base64({} characters)", text.len()),
        }
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bytes(bytes) => serializer.serialize_str(&STANDARD.encode(bytes)),
            Self::Base64(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::Base64)
    }
}

tagged! {
    /// The content of a file.
    pub enum FileData by "type" {
        /// The bytes themselves.
        Data(InlineData) = "data",
        /// Where they can be fetched.
        Url(UrlData) = "url",
        /// What providers call a file uploaded before.
        Reference(ReferenceData) = "reference",
        /// Text.
        Text(TextData) = "text",
    }
}

shape! {
    /// The bytes of a file.
    InlineData {
        /// The bytes.
        data: Data,
    } {}
}
shape! {
    /// The URL of a file.
    UrlData {
        /// The URL.
        url: String,
    } {}
}
shape! {
    /// What providers call a file.
    ReferenceData {
        /// The id of the file at each provider.
        reference: ProviderReference,
    } {}
}
shape! {
    /// A file that is text.
    TextData {
        /// The text.
        text: String,
    } {}
}

/// The id of an uploaded file or skill at each provider.
pub type ProviderReference = BTreeMap<String, String>;

impl FileData {
    /// The bytes themselves.
    pub fn data(data: impl Into<Data>) -> Self {
        InlineData::new(data).into()
    }

    /// Bytes given as base64.
    pub fn base64(text: impl Into<String>) -> Self {
        InlineData::new(Data::Base64(text.into())).into()
    }

    /// Where the bytes can be fetched.
    pub fn url(url: impl Into<String>) -> Self {
        UrlData::new(url).into()
    }

    /// A file uploaded before.
    pub fn reference(reference: ProviderReference) -> Self {
        ReferenceData::new(reference).into()
    }

    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        TextData::new(text).into()
    }
}

/// Bytes of whatever sort are the content itself. Text is not: it may be a URL, base64 or the file, so name which.
macro_rules! content {
    ($([$($generics:tt)*] $bytes:ty;)+) => {
        $(impl<$($generics)*> From<$bytes> for FileData {
            fn from(bytes: $bytes) -> Self {
                Self::data(bytes)
            }
        })+
    };
}

content! {
    [] Data;
    [] Bytes;
    [] Vec<u8>;
    [] &[u8];
    [const N: usize] &[u8; N];
}
