//! `data:` URLs, decoded here.

use aqueduct_spec::{Error, Result};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::Download;

/// The web's decoder forgives missing padding and stray bits after the end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Decodes a URL that begins with `data:`.
///
/// Source: <https://fetch.spec.whatwg.org/#data-url-processor> (2026-11).
pub(super) fn decode(url: &str, max_bytes: usize) -> Result<Download> {
    let invalid =
        |what: &str| Error::invalid_request(format!("cannot decode the data URL: {what}"));
    let rest = url.strip_prefix("data:").ok_or_else(|| invalid("it does not begin with data:"))?;
    let (header, content) = rest.split_once(',').ok_or_else(|| invalid("it has no comma"))?;
    // A fragment is not content.
    let content = content.split('#').next().unwrap_or_default();
    // Before anything is decoded: base64 shrinks to three quarters, percent signs to a third at most.
    if content.len() / 3 > max_bytes {
        return Err(too_large(max_bytes));
    }
    let mut bytes = percent_decode(content);
    let header = header.trim();
    let (media_type, is_base64) = match header.rsplit_once(';') {
        Some((media_type, last)) if last.trim().eq_ignore_ascii_case("base64") => {
            (media_type, true)
        }
        _ => (header, false),
    };
    if is_base64 {
        bytes.retain(|byte| !byte.is_ascii_whitespace());
        bytes = BASE64.decode(&bytes).map_err(|_| invalid("its content is not base64"))?;
    }
    if bytes.len() > max_bytes {
        return Err(too_large(max_bytes));
    }
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // A data URL that names no type is text.
    let media_type = if media_type.contains('/') { media_type } else { "text/plain".to_owned() };
    Ok(Download { bytes: bytes.into(), media_type: Some(media_type) })
}

fn too_large(max_bytes: usize) -> Error {
    Error::invalid_request(format!("the data URL holds more than {max_bytes} bytes"))
}

fn percent_decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if let (b'%', [high, low, tail @ ..]) = (first, tail)
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            bytes.push(high << 4 | low);
            rest = tail;
        } else {
            bytes.push(*first);
        }
    }
    bytes
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes() {
        let cases: &[(&str, &[u8], &str)] = &[
            ("data:image/PNG;base64,aGk=", b"hi", "image/png"),
            ("data:image/png;base64,aGk", b"hi", "image/png"),
            ("data:image/png; BASE64 ,aG%20k%3D", b"hi", "image/png"),
            ("data:text/html;charset=utf-8,a%2Cb,c%zz%2", b"a,b,c%zz%2", "text/html"),
            ("data:,", b"", "text/plain"),
            ("data:;charset=x,a#b", b"a", "text/plain"),
        ];
        for (url, bytes, media_type) in cases {
            let download = decode(url, 100).unwrap();
            assert_eq!(&download.bytes[..], *bytes, "{url}");
            assert_eq!(download.media_type.as_deref(), Some(*media_type), "{url}");
        }
    }

    #[test]
    fn refuses() {
        for url in ["data:text/plain", "data:a/b;base64,a*b", "data:a/b,0123456789x"] {
            assert!(decode(url, 10).is_err(), "{url}");
        }
        assert!(decode("data:a/b,0123456789", 10).is_ok());
    }
}
