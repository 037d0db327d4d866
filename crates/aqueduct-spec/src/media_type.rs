//! Media types: their halves, and what the first bytes of a file say it is.

use std::borrow::Cow;

use crate::data::{Data, FileData};
use crate::error::{Error, Result};

/// Returns the first half of a media type: `image` of `image/png`, `image/*` and `image`.
pub fn top_level(media_type: &str) -> &str {
    media_type.split('/').next().unwrap_or_default()
}

/// Whether a media type names its second half too: `image/png`, but not `image/*` or `image`.
pub fn is_full(media_type: &str) -> bool {
    media_type.split_once('/').is_some_and(|(_, subtype)| !subtype.is_empty() && subtype != "*")
}

/// Returns the usual extension of a file name, without the dot: `mp3` for `audio/mpeg`.
pub fn extension(media_type: &str) -> String {
    let media_type = media_type.to_ascii_lowercase();
    let subtype = media_type.split('/').nth(1).unwrap_or_default();
    match subtype {
        "mpeg" => "mp3",
        "x-wav" => "wav",
        "opus" => "ogg",
        "mp4" | "x-m4a" => "m4a",
        other => other,
    }
    .to_owned()
}

/// Returns a full media type for a file: the one given if it is full, else what the bytes say.
///
/// # Errors
/// `Unsupported` if the bytes are not at hand or of no known kind.
pub fn resolve<'a>(media_type: &'a str, data: &FileData) -> Result<Cow<'a, str>> {
    if is_full(media_type) {
        return Ok(Cow::Borrowed(media_type));
    }
    let reason = match data {
        FileData::Data(inline) => match detect(&inline.data, Some(top_level(media_type))) {
            Some(found) => return Ok(Cow::Borrowed(found)),
            None => "it could not be auto-detected",
        },
        _ => "it is not passed as inline bytes",
    };
    Err(Error::unsupported(format_args!(
        "file of media type \"{media_type}\" must specify subtype since {reason}"
    )))
}

/// Tells the media type of a file by its first bytes, of one top-level type or of all. An MP4 container alone cannot be
/// told to be sound or picture: with no top-level type given it is `video/mp4`.
pub fn detect(data: &Data, top_level: Option<&str>) -> Option<&'static str> {
    let mut bytes = data.first_bytes(SNIFF_BYTES);
    if bytes.starts_with(b"ID3") {
        bytes = behind_id3(data);
    }
    let candidates = SIGNATURES.iter().filter(|(media_type, _)| match top_level {
        Some(wanted) => self::top_level(media_type) == wanted,
        None => *media_type != "audio/mp4",
    });
    candidates.into_iter().find(|(_, signature)| matches(&bytes, signature)).map(|(name, _)| *name)
}

const SNIFF_BYTES: usize = 18;

/// The largest ID3 tag that is skipped: covers embedded cover art and keeps the work bounded.
const MAX_ID3_BYTES: usize = 128 * 1024;

/// MP3 files often begin with a tag; the sound begins behind it.
fn behind_id3(data: &Data) -> bytes::Bytes {
    let head = data.first_bytes(10);
    let size = head.iter().skip(6).fold(0, |size, byte| size << 7 | usize::from(byte & 0x7f)) + 10;
    if size > MAX_ID3_BYTES {
        return bytes::Bytes::new();
    }
    let mut bytes = data.first_bytes(size + SNIFF_BYTES);
    bytes.split_off(size.min(bytes.len()))
}

fn matches(bytes: &[u8], signature: &[Option<u8>]) -> bool {
    bytes.len() >= signature.len()
        && signature.iter().zip(bytes).all(|(want, have)| want.is_none_or(|want| want == *have))
}

/// A byte of a signature; `_` is any.
macro_rules! bytes {
    (@ _) => { None };
    (@ $byte:literal) => { Some($byte) };
    ($($byte:tt)*) => { &[$(bytes!(@ $byte)),*] };
}

