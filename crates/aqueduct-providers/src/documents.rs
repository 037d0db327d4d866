//! Documents to rank, for vendors that take text alone.

use aqueduct_spec::reranking::Documents;
use aqueduct_spec::{Error, Result, Warning};

/// The documents as texts; objects as their JSON, with a warning.
///
/// # Errors
/// `Unsupported` for documents of a kind that this version does not know.
pub(crate) fn texts(documents: &Documents, warnings: &mut Vec<Warning>) -> Result<Vec<String>> {
    match documents {
        Documents::Text(documents) => Ok(documents.values.clone()),
        Documents::Object(documents) => {
            warnings.push(Warning::compatibility(
                "object documents",
                "Object documents are converted to strings.",
            ));
            let texts = documents.values.iter().map(serde_json::to_string);
            texts.collect::<Result<_, _>>().map_err(|error| {
                Error::invalid_request("a document cannot be written as JSON").with_source(error)
            })
        }
        other => Err(Error::unsupported(format_args!("documents of type {}", other.tag()))),
    }
}
