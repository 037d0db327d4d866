//! A subscriber that remembers spans.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Map, Value, json};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

/// All spans so far, in the order in which they began.
#[derive(Clone, Default)]
pub(super) struct Trace(Arc<Mutex<Vec<Seen>>>);

#[derive(Clone)]
struct Seen {
    path: String,
    fields: Map<String, Value>,
    is_open: bool,
}

/// The place of a span in the list.
struct Place(usize);

impl Trace {
    /// Remembers the spans of this thread until the guard is dropped.
    pub(super) fn start() -> (Self, tracing::subscriber::DefaultGuard) {
        let trace = Self::default();
        let subscriber = Registry::default().with(trace.clone());
        let guard = tracing::subscriber::set_default(subscriber);
        (trace, guard)
    }

    /// The names of all spans, each behind those that it is in.
    pub(super) fn tree(&self) -> Vec<String> {
        self.seen().iter().map(|seen| seen.path.clone()).collect()
    }

    /// The paths of the spans that have not ended.
    pub(super) fn open(&self) -> Vec<String> {
        self.seen().iter().filter(|seen| seen.is_open).map(|seen| seen.path.clone()).collect()
    }

    /// The attributes of the first span of this path. Times are taken out, once they are known to be numbers.
    pub(super) fn attributes(&self, path: &str) -> Value {
        let seen = self.seen();
        let span = seen.iter().find(|seen| seen.path == path);
        let mut fields = span.unwrap_or_else(|| panic!("no span {path}")).fields.clone();
        fields.retain(|name, value| {
            let is_time = name.ends_with("duration") || name.contains("time_");
            assert!(!is_time || value.is_f64(), "{name} is {value}");
            !is_time
        });
        Value::Object(fields)
    }

    /// One attribute of the first span of this path.
    pub(super) fn attribute(&self, path: &str, name: &str) -> Value {
        let seen = self.seen();
        let span = seen.iter().find(|seen| seen.path == path);
        span.unwrap().fields.get(name).cloned().unwrap_or_default()
    }

    /// The values that spans have under a name.
    pub(super) fn fields(&self, name: &str) -> Vec<Value> {
        self.seen().iter().filter_map(|seen| seen.fields.get(name).cloned()).collect()
    }

    /// All that was recorded.
    pub(super) fn dump(&self) -> String {
        self.seen().iter().map(|seen| json!([seen.path, seen.fields]).to_string()).collect()
    }

    fn seen(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.0.lock().unwrap()
    }
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Trace {
    fn on_new_span(
        &self,
        attributes: &tracing::span::Attributes<'_>,
        id: &tracing::Id,
        cx: Context<'_, S>,
    ) {
        let mut fields = Fields(Map::new());
        attributes.record(&mut fields);
        let span = cx.span(id).unwrap();
        let mut seen = self.seen();
        let parent = span.parent().and_then(|parent| {
            let place = parent.extensions().get::<Place>().map(|place| place.0)?;
            Some(seen[place].path.clone())
        });
        let name = match fields.0.remove("otel.name") {
            Some(Value::String(name)) => name,
            _ => span.name().to_owned(),
        };
        let path = match parent {
            Some(parent) => format!("{parent} > {name}"),
            None => name,
        };
        span.extensions_mut().insert(Place(seen.len()));
        seen.push(Seen { path, fields: fields.0, is_open: true });
    }

    fn on_record(&self, id: &tracing::Id, record: &tracing::span::Record<'_>, cx: Context<'_, S>) {
        let mut fields = Fields(Map::new());
        record.record(&mut fields);
        let place = cx.span(id).unwrap().extensions().get::<Place>().unwrap().0;
        self.seen()[place].fields.extend(fields.0);
    }

    fn on_close(&self, id: tracing::Id, cx: Context<'_, S>) {
        let place = cx.span(&id).unwrap().extensions().get::<Place>().unwrap().0;
        self.seen()[place].is_open = false;
    }
}

/// The fields of a span as JSON.
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &tracing::field::Field, value: Value) {
        self.0.insert(field.name().to_owned(), value);
    }
}

impl tracing::field::Visit for Fields {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
        panic!("{} is recorded as text of debugging: {value:?}", field.name());
    }

    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        self.put(field, value.into());
    }

    fn record_f64(&mut self, field: &tracing::field::Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &tracing::field::Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &tracing::field::Field, value: u64) {
        self.put(field, value.into());
    }
}
