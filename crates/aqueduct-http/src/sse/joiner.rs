//! Characters that were cut in two between events.

use std::borrow::Cow;
use std::fmt::Write as _;

use aqueduct_spec::json::{LoneSurrogate, lone_surrogates};

/// Joins the halves of surrogate pairs that the JSON of two events was cut between: servers in JavaScript send an emoji as
/// `"\ud83d"` and `"\ude00"`, which only their like can read.
///
/// A first half at the end of a string waits for a later event with a second half at the beginning of one; if none comes, it was
/// nothing. Any other half becomes U+FFFD.
#[derive(Debug, Default)]
pub(crate) struct SurrogateJoiner {
    waiting: Option<u16>,
}

impl SurrogateJoiner {
    /// The data of the next event, without halves.
    pub(crate) fn join<'a>(&mut self, data: &'a str) -> Cow<'a, str> {
        let mut halves = lone_surrogates(data).peekable();
        if halves.peek().is_none() {
            return Cow::Borrowed(data);
        }
        // The same text may stand in an event several times, as with the probabilities of tokens.
        let waiting = self.waiting.take();
        let mut joined = String::with_capacity(data.len() + 6);
        let mut copied = 0;
        for half in halves {
            joined.push_str(data.get(copied..half.start).unwrap_or_default());
            copied = half.end;
            if ends_a_string(data, half) {
                self.waiting = Some(half.unit);
            } else if let Some(first) = waiting.filter(|_| begins_a_string(data, half)) {
                let _ = write!(joined, "\\u{first:04x}\\u{:04x}", half.unit);
            } else {
                joined.push_str("\\ufffd");
            }
        }
        joined.push_str(data.get(copied..).unwrap_or_default());
        Cow::Owned(joined)
    }
}

fn ends_a_string(data: &str, half: LoneSurrogate) -> bool {
    half.is_first_half() && data.get(half.end..).is_some_and(|rest| rest.starts_with('"'))
}

fn begins_a_string(data: &str, half: LoneSurrogate) -> bool {
    let before = data.get(..half.start).unwrap_or_default();
    !half.is_first_half() && before.ends_with('"') && !before.ends_with("\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(events: &[&str]) -> Vec<String> {
        let mut joiner = SurrogateJoiner::default();
        events.iter().map(|data| joiner.join(data).into_owned()).collect()
    }

    #[test]
    fn halves_meet() {
        assert_eq!(
            join(&[r#"{"t":"a\ud83d"}"#, r#"{"t":"\ude00b"}"#]),
            [r#"{"t":"a"}"#, r#"{"t":"\ud83d\ude00b"}"#]
        );
        // Over an event of another kind, in several places, one after the other.
        assert_eq!(
            join(&[
                r#"{"t":"\uD83D","p":["\uD83D"]}"#,
                r#"{"ping":1}"#,
                r#"{"p":["\uDE00"],"t":"\uDE00\ud83d"}"#,
                r#"{"t":"\ude01"}"#,
            ]),
            [
                r#"{"t":"","p":[""]}"#,
                r#"{"ping":1}"#,
                r#"{"p":["\ud83d\ude00"],"t":"\ud83d\ude00"}"#,
                r#"{"t":"\ud83d\ude01"}"#,
            ]
        );
    }

    #[test]
    fn halves_without_another_are_told() {
        assert_eq!(join(&[r#"{"t":"\ude00"}"#]), [r#"{"t":"\ufffd"}"#]);
        assert_eq!(join(&[r#"{"t":"\ud83d b"}"#]), [r#"{"t":"\ufffd b"}"#]);
        assert_eq!(
            join(&[r#"{"t":"\ud83d"}"#, r#"{"t":"\"\ude00"}"#]),
            [r#"{"t":""}"#, r#"{"t":"\"\ufffd"}"#]
        );
    }

    #[test]
    fn whole_characters_pass() {
        for data in [r#"{"t":"\ud83d\ude00 \\ud83d 😀"}"#, "[DONE]", "", r"\"] {
            assert!(matches!(SurrogateJoiner::default().join(data), Cow::Borrowed(_)), "{data}");
        }
    }
}
