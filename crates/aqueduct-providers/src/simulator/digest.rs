//! Numbers that look like chance and are none.

/// Returns the 64-bit FNV-1a hash of bytes: stable between versions and machines, which ids and vectors rely on.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc9923>, retrieved 2026-02.
pub(super) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Spreads a number over all 64 bits (the finalizer of SplitMix64), so that neighbours have nothing in common.
pub(super) fn scatter(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Turns a number into a share: at least 0 and less than 1.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit the mantissa")]
pub(super) fn share(number: u64) -> f64 {
    (number >> 11) as f64 / (1_u64 << 53) as f64
}
