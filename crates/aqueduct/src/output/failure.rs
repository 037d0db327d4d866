//! Answers that are not of the form that was asked for.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use aqueduct_spec::json::from_slice;
use aqueduct_spec::language::{FinishReason, ResponseInfo, UnifiedFinishReason, Usage};
use aqueduct_spec::{Error, ErrorKind};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::text::Step;

/// Why a text is not of the form that was asked for.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Misfit {
    /// The text is no JSON.
    NotJson(Arc<serde_json::Error>),
    /// The JSON is not of the type.
    WrongType {
        /// Where in the JSON, as in `steps[2].amount`; empty for the whole of it.
        path: String,
        /// What is wrong there.
        cause: Arc<dyn StdError + Send + Sync>,
    },
}

impl Misfit {
    /// The JSON is not of the type, at a place as in `steps[2].amount`.
    pub fn wrong_type(
        path: impl Into<String>,
        cause: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self::WrongType { path: path.into(), cause: Arc::from(cause.into()) }
    }

    /// Where in the JSON, as in `steps[2].amount`; `None` if the text is no JSON or if it is the whole of it.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::NotJson(_) => None,
            Self::WrongType { path, .. } => Some(path.as_str()).filter(|path| !path.is_empty()),
        }
    }
}

/// The answer's own words stay out.
impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson(_) => f.write_str("could not parse the response"),
            Self::WrongType { path, .. } if path.is_empty() => {
                f.write_str("response did not match schema")
            }
            Self::WrongType { path, .. } => {
                write!(f, "response did not match schema at `{path}`")
            }
        }
    }
}

impl StdError for Misfit {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(match self {
            Self::NotJson(error) => &**error,
            Self::WrongType { cause, .. } => &**cause,
        })
    }
}

/// The model answered, but not in the form that was asked for. [`NoObjectGenerated::of`] finds it in an error.
#[derive(Clone)]
#[non_exhaustive]
pub struct NoObjectGenerated {
    /// What the model wrote.
    pub text: String,
    /// What the provider said about its answer.
    pub response: ResponseInfo,
    /// What the step used.
    pub usage: Usage,
    /// Why the model stopped.
    pub finish_reason: FinishReason,
    /// What does not fit.
    pub cause: Misfit,
}

impl NoObjectGenerated {
    /// The answer that an error is about, if it is about one.
    pub fn of(error: &Error) -> Option<&Self> {
        error.source()?.downcast_ref()
    }

    pub(super) fn error(step: &Step, text: &str, cause: Misfit) -> Error {
        let cut = match (&cause, step.finish_reason.unified) {
            (Misfit::NotJson(_), UnifiedFinishReason::Length) => {
                ", which was cut off: it reached the most tokens that it may have"
            }
            _ => "",
        };
        let mut error = Error::invalid_response(format!("no object generated: {cause}{cut}"))
            .with_code("no_object_generated")
            .with_provider(&step.provider)
            .with_model(&step.model_id);
        if let Some(path) = cause.path() {
            error = error.with_param(path);
        }
        error.with_source(Self {
            text: text.to_owned(),
            response: step.response.clone(),
            usage: step.usage.clone(),
            finish_reason: step.finish_reason.clone(),
            cause,
        })
    }
}

impl fmt::Display for NoObjectGenerated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no object generated: {}", self.cause)
    }
}

/// The answer stays out.
impl fmt::Debug for NoObjectGenerated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoObjectGenerated")
            .field("finish_reason", &self.finish_reason)
            .field("path", &self.cause.path())
            .finish_non_exhaustive()
    }
}

impl StdError for NoObjectGenerated {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.cause)
    }
}

/// The model did not come to its end, so that there is nothing to read.
pub(super) fn no_output(step: &Step) -> Error {
    let reason = step.finish_reason.unified.as_str();
    let message = format!("no output generated: the model stopped because of '{reason}'");
    Error::new(ErrorKind::InvalidResponse, message)
        .with_code("no_output_generated")
        .with_provider(&step.provider)
        .with_model(&step.model_id)
}

/// Reads JSON.
pub(super) fn parse(text: &str) -> Result<Value, Misfit> {
    from_slice(text.as_bytes()).map_err(|error| Misfit::NotJson(Arc::new(error)))
}

/// Gives JSON a type.
pub(super) fn typed<T: DeserializeOwned>(value: &Value) -> Result<T, Misfit> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        // The whole is a dot there.
        let path = if path == "." { String::new() } else { path };
        Misfit::wrong_type(path, error.into_inner())
    })
}
