//! Aliases: names that stand for several models.

use super::Member;

/// What an alias stands for: models among which calls are spread by weight, and models that are asked when all of those
/// failed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Route {
    pub(crate) models: Vec<Member>,
    pub(crate) fallbacks: Vec<String>,
}

impl Route {
    /// Starts a route without models.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a model, `provider/model`, and its share of the calls. The others of the route are asked when it fails.
    #[must_use]
    pub fn model(mut self, model: impl Into<String>, weight: f64) -> Self {
        self.models.push(Member { model: model.into(), weight });
        self
    }

    /// Adds a model, `provider/model` or another alias, that is asked when all before it failed.
    #[must_use]
    pub fn fallback(mut self, model: impl Into<String>) -> Self {
        self.fallbacks.push(model.into());
        self
    }

    /// The models and their weights.
    pub fn models(&self) -> impl Iterator<Item = (&str, f64)> {
        self.models.iter().map(|member| (member.model.as_str(), member.weight))
    }

    /// The fallbacks, in order.
    pub fn fallbacks(&self) -> impl Iterator<Item = &str> {
        self.fallbacks.iter().map(String::as_str)
    }
}
