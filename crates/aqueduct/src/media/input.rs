//! Files that are given to models.

use std::fmt;

use aqueduct_http::decode_data_url;
use aqueduct_spec::media_type::{detect, is_full};
use aqueduct_spec::{Data, Error, Result};
use bytes::Bytes;

/// A file that is given: bytes, or a text that is an `http` URL, a `data:` URL or base64.
///
/// ```
/// use aqueduct::media::MediaInput;
///
/// let given: [MediaInput; 3] = [
///     MediaInput::from(vec![0x89, b'P', b'N', b'G']),
///     MediaInput::from("https://example.com/cat.png"),
///     MediaInput::from("iVBORw0KGgo=").with_media_type("image/png"),
/// ];
/// # let _ = given;
/// ```
#[derive(Clone)]
pub struct MediaInput {
    source: Source,
    media_type: Option<String>,
}

#[derive(Clone)]
enum Source {
    Data(Data),
    Text(String),
}

/// A file that was given, read.
pub(crate) enum Media {
    /// Where it can be fetched, and its media type if that was said.
    Url(String, Option<String>),
    /// The content, and its media type as far as it was said or is to be told.
    Inline(Data, Option<String>),
}

impl MediaInput {
    /// Says what it is. Default: what its content tells.
    #[must_use]
    pub fn with_media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    /// Reads what was given.
    ///
    /// # Errors
    /// `InvalidRequest` if it is a text of none of the three forms.
    pub(crate) fn read(self, family: Option<&str>) -> Result<Media> {
        let said = self.media_type;
        match self.source {
            Source::Data(data) => Ok(told(data, said, family)),
            Source::Text(text) if has_scheme(&text, "http:") || has_scheme(&text, "https:") => {
                Ok(Media::Url(text, said))
            }
            Source::Text(text) if has_scheme(&text, "data:") => {
                let file = decode_data_url(&text)?;
                let named = file.media_type.filter(|name| {
                    is_full(name) && !text.starts_with("data:,") && !text.starts_with("data:;")
                });
                Ok(told(file.bytes.into(), said.or(named), family))
            }
            Source::Text(text) => {
                // Whether it is base64 at all shows here and not at the provider.
                let bytes = Data::Base64(text).to_bytes()?;
                Ok(told(bytes.into(), said, family))
            }
        }
    }
}

fn told(data: Data, said: Option<String>, family: Option<&str>) -> Media {
    let media_type = said.or_else(|| detect(&data, family).map(str::to_owned));
    Media::Inline(data, media_type)
}

fn has_scheme(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

impl From<Data> for MediaInput {
    fn from(data: Data) -> Self {
        let source = match data {
            Data::Bytes(_) => Source::Data(data),
            Data::Base64(text) => Source::Text(text),
        };
        Self { source, media_type: None }
    }
}

impl From<Vec<u8>> for MediaInput {
    fn from(bytes: Vec<u8>) -> Self {
        Data::from(bytes).into()
    }
}

impl From<Bytes> for MediaInput {
    fn from(bytes: Bytes) -> Self {
        Data::from(bytes).into()
    }
}

impl From<&[u8]> for MediaInput {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl From<&str> for MediaInput {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<String> for MediaInput {
    fn from(text: String) -> Self {
        Self { source: Source::Text(text), media_type: None }
    }
}

impl From<super::GeneratedFile> for MediaInput {
    fn from(file: super::GeneratedFile) -> Self {
        Self::from(file.data).with_media_type(file.media_type)
    }
}

/// The content is the user's and stays out.
impl fmt::Debug for MediaInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaInput").field("media_type", &self.media_type).finish_non_exhaustive()
    }
}

/// Returns the text in a `data:` URL.
///
/// # Errors
/// `InvalidRequest` if it is no such URL, or its content is not UTF-8.
pub fn text_from_data_url(url: &str) -> Result<String> {
    let file = decode_data_url(url)?;
    String::from_utf8(file.bytes.into())
        .map_err(|_| Error::invalid_request("the content of the data URL is not text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inline(input: impl Into<MediaInput>) -> (usize, Option<String>) {
        match input.into().read(Some("image")).unwrap() {
            Media::Inline(data, media_type) => (data.to_bytes().unwrap().len(), media_type),
            Media::Url(..) => panic!("a URL"),
        }
    }

    #[test]
    fn reads_all_forms() {
        let png = || Some("image/png".to_owned());
        assert_eq!(inline(b"\x89PNG".to_vec()), (4, png()));
        assert_eq!(inline("iVBORw=="), (4, png()));
        assert_eq!(inline("data:image/gif;base64,iVBORw=="), (4, Some("image/gif".into())));
        assert_eq!(inline("data:;base64,iVBORw=="), (4, png()));
        assert_eq!(inline("AAAA"), (3, None));
        let given = MediaInput::from("AAAA").with_media_type("image/x");
        assert_eq!(inline(given), (3, Some("image/x".into())));
        let url = MediaInput::from("HTTPS://example.com/a").read(None).unwrap();
        assert!(matches!(url, Media::Url(..)));
        assert!(MediaInput::from("no base64!").read(None).is_err());
        assert!(MediaInput::from("data:image/png").read(None).is_err());
    }

    #[test]
    fn finds_the_text_of_data_urls() {
        assert_eq!(text_from_data_url("data:text/plain;base64,aGkh").unwrap(), "hi!");
        assert_eq!(text_from_data_url("data:,a%20b").unwrap(), "a b");
        assert!(text_from_data_url("data:;base64,/w==").is_err());
        assert!(text_from_data_url("http://example.com").is_err());
    }
}
