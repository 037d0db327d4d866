//! How many texts a call may embed.

use aqueduct_spec::{Error, ModelInfo, Result};

/// Lets a call pass if its texts are not more than the model's profile says.
///
/// # Errors
/// `TooManyEmbeddingValues` if they are.
pub(crate) fn check(info: &ModelInfo, values: &[String]) -> Result<()> {
    match info.profile.max_embeddings_per_call {
        Some(most) if values.len() > most => Err(Error::too_many_embedding_values(
            &info.provider,
            &info.model_id,
            most,
            values.len(),
        )),
        _ => Ok(()),
    }
}
