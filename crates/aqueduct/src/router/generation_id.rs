//! Ids of generations.

use aqueduct_spec::Timestamp;

/// Makes the id of a generation: `gen_` and a ULID, so that ids sort by time. Unique, not secret.
///
/// Source: <https://github.com/ulid/spec>: 48 bits of milliseconds and 80 random bits in Crockford's base 32.
pub fn generation_id(now: Timestamp) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let time = u128::from(now.as_millisecond().cast_unsigned() & 0xFFFF_FFFF_FFFF);
    let bits = time << 80 | fastrand::u128(..1 << 80);
    let digits = (0..26).rev().filter_map(|place| {
        let digit = usize::try_from(bits >> (5 * place) & 31).ok()?;
        DIGITS.get(digit).map(|digit| char::from(*digit))
    });
    "gen_".chars().chain(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_ulid_that_tells_the_time() {
        // The time part of the specification's example.
        let now = Timestamp::from_millisecond(1_469_922_850_259).unwrap();
        let id = generation_id(now);
        assert_eq!(id.len(), 30);
        assert!(id.starts_with("gen_01ARZ3NDEK"), "{id}");
        assert_ne!(id, generation_id(now));
    }
}