/// What files begin with. Order matters where one signature is the begin of another.
///
/// Source: <https://mimesniff.spec.whatwg.org/#matching-a-mime-type-pattern> (2026-11) and the formats' own documents.
const SIGNATURES: &[(&str, &[Option<u8>])] = &[
    ("image/gif", bytes!(b'G' b'I' b'F')),
    ("image/png", bytes!(0x89 b'P' b'N' b'G')),
    ("image/jpeg", bytes!(0xff 0xd8)),
    ("image/webp", bytes!(b'R' b'I' b'F' b'F' _ _ _ _ b'W' b'E' b'B' b'P')),
    ("image/bmp", bytes!(b'B' b'M')),
    ("image/tiff", bytes!(b'I' b'I' 0x2a 0)),
    ("image/tiff", bytes!(b'M' b'M' 0 0x2a)),
    ("image/avif", bytes!(0 0 0 _ b'f' b't' b'y' b'p' b'a' b'v' b'i' b'f')),
    ("image/heic", bytes!(0 0 0 _ b'f' b't' b'y' b'p' b'h' b'e' b'i' b'c')),
    ("application/pdf", bytes!(b'%' b'P' b'D' b'F')),
    ("audio/mpeg", bytes!(0xff 0xfb)),
    ("audio/mpeg", bytes!(0xff 0xfa)),
    ("audio/mpeg", bytes!(0xff 0xf3)),
    ("audio/mpeg", bytes!(0xff 0xf2)),
    ("audio/mpeg", bytes!(0xff 0xe3)),
    ("audio/mpeg", bytes!(0xff 0xe2)),
    ("audio/wav", bytes!(b'R' b'I' b'F' b'F' _ _ _ _ b'W' b'A' b'V' b'E')),
    ("audio/ogg", bytes!(b'O' b'g' b'g' b'S')),
    ("audio/flac", bytes!(b'f' b'L' b'a' b'C')),
    ("audio/aac", bytes!(0x40 0x15 0 0)),
    ("audio/webm", bytes!(0x1a 0x45 0xdf 0xa3)),
    ("audio/mp4", bytes!(0 0 0 _ b'f' b't' b'y' b'p')),
    ("video/quicktime", bytes!(0 0 0 0x14 b'f' b't' b'y' b'p' b'q' b't')),
    ("video/mp4", bytes!(0 0 0 _ b'f' b't' b'y' b'p')),
    ("video/webm", bytes!(0x1a 0x45 0xdf 0xa3)),
    ("video/x-msvideo", bytes!(b'R' b'I' b'F' b'F')),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(bytes: &[u8], top_level: Option<&str>) -> Option<&'static str> {
        detect(&Data::from(bytes.to_vec()), top_level)
    }

    #[test]
    fn halves() {
        assert_eq!(top_level("image/*"), "image");
        assert_eq!(top_level("image"), "image");
        assert!(is_full("image/png"));
        assert!(!is_full("image/*") && !is_full("image") && !is_full("image/"));
        assert_eq!((extension("audio/mpeg"), extension("audio/WAV")), ("mp3".into(), "wav".into()));
    }

    #[test]
    fn tells_by_the_first_bytes() {
        assert_eq!(detected(b"\x89PNG\r\n", None), Some("image/png"));
        assert_eq!(detected(b"RIFF....WAVE", None), Some("audio/wav"));
        assert_eq!(detected(b"RIFF....WEBP", Some("image")), Some("image/webp"));
        assert_eq!(detected(b"\0\0\0 ftypisom", None), Some("video/mp4"));
        assert_eq!(detected(b"\0\0\0 ftypisom", Some("audio")), Some("audio/mp4"));
        assert_eq!(detected(b"\0\0\0 ftypavif", None), Some("image/avif"));
        assert_eq!(detected(b"\x89PNG", Some("audio")), None);
        assert_eq!(detected(b"", None), None);
    }

    #[test]
    fn base64_tells_the_same() {
        let png = Data::Base64(Data::from(b"\x89PNG\r\n\x1a\n".to_vec()).to_base64());
        assert_eq!(detect(&png, Some("image")), Some("image/png"));
    }

    #[test]
    fn looks_behind_an_id3_tag() {
        let mut mp3 = b"ID3\x03\0\0\0\0\x01\x00".to_vec();
        mp3.extend([0; 128]);
        mp3.extend([0xff, 0xfb, 0, 0]);
        assert_eq!(detected(&mp3, None), Some("audio/mpeg"));
        assert_eq!(detected(b"ID3\x03\0\0\x7f\x7f\x7f\x7f", None), None);
        assert_eq!(detected(b"ID3", None), None);
    }

    #[test]
    fn says_why_it_cannot_tell() {
        let data = FileData::Data(crate::data::InlineData::new(vec![1, 2, 3]));
        let error = resolve("image/*", &data).unwrap_err();
        assert!(error.message().contains("could not be auto-detected"), "{error}");
        assert_eq!(resolve("image/png", &data).unwrap(), "image/png");
    }
}
