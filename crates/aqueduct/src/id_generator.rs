//! Ids of a form of one's own.

use aqueduct_spec::{Error, Result};

const DIGITS_AND_LETTERS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Makes ids such as `msg-7Ko0tXb2mA9cQ4Lz`: chance, with a prefix where one is set. They tell things apart; they are no secrets.
///
/// Its ids become those of a request through [`Context::with_ids`](crate::Context::with_ids).
///
/// ```
/// use aqueduct::{Context, IdGenerator};
///
/// let ids = IdGenerator::builder().prefix("msg").separator("_").build()?;
/// assert!(ids.generate().starts_with("msg_"));
/// let cx = Context::default().with_ids(move || ids.generate());
/// # let _ = cx;
/// # Ok::<(), aqueduct::Error>(())
/// ```
///
/// Source: <https://ai-sdk.dev/docs/reference/ai-sdk-core/create-id-generator> (2026-08).
#[derive(Debug, Clone)]
pub struct IdGenerator {
    /// The prefix and its separator.
    begin: String,
    size: usize,
    alphabet: Vec<char>,
}

impl Default for IdGenerator {
    /// 16 characters of `[0-9A-Za-z]`, without a prefix.
    fn default() -> Self {
        Self { begin: String::new(), size: 16, alphabet: DIGITS_AND_LETTERS.chars().collect() }
    }
}

impl IdGenerator {
    /// Begins a generator.
    pub fn builder() -> IdGeneratorBuilder {
        IdGeneratorBuilder::default()
    }

    /// Returns a new id.
    pub fn generate(&self) -> String {
        let mut id = self.begin.clone();
        id.extend((0..self.size).filter_map(|_| fastrand::choice(&self.alphabet)));
        id
    }
}

/// Says what the ids of an [`IdGenerator`] look like.
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it is built"]
pub struct IdGeneratorBuilder {
    prefix: Option<String>,
    separator: String,
    size: usize,
    alphabet: String,
}

impl Default for IdGeneratorBuilder {
    fn default() -> Self {
        Self {
            prefix: None,
            separator: "-".to_owned(),
            size: 16,
            alphabet: DIGITS_AND_LETTERS.to_owned(),
        }
    }
}

impl IdGeneratorBuilder {
    /// Sets what ids begin with. Default: nothing.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// Sets what stands between the prefix and the rest. Default: `-`.
    pub fn separator(mut self, separator: impl Into<String>) -> Self {
        self.separator = separator.into();
        self
    }

    /// Sets how many characters are left to chance. Default: 16.
    pub fn size(mut self, size: usize) -> Self {
        self.size = size;
        self
    }

    /// Sets the characters to choose from. Default: digits and letters.
    pub fn alphabet(mut self, alphabet: impl Into<String>) -> Self {
        self.alphabet = alphabet.into();
        self
    }

    /// Builds the generator.
    ///
    /// # Errors
    /// `InvalidRequest` if the alphabet is empty, or if there is a prefix and its separator occurs in the alphabet: then nobody
    /// could tell where the prefix ends.
    pub fn build(self) -> Result<IdGenerator> {
        let Self { prefix, separator, size, alphabet } = self;
        if alphabet.is_empty() {
            return Err(Error::invalid_request("cannot make ids of an empty alphabet"));
        }
        let begin = match prefix {
            None => String::new(),
            Some(_) if alphabet.contains(&separator) => {
                return Err(Error::invalid_request(format!(
                    "the separator '{separator}' must not be part of the alphabet '{alphabet}'"
                ))
                .with_param("separator"));
            }
            Some(prefix) => prefix + &separator,
        };
        Ok(IdGenerator { begin, size, alphabet: alphabet.chars().collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_look_as_they_were_told_to() {
        let ids = IdGenerator::default();
        let (first, second) = (ids.generate(), ids.generate());
        assert_ne!(first, second);
        assert_eq!(first.len(), 16);
        assert!(first.chars().all(|c| c.is_ascii_alphanumeric()), "{first}");
        let ids = IdGenerator::builder().prefix("wä").separator("__").size(5).alphabet("ü");
        assert_eq!(ids.build().unwrap().generate(), "wä__üüüüü");
        let ids = IdGenerator::builder().size(0).build().unwrap();
        assert_eq!(ids.generate(), "");
    }

    #[test]
    fn every_character_of_the_alphabet_occurs() {
        let id = IdGenerator::builder().alphabet("abc").size(1000).build().unwrap().generate();
        assert!("abc".chars().all(|c| id.contains(c)) && id.len() == 1000);
    }

    #[test]
    fn a_prefix_can_be_told_from_the_rest() {
        let ids = IdGenerator::builder().separator("a");
        assert!(ids.clone().build().is_ok(), "no prefix, no separator");
        let error = ids.clone().prefix("msg").build().unwrap_err();
        assert_eq!(error.param(), Some(&"separator".into()));
        assert!(ids.clone().prefix("msg").alphabet("0").build().is_ok());
        assert!(ids.clone().prefix("msg").separator("").build().is_err(), "every text holds it");
        assert!(ids.alphabet("").build().is_err());
    }
}
