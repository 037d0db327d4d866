//! What the vendor calls files that were uploaded before.

use aqueduct_spec::data::ProviderReference;
use aqueduct_spec::{Error, Result};

/// Returns the vendor's name of a file.
///
/// # Errors
/// `InvalidRequest` if the file is only known to others.
pub(super) fn resolve(reference: &ProviderReference) -> Result<&str> {
    reference.get("google").map(String::as_str).ok_or_else(|| {
        let known: Vec<_> = reference.keys().map(String::as_str).collect();
        Error::invalid_request(format!(
            "No provider reference found for provider 'google'. Available providers: {}",
            known.join(", ")
        ))
    })
}
