//! Layers put around a model from left to right.

use aqueduct_spec::Describe;

/// Puts layers around a model of any kind. Each further one is outside of those before: it sees a call first and the answer last.
///
/// ```
/// use aqueduct::layer::{ExtractJson, WithLayer as _, default_instructions};
/// use aqueduct_testkit::MockLanguageModel;
///
/// let model = MockLanguageModel::text("{}")
///     .layer(ExtractJson::new)
///     .layer(|model| default_instructions(model, "Answer with JSON."));
/// # let _ = aqueduct::generate_text(model);
/// ```
pub trait WithLayer: Describe + Sized {
    /// Wraps the model: `layer` makes the outer model of the inner one.
    fn layer<N>(self, layer: impl FnOnce(Self) -> N) -> N {
        layer(self)
    }
}

impl<M: Describe> WithLayer for M {}
