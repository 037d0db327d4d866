//! PNG files of two colours.
//!
//! Source: <https://www.w3.org/TR/png-3/> and RFC 1950/1951 (stored blocks), retrieved 2026-02.

/// A picture of two colours.
pub(super) struct Picture<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Red, green, blue; the first is the ground.
    pub(super) colours: [[u8; 3]; 2],
    /// Whether the second colour is at `x`, `y`.
    pub(super) is_set: &'a dyn Fn(u32, u32) -> bool,
}

impl Picture<'_> {
    /// Writes the picture with one bit for each pixel.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut header = Vec::with_capacity(13);
        header.extend(self.width.to_be_bytes());
        header.extend(self.height.to_be_bytes());
        // Bit depth 1, palette, and the only methods there are for compression, filters and interlacing.
        header.extend([1, 3, 0, 0, 0]);
        let mut file = vec![0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
        chunk(&mut file, b"IHDR", &header);
        chunk(&mut file, b"PLTE", self.colours.as_flattened());
        chunk(&mut file, b"IDAT", &zlib(&self.rows()));
        chunk(&mut file, b"IEND", &[]);
        file
    }

    fn rows(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for y in 0..self.height {
            bytes.push(0); // no filter
            for left in (0..self.width).step_by(8) {
                let bit = |x: u32| u8::from(x < self.width && (self.is_set)(x, y));
                bytes.push((0..8).fold(0, |byte, offset| byte << 1 | bit(left + offset)));
            }
        }
        bytes
    }
}

#[expect(clippy::cast_possible_truncation, reason = "pictures are limited to far less than 4 GiB")]
fn chunk(file: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend(name);
    file.extend(data);
    let sum = crc32(file.get(start..).unwrap_or_default());
    file.extend(sum.to_be_bytes());
}

/// Wraps bytes as zlib data without compressing them.
fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = bytes.chunks(usize::from(u16::MAX)).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(u8::from(blocks.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    out.extend(adler32(bytes).to_be_bytes());
    out
}

fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 }
        })
    })
}
