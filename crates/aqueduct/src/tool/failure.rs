//! What can go wrong with a tool.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use aqueduct_spec::Error;

/// Why a tool call gave no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ToolFailureKind {
    /// The model called a tool that was not offered.
    NoSuchTool,
    /// The input is not JSON or does not fit the tool's schema.
    InvalidInput,
    /// The tool ran and failed.
    Failed,
    /// The tool took longer than its limit.
    Timeout,
    /// The call was invalid, and so was the attempt to repair it.
    Repair,
    /// The provider ran the tool and reports that it failed.
    Provider,
}

/// A tool call that gave no result. The message is what the model gets to see.
#[derive(Clone)]
#[non_exhaustive]
pub struct ToolFailure {
    /// What went wrong.
    pub kind: ToolFailureKind,
    /// The message, as the model sees it.
    pub message: String,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl ToolFailure {
    pub(crate) fn new(kind: ToolFailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    pub(crate) fn of(error: Box<dyn StdError + Send + Sync>) -> Self {
        // The text of ours may name a host, which is nothing for a model.
        let message = match error.downcast_ref::<Error>() {
            Some(ours) => ours.message().to_owned(),
            None => error.to_string(),
        };
        Self { kind: ToolFailureKind::Failed, message, source: Some(Arc::from(error)) }
    }
}

impl fmt::Display for ToolFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for ToolFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolFailure").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl StdError for ToolFailure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// Failures are the same if the model cannot tell them apart.
impl PartialEq for ToolFailure {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.message == other.message
    }
}

#[cfg(test)]
mod tests {
    use aqueduct_spec::ErrorKind;

    use super::*;

    #[test]
    fn a_model_is_told_no_hosts() {
        let error = Error::new(ErrorKind::Network, "cannot connect").with_url("http://10.0.0.7/v1");
        assert!(error.to_string().contains("10.0.0.7"));
        assert_eq!(ToolFailure::of(error.into()).message, "cannot connect");
    }
}
