//! Ids of generations: `gen_` and a ULID, which sorts by time.

use std::time::SystemTime;

/// Crockford's base 32, which leaves out letters that are taken for others.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Returns a new id. It is unique, not secret.
pub(crate) fn generate() -> String {
    let millis = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis());
    let random = u128::from(fastrand::u64(..)) << 16 | u128::from(fastrand::u16(..));
    let bits = (millis & 0xFFFF_FFFF_FFFF) << 80 | random;
    let mut id = String::with_capacity(30);
    id.push_str("gen_");
    for place in (0..26).rev() {
        let digit = usize::try_from(bits >> (place * 5) & 31).unwrap_or_default();
        id.push(char::from(ALPHABET.get(digit).copied().unwrap_or(b'0')));
    }
    id
}

#[cfg(test)]
mod tests {
    use super::generate;

    #[test]
    fn looks_like_a_ulid_and_never_repeats() {
        let (a, b) = (generate(), generate());
        assert_ne!(a, b);
        assert_eq!(a.len(), 30);
        // Years 2005 to 2527 begin so: a check that the time is in front.
        assert!(a.starts_with("gen_01") || a.starts_with("gen_0"), "{a}");
        assert!(a["gen_".len()..].bytes().all(|byte| super::ALPHABET.contains(&byte)));
    }
}
