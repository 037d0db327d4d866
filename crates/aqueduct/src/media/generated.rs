//! Files that models made.

use std::fmt;

use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::media_type::{detect, extension};
use aqueduct_spec::{Data, Error, ModelInfo, Result};
use bytes::Bytes;

/// A file that a model made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct GeneratedFile {
    /// The content, as it came: bytes or base64.
    pub data: Data,
    /// The media type: what the provider or the content says.
    pub media_type: String,
}

impl GeneratedFile {
    /// Creates a file.
    pub fn new(data: impl Into<Data>, media_type: impl Into<String>) -> Self {
        Self { data: data.into(), media_type: media_type.into() }
    }

    /// A file whose content tells its type; `fallback` where it does not.
    pub(crate) fn detected(data: Data, family: &str, fallback: &str) -> Self {
        let media_type = detect(&data, Some(family)).unwrap_or(fallback);
        Self::new(data, media_type)
    }

    /// Returns the content as bytes.
    ///
    /// # Errors
    /// `InvalidRequest` if it came as base64 that is none.
    pub fn bytes(&self) -> Result<Bytes> {
        self.data.to_bytes()
    }

    /// Returns the content as base64.
    pub fn base64(&self) -> String {
        self.data.to_base64()
    }

    /// Returns the usual extension of a file name, without the dot: `mp3`, `png`.
    pub fn format(&self) -> String {
        match extension(&self.media_type) {
            format if format.is_empty() => "mp3".to_owned(),
            format => format,
        }
    }
}

/// A model answered, but with nothing of what was asked for. It is the source of an error of kind
/// [`InvalidResponse`](crate::ErrorKind::InvalidResponse).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NoOutput {
    /// What is missing: `image`, `speech`, `transcript`, `translation` or `video`.
    pub missing: &'static str,
    /// What came back, call by call.
    pub responses: Vec<Option<ResponseInfo>>,
}

impl NoOutput {
    /// Returns what is missing, if that is what an error is about.
    pub fn of(error: &Error) -> Option<&Self> {
        std::error::Error::source(error)?.downcast_ref()
    }

    pub(crate) fn error(
        missing: &'static str,
        responses: Vec<Option<ResponseInfo>>,
        model: &ModelInfo,
    ) -> Error {
        Error::invalid_response(format!("no {missing} generated"))
            .with_provider(&model.provider)
            .with_model(&model.model_id)
            .with_source(Self { missing, responses })
    }
}

impl fmt::Display for NoOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no {} in {} answers", self.missing, self.responses.len())
    }
}

impl std::error::Error for NoOutput {}
