//! Where credentials are kept.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aqueduct::Result;
use aqueduct::spec::BoxFuture;
use aqueduct_http::Secret;

/// Keeps what an [`OAuth`](super::OAuth) must know the next time: `registration` (the client as the authorization server knows
/// it), `tokens`, and under `state/…` what belongs to an authorization that is under way. Values are JSON and all of them
/// secret; a store belongs to one user at one server.
///
/// What is under way is saved before the user is sent away and removed when the user is back; remove what is older than a day.
pub trait OAuthStore: Send + Sync + 'static {
    /// Reads a value.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn load<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Secret>>>;

    /// Writes a value, or removes it.
    ///
    /// # Errors
    /// If the store cannot be written.
    fn save<'a>(&'a self, name: &'a str, value: Option<Secret>) -> BoxFuture<'a, Result<()>>;
}

/// Keeps credentials as long as the program runs. Clones share them.
#[derive(Clone, Default)]
pub struct MemoryStore {
    values: Arc<Mutex<BTreeMap<String, Secret>>>,
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl OAuthStore for MemoryStore {
    fn load<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Secret>>> {
        let value = self.values.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        Box::pin(async move { Ok(value) })
    }

    fn save<'a>(&'a self, name: &'a str, value: Option<Secret>) -> BoxFuture<'a, Result<()>> {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        match value {
            Some(value) => values.insert(name.to_owned(), value),
            None => values.remove(name),
        };
        Box::pin(async { Ok(()) })
    }
}
