//! The options of a call that only one vendor knows.

use aqueduct_spec::{ProviderOptions, Result};
use serde::de::DeserializeOwned;

/// Reads the options under a key; without any, the defaults.
///
/// # Errors
/// `InvalidRequest`, naming the key, if they have another shape.
pub(crate) fn read<T: DeserializeOwned + Default>(
    options: Option<&ProviderOptions>,
    key: &str,
) -> Result<T> {
    Ok(options.map(|all| all.typed(key)).transpose()?.flatten().unwrap_or_default())
}
