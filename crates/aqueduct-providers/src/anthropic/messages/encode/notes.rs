//! What comes up while a call is written down: warnings, betas and cache marks.

use aqueduct_spec::Warning;

use super::cache_control::CacheControls;

/// What comes up while a call is written down.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) warnings: Vec<Warning>,
    pub(super) betas: Betas,
    pub(super) cache: CacheControls,
}

impl Notes {
    pub(super) fn warn(&mut self, message: impl Into<String>) {
        self.warnings.push(Warning::other(message));
    }

    pub(super) fn unsupported(&mut self, feature: &str, details: impl Into<String>) {
        self.warnings.push(Warning::unsupported_because(feature, details));
    }
}

/// Beta features by their names in the header `anthropic-beta`, each once, in the order in which they came up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Betas(Vec<String>);

impl Betas {
    /// Adds a feature.
    pub fn add(&mut self, beta: impl Into<String>) {
        let beta = beta.into();
        if !self.0.contains(&beta) {
            self.0.push(beta);
        }
    }

    /// Adds several, or the names in a header.
    pub fn extend<B: Into<String>>(&mut self, betas: impl IntoIterator<Item = B>) {
        for beta in betas {
            self.add(beta);
        }
    }

    /// Adds the features that the value of a header names.
    pub fn extend_from_header(&mut self, value: &str) {
        let names = value.split(',').map(|name| name.trim().to_ascii_lowercase());
        self.extend(names.filter(|name| !name.is_empty()));
    }

    /// The value of the header; `None` if there is no feature.
    pub fn header(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join(","))
    }

    /// The features.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}
