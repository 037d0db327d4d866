//! Where answers are kept.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aqueduct_spec::Answer;
use bytes::Bytes;
use quick_cache::sync::{Cache as Memory, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};
use tokio::time::Instant;

use super::CacheKey;

/// What an entry weighs beside its recording: key, time and bookkeeping, about.
const ENTRY_BYTES: u64 = 128;

/// Kept answers, in memory. Clones share them.
#[derive(Clone)]
pub struct Cache {
    entries: Arc<Memory<CacheKey, Entry, ByBytes>>,
    ttl: Duration,
    max_bytes: u64,
}

#[derive(Clone)]
struct Entry {
    recording: Bytes,
    expires: Instant,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<CacheKey, Entry> for ByBytes {
    fn weight(&self, _key: &CacheKey, entry: &Entry) -> u64 {
        ENTRY_BYTES + entry.recording.len() as u64
    }
}

impl Cache {
    /// Keeps answers for `ttl` and up to `max_bytes` in all; when full, those used least go first. A single answer may take up
    /// to a quarter of it.
    pub fn memory(ttl: Duration, max_bytes: u64) -> Self {
        let items = usize::try_from(max_bytes / 4096).unwrap_or(usize::MAX).clamp(16, 1 << 20);
        // One shard, because the bytes are split among shards and a large answer must find room.
        let options = OptionsBuilder::new()
            .estimated_items_capacity(items)
            .weight_capacity(max_bytes)
            .shards(1)
            .build();
        let entries = options.map_or_else(
            |_invalid| Memory::with_weighter(items, max_bytes, ByBytes),
            |options| {
                Memory::with_options(
                    options,
                    ByBytes,
                    DefaultHashBuilder::default(),
                    DefaultLifecycle::default(),
                )
            },
        );
        Self { entries: Arc::new(entries), ttl, max_bytes }
    }

    /// How many answers are kept, those that have expired but were not asked for since included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many bytes the kept answers take.
    pub fn n_bytes(&self) -> u64 {
        self.entries.weight()
    }

    /// Forgets all answers.
    pub fn clear(&self) {
        self.entries.clear();
    }

    /// The kept answer, if there is one that has not expired.
    pub fn answer<A: Answer>(&self, key: &CacheKey) -> Option<A> {
        let entry = self.entries.get(key)?;
        if entry.expires <= Instant::now() {
            self.entries.remove(key);
            return None;
        }
        A::replay(&entry.recording).ok()
    }

    /// Passes an answer on and keeps it once it is complete.
    #[must_use]
    pub fn keep<A: Answer>(&self, key: CacheKey, answer: A) -> A {
        let (entries, ttl) = (Arc::clone(&self.entries), self.ttl);
        let max_bytes = usize::try_from(self.max_bytes / 4).unwrap_or(usize::MAX);
        let keep = move |recording: Vec<u8>| {
            // A ttl beyond the clock's range never ends: do not keep what cannot be dated.
            if let Some(expires) = Instant::now().checked_add(ttl) {
                entries.insert(key, Entry { recording: recording.into(), expires });
            }
        };
        answer.record(max_bytes, Box::new(keep))
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("answers", &self.len())
            .field("bytes", &self.n_bytes())
            .field("ttl", &self.ttl)
            .finish_non_exhaustive()
    }
}
