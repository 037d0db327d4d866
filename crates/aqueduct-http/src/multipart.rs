//! `multipart/form-data`, written as bytes, so that a request can be sent again.

use aqueduct_spec::{Error, Result};
use bytes::{BufMut, Bytes, BytesMut};
use http::HeaderValue;

/// A form with text fields and files. Parts are sent in the order they were added.
///
/// Source: <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data> (2026-11).
#[derive(Debug, Clone, Default)]
pub struct Multipart {
    parts: Vec<Part>,
}

#[derive(Clone)]
struct Part {
    name: String,
    file: Option<FileHeader>,
    content: Bytes,
}

#[derive(Debug, Clone)]
struct FileHeader {
    filename: String,
    content_type: String,
}

impl Multipart {
    /// Creates an empty form.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text field.
    #[must_use]
    pub fn text(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parts.push(Part { name: name.into(), file: None, content: Bytes::from(value.into()) });
        self
    }

    /// Adds a file. `content_type` is its media type, such as `audio/wav`.
    #[must_use]
    pub fn file(
        mut self,
        name: impl Into<String>,
        filename: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> Self {
        let file = FileHeader { filename: filename.into(), content_type: content_type.into() };
        self.parts.push(Part { name: name.into(), file: Some(file), content: content.into() });
        self
    }

    /// Writes the form: its content type, which names a random boundary, and its bytes.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](aqueduct_spec::ErrorKind::InvalidRequest) if a media type cannot stand in a header.
    pub fn encode(&self) -> Result<(String, Bytes)> {
        self.encode_with(&format!("aqueduct-{:032x}", fastrand::u128(..)))
    }

    fn encode_with(&self, boundary: &str) -> Result<(String, Bytes)> {
        let size = self.parts.iter().map(|part| part.content.len() + 512).sum::<usize>() + 64;
        let mut body = BytesMut::with_capacity(size);
        for part in &self.parts {
            body.put_slice(part.header(boundary)?.as_bytes());
            body.put_slice(&part.content);
            body.put_slice(b"\r\n");
        }
        body.put_slice(format!("--{boundary}--\r\n").as_bytes());
        Ok((format!("multipart/form-data; boundary={boundary}"), body.freeze()))
    }
}

impl Part {
    fn header(&self, boundary: &str) -> Result<String> {
        let name = escape(&self.name);
        let mut header = format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"");
        if let Some(file) = &self.file {
            // A line break in it would let its giver write headers and parts of their own.
            if HeaderValue::from_str(&file.content_type).is_err() {
                return Err(Error::invalid_request(format!(
                    "the media type of form field '{name}' is not a valid header value"
                )));
            }
            header.push_str(&format!(
                "; filename=\"{}\"\r\ncontent-type: {}",
                escape(&file.filename),
                file.content_type
            ));
        }
        header.push_str("\r\n\r\n");
        Ok(header)
    }
}

/// The content is the user's: only its length is shown.
impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part")
            .field("name", &self.name)
            .field("file", &self.file)
            .field("content_bytes", &self.content.len())
            .finish()
    }
}

/// Escapes as browsers do: percent signs for these three characters and no others.
fn escape(text: &str) -> String {
    text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_parts_in_order() {
        let form = Multipart::new()
            .text("model", "whisper-1")
            .file("file", "a\"b\r\nö.wav", "audio/wav", &b"\x00RIFF"[..])
            .text("model", "again");
        let (content_type, body) = form.encode_with("B").unwrap();
        assert_eq!(content_type, "multipart/form-data; boundary=B");
        assert_eq!(
            String::from_utf8(body.to_vec()).unwrap(),
            "--B\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n\
             --B\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a%22b%0D%0Aö.wav\"\r\n\
             content-type: audio/wav\r\n\r\n\0RIFF\r\n\
             --B\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nagain\r\n--B--\r\n"
        );
    }

    #[test]
    fn refuses_a_media_type_that_smuggles_headers() {
        let form = Multipart::new().file("f", "f", "a/b\r\nx: y", Bytes::new());
        let error = form.encode().unwrap_err();
        assert_eq!(error.kind(), aqueduct_spec::ErrorKind::InvalidRequest);
    }

    #[test]
    fn boundaries_differ() {
        let form = Multipart::new();
        assert_ne!(form.encode().unwrap().0, form.encode().unwrap().0);
    }
}
