//! Words, which stand for tokens here.

/// Counts the words of a text.
pub(super) fn count(text: &str) -> u64 {
    text.split_whitespace().count().try_into().unwrap_or(u64::MAX)
}

/// Returns the words as they are compared: lower case, letters and digits only.
pub(super) fn plain(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// Cuts a text after so many words; `None` if it has no more than that.
pub(super) fn first(text: &str, limit: u64) -> Option<&str> {
    let mut words = 0;
    let mut in_word = false;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            in_word = false;
        } else if !in_word {
            if words == limit {
                return text.get(..at).map(str::trim_end);
            }
            words += 1;
            in_word = true;
        }
    }
    None
}

/// Splits a text into chunks of so many characters, or of a word with the space after it. Nothing is lost.
pub(super) fn chunks(text: &str, size: Option<usize>) -> Vec<String> {
    let mut chunks = Vec::new();
    let mut chunk = String::new();
    let mut length = 0;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        chunk.push(c);
        length += 1;
        let full = match size {
            Some(size) => length >= size.max(1),
            None => {
                c.is_whitespace() && characters.peek().is_some_and(|next| !next.is_whitespace())
            }
        };
        if full {
            chunks.push(std::mem::take(&mut chunk));
            length = 0;
        }
    }
    if !chunk.is_empty() {
        chunks.push(chunk);
    }
    chunks
}
