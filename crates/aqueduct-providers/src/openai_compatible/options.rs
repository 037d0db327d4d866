//! Under which keys a host's options are found in `providerOptions`.
//!
//! They may be under the host's name (`test-provider`), under that name in camel case (`testProvider`), or under
//! `openaiCompatible` for options that every such host knows.

use std::borrow::Cow;

use aqueduct_spec::{JsonObject, ProviderOptions, Result, Warning};
use serde::de::DeserializeOwned;

/// The key for options that every host of this protocol knows.
pub(crate) const SHARED_KEY: &str = "openaiCompatible";

/// The former name of [`SHARED_KEY`].
const DEPRECATED_KEY: &str = "openai-compatible";

/// Returns a name in camel case: `testProvider` for `test-provider`.
pub(crate) fn camel_case(name: &str) -> Cow<'_, str> {
    if !name.contains(['-', '_']) {
        return Cow::Borrowed(name);
    }
    let mut out = String::with_capacity(name.len());
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            ('-' | '_', Some(next)) if next.is_ascii_lowercase() => {
                out.push(next.to_ascii_uppercase());
                letters.next();
            }
            _ => out.push(letter),
        }
    }
    Cow::Owned(out)
}

/// Where to look for options, in the order of precedence: later ones win.
pub(crate) struct Keys<'a> {
    name: &'a str,
    camel: Cow<'a, str>,
    options: Option<&'a ProviderOptions>,
}

impl<'a> Keys<'a> {
    /// `name` is the host's, as in `<name>.chat`.
    pub(crate) fn new(name: &'a str, options: Option<&'a ProviderOptions>) -> Self {
        Self { name, camel: camel_case(name), options }
    }

    /// The key for the metadata of the answer: that which the caller used.
    pub(crate) fn metadata_key(&self) -> &str {
        if self.get(&self.camel).is_some() { &self.camel } else { self.name }
    }

    /// Warns of the former name of the shared key.
    pub(crate) fn warn_of_shared(&self, warnings: &mut Vec<Warning>) {
        if self.get(DEPRECATED_KEY).is_some() {
            warnings.push(deprecated(DEPRECATED_KEY, SHARED_KEY));
        }
    }

    /// Warns of a name that is not in camel case.
    pub(crate) fn warn_of_name(&self, warnings: &mut Vec<Warning>) {
        if self.camel != self.name && self.get(self.name).is_some() {
            warnings.push(deprecated(self.name, &self.camel));
        }
    }

    /// Everything that is said for this host: under its name, and over it under its name in camel case.
    pub(crate) fn own(&self) -> JsonObject {
        let mut own = self.get(self.name).cloned().unwrap_or_default();
        if self.camel != self.name {
            own.extend(self.get(&self.camel).cloned().unwrap_or_default());
        }
        own
    }

    /// Options that every host knows, from all keys.
    ///
    /// # Errors
    /// `InvalidRequest`, naming the key, if they have another shape.
    pub(crate) fn typed<T: DeserializeOwned + Default>(&self, keys: OptionKeys) -> Result<T> {
        let names: &[&str] = match keys {
            OptionKeys::All => &[DEPRECATED_KEY, SHARED_KEY, self.name, &self.camel],
            OptionKeys::Own => &[self.name, &self.camel],
            OptionKeys::ExceptCamelCase => &[DEPRECATED_KEY, SHARED_KEY, self.name],
        };
        let mut found = names.iter().filter(|name| self.get(name).is_some());
        let (Some(options), Some(first)) = (self.options, found.next()) else {
            return Ok(T::default());
        };
        // Each is read by itself, so that the error names its key; together only if there are several.
        let mut typed = options.typed(first)?;
        let mut merged = ProviderOptions::of(*first, self.get(first).cloned().unwrap_or_default());
        for name in found {
            options.typed::<T>(name)?;
            merged.entry(first).extend(self.get(name).cloned().unwrap_or_default());
            typed = merged.typed(first)?;
        }
        Ok(typed.unwrap_or_default())
    }

    fn get(&self, key: &str) -> Option<&'a JsonObject> {
        self.options?.get(key)
    }
}

/// Which keys are read for options that every host knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OptionKeys {
    /// The shared ones and the host's own.
    All,
    /// The host's own.
    Own,
    /// All but the camel-case name: embedding models of the AI SDK do not look there, and neither do we.
    ExceptCamelCase,
}

fn deprecated(old: &str, new: &str) -> Warning {
    Warning::deprecated(format!("providerOptions key '{old}'"), format!("Use '{new}' instead."))
}
