//! Who rests until when.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::layer::Record;

/// How many records are kept. Only what failed has one, and names of models come from callers, so there must be a limit.
const MAX_RECORDS: usize = 1024;

/// The records of one target or key, by model. `None` stands for all models.
#[derive(Debug, Default)]
pub(crate) struct Book(Mutex<HashMap<Option<Box<str>>, Record>>);

impl Book {
    /// Until when it rests for a model, if it does.
    pub(crate) fn resting_until(&self, model: &str, now: Instant) -> Option<Instant> {
        let records = self.records();
        if records.is_empty() {
            return None;
        }
        let until = |key: Option<Box<str>>| records.get(&key)?.resting_until(now);
        until(None).max(until(Some(model.into())))
    }

    /// Changes the record of a model, or of all with `None`.
    pub(crate) fn update(&self, model: Option<&str>, change: impl FnOnce(&mut Record)) {
        let mut records = self.records();
        if records.len() >= MAX_RECORDS {
            make_room(&mut records, Instant::now());
        }
        let key = model.map(Box::from);
        let mut record = records.get(&key).copied().unwrap_or_default();
        change(&mut record);
        if record.is_clean() {
            records.remove(&key);
        } else {
            records.insert(key, record);
        }
    }

    /// An attempt begins: the first after a rest is the only one until it is known how it went.
    pub(crate) fn begin(&self, model: &str, change: impl Fn(&mut Record)) {
        let mut records = self.records();
        if records.is_empty() {
            return;
        }
        if let Some(record) = records.get_mut(&Some(Box::from(model))) {
            change(record);
        }
    }

    /// Forgets everything that speaks against it.
    pub(crate) fn clear(&self, model: &str) {
        let mut records = self.records();
        if !records.is_empty() {
            records.remove(&Some(Box::from(model)));
            records.remove(&None);
        }
    }

    fn records(&self) -> MutexGuard<'_, HashMap<Option<Box<str>>, Record>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make_room(records: &mut HashMap<Option<Box<str>>, Record>, now: Instant) {
    records.retain(|_, record| record.resting_until(now).is_some());
    if records.len() >= MAX_RECORDS {
        let soonest = records
            .iter()
            .filter(|(key, _)| key.is_some())
            .min_by_key(|(_, record)| record.resting_until(now))
            .map(|(key, _)| key.clone());
        if let Some(key) = soonest {
            records.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn stays_bounded_and_keeps_what_rests_longest() {
        let book = Book::default();
        let now = Instant::now();
        for index in 0..3000_u64 {
            book.update(Some(&index.to_string()), |record| {
                record.rest_for(Duration::from_secs(index + 1), now);
            });
        }
        assert!(book.records().len() <= MAX_RECORDS);
        assert!(book.resting_until("2999", now).is_some());
        assert_eq!(book.resting_until("0", now), None);
    }

    #[tokio::test(start_paused = true)]
    async fn what_rests_for_all_rests_for_each() {
        let book = Book::default();
        let now = Instant::now();
        book.update(None, |record| record.rest_for(Duration::from_secs(9), now));
        assert_eq!(book.resting_until("any", now), Some(now + Duration::from_secs(9)));
        book.clear("any");
        assert_eq!(book.resting_until("any", now), None);
    }
}
