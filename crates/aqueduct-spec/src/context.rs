//! What a call carries beside its options: the clock, the source of ids, and what the caller wants to see.

use std::fmt;
use std::sync::Arc;

use crate::timestamp::Timestamp;

/// The surroundings of a call, the same for every layer and provider on its way. Read-only: what comes back rides in the
/// answer.
///
/// The clock and the ids of a call come from here, so that a codec given the same input writes the same output.
#[derive(Clone)]
#[non_exhaustive]
pub struct Context {
    /// What to keep of the exchange with the provider.
    pub include: Include,
    /// What a cache on the way may do.
    pub cache: CacheControl,
    /// The id of the whole generation, if whoever asked has given it one; a router makes one otherwise.
    pub generation_id: Option<Arc<str>>,
    ids: Arc<dyn Fn() -> String + Send + Sync>,
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

/// What of the exchange with the provider an answer tells. Bodies are large, so that only who asks for them gets them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Include {
    /// Keep the body that was sent, as `request.body`.
    pub request_body: bool,
    /// Keep the body that came back, as `response.body`.
    pub response_body: bool,
    /// Tell every attempt of a router, as `providerMetadata.gateway.routing`. Default: yes. Without it that holds who
    /// answered and how many attempts it took; an error tells them all in any case.
    pub routing: bool,
}

impl Include {
    /// Keeps everything.
    pub const ALL: Self = Self { request_body: true, response_body: true, routing: true };
}

impl Default for Include {
    fn default() -> Self {
        Self { request_body: false, response_body: false, routing: true }
    }
}

/// What a cache on the way may do with a call, in the words of the HTTP header `cache-control`.
///
/// Source: RFC 9111 §5.2.1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheControl {
    /// Do not answer from the cache; the new answer may be kept.
    pub no_cache: bool,
    /// Do not keep the answer.
    pub no_store: bool,
    /// Who shares kept answers: only calls with the same scope do.
    pub scope: Option<Arc<str>>,
}

impl CacheControl {
    /// Reads directives such as `no-cache, no-store`. `max-age=0` is `no-cache`; others have no meaning here.
    pub fn parse(directives: &str) -> Self {
        let mut control = Self::default();
        for directive in directives.split(',') {
            match directive.trim().to_ascii_lowercase().as_str() {
                "no-cache" | "max-age=0" => control.no_cache = true,
                "no-store" => control.no_store = true,
                _ => {}
            }
        }
        control
    }

    /// Keeps answers apart from those of other scopes.
    #[must_use]
    pub fn with_scope(mut self, scope: impl Into<Arc<str>>) -> Self {
        self.scope = Some(scope.into());
        self
    }
}

impl Context {
    /// Returns a new id: 16 characters of `[0-9A-Za-z]`.
    pub fn generate_id(&self) -> String {
        (self.ids)()
    }

    /// Returns the current time.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Sets what to keep of the exchange.
    #[must_use]
    pub fn with_include(mut self, include: Include) -> Self {
        self.include = include;
        self
    }

    /// Says what a cache on the way may do.
    #[must_use]
    pub fn with_cache(mut self, cache: CacheControl) -> Self {
        self.cache = cache;
        self
    }

    /// Gives the generation its id.
    #[must_use]
    pub fn with_generation_id(mut self, id: impl Into<Arc<str>>) -> Self {
        self.generation_id = Some(id.into());
        self
    }

    /// Replaces the source of ids.
    #[must_use]
    pub fn with_ids(mut self, ids: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.ids = Arc::new(ids);
        self
    }

    /// Replaces the clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }
}

impl Default for Context {
    fn default() -> Self {
        Self {
            include: Include::default(),
            cache: CacheControl::default(),
            generation_id: None,
            ids: Arc::new(|| generate_id(16)),
            clock: Arc::new(Timestamp::now),
        }
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("include", &self.include).finish_non_exhaustive()
    }
}

/// Returns a random id of `length` characters of `[0-9A-Za-z]`. Unique, not secret.
pub fn generate_id(length: usize) -> String {
    (0..length).map(|_| fastrand::alphanumeric()).collect()
}
