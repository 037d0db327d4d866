//! WAV files: 16-bit mono, with a comment.
//!
//! Source: <https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html>, retrieved 2026-02.

/// Samples a second.
pub(super) const RATE: u32 = 8000;

/// Writes samples and a comment as a WAV file.
pub(super) fn encode(samples: &[i16], comment: &str) -> Vec<u8> {
    let mut format = Vec::with_capacity(16);
    format.extend(1_u16.to_le_bytes()); // PCM
    format.extend(1_u16.to_le_bytes()); // mono
    format.extend(RATE.to_le_bytes());
    format.extend((RATE * 2).to_le_bytes()); // bytes a second
    format.extend(2_u16.to_le_bytes()); // bytes a sample
    format.extend(16_u16.to_le_bytes()); // bits a sample

    let mut text = comment.as_bytes().to_vec();
    text.push(0);
    let mut info = b"INFO".to_vec();
    chunk(&mut info, b"ICMT", &text);

    let mut body = b"WAVE".to_vec();
    chunk(&mut body, b"fmt ", &format);
    chunk(&mut body, b"LIST", &info);
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    chunk(&mut body, b"data", &data);
    let mut file = Vec::new();
    chunk(&mut file, b"RIFF", &body);
    file
}

/// Writes a chunk of a RIFF file: name, length, content, and a byte to make it even.
#[expect(clippy::cast_possible_truncation, reason = "what the simulator makes is far below 4 GiB")]
pub(super) fn chunk(file: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    file.extend(name);
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    if data.len() % 2 == 1 {
        file.push(0);
    }
}

/// What is read of a WAV file.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) comment: Option<String>,
    pub(super) seconds: Option<f64>,
    pub(super) bytes_per_second: Option<u32>,
    /// How many bytes of samples are there; the file may promise more.
    pub(super) data_bytes: usize,
}

/// Reads a WAV file as far as it goes; nothing, if it is none.
pub(super) fn read(file: &[u8]) -> Read {
    let mut read = Read::default();
    let Some(body) =
        file.get(12..).filter(|_| file.starts_with(b"RIFF") && file.get(8..12) == Some(b"WAVE"))
    else {
        return read;
    };
    for (name, data) in Chunks(body) {
        match name {
            b"fmt " => read.bytes_per_second = data.get(8..12).and_then(number),
            b"LIST" => {
                let comment = Chunks(data.get(4..).unwrap_or_default())
                    .find(|(name, _)| *name == b"ICMT")
                    .map(|(_, text)| {
                        String::from_utf8_lossy(text).trim_end_matches('\0').to_owned()
                    });
                read.comment = read.comment.or(comment);
            }
            b"data" => {
                read.data_bytes = data.len();
                read.seconds = read.bytes_per_second.filter(|rate| *rate > 0).and_then(|rate| {
                    Some(f64::from(u32::try_from(data.len()).ok()?) / f64::from(rate))
                });
            }
            _ => {}
        }
    }
    read
}

struct Chunks<'a>(&'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let name = self.0.get(..4)?;
        let length = usize::try_from(self.0.get(4..8).and_then(number)?).ok()?;
        let rest = self.0.get(8..)?;
        // Recorders that write while they listen leave the length open.
        let data = rest.get(..length).unwrap_or(rest);
        self.0 = rest.get(length.saturating_add(length % 2)..).unwrap_or_default();
        Some((name, data))
    }
}

fn number(bytes: &[u8]) -> Option<u32> {
    bytes.try_into().ok().map(u32::from_le_bytes)
}
