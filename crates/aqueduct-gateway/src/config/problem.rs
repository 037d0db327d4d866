//! What is wrong with a configuration, and where.

use std::fmt;

/// One mistake in a configuration: where it is, what is wrong and how to mend it. No value of a field is ever quoted whole
/// where it could be a key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The file; empty if the configuration came from elsewhere.
    pub file: String,
    /// The line, counted from 1; 0 if it cannot be told.
    pub line: usize,
    /// The column in characters, counted from 1; 0 if it cannot be told.
    pub column: usize,
    /// The field: `providers.groq.base_url`; empty for the file as a whole.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub fix: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            write!(f, "{}:", self.file)?;
        }
        if self.line > 0 {
            write!(f, "{}:{}:", self.line, self.column)?;
        }
        if !self.file.is_empty() || self.line > 0 {
            f.write_str(" ")?;
        }
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.message)?;
        if !self.fix.is_empty() {
            write!(f, "; {}", self.fix)?;
        }
        Ok(())
    }
}

/// Everything that is wrong with a configuration, in the order of the file. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub(super) Vec<Problem>);

impl Problems {
    /// The problems.
    pub fn as_slice(&self) -> &[Problem] {
        &self.0
    }

    /// The problems, taken out.
    pub fn into_vec(self) -> Vec<Problem> {
        self.0
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// A problem before its place in the file is known.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) field: String,
    pub(super) at: At,
    pub(super) message: String,
    pub(super) fix: String,
}

/// Which end of a field a finding points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    Key,
    Value,
}

impl Finding {
    pub(super) fn value(
        field: impl Into<String>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { field: field.into(), at: At::Value, message: message.into(), fix: fix.into() }
    }

    pub(super) fn key(
        field: impl Into<String>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { field: field.into(), at: At::Key, message: message.into(), fix: fix.into() }
    }
}
