//! What is uploaded.

use aqueduct_spec::{Error, FileData, Result};
use bytes::Bytes;

/// The bytes of something to upload.
///
/// # Errors
/// `Unsupported` if they are elsewhere.
pub(crate) fn content(data: &FileData) -> Result<Bytes> {
    match data {
        FileData::Data(data) => data.data.to_bytes(),
        FileData::Text(data) => Ok(Bytes::from(data.text.clone())),
        other => Err(Error::unsupported(format_args!("upload of file data: {}", other.tag()))),
    }
}
