//! Counters and what Prometheus reads of them. Counting takes no lock: series are found in a map that is replaced when a new
//! one joins, which is rare and bounded.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use arc_swap::ArcSwap;

/// The content type of the text format.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Models beyond this many are counted together, so that invented names cannot fill the memory.
const MAX_SERIES: usize = 2000;
const OTHER_MODELS: &str = "(other)";
const BUCKETS_MS: [u64; 12] =
    [5, 25, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 120_000];
const STATUSES: usize = 500; // 100 to 599

/// Where a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Surface {
    AiGateway,
    OpenAi,
}

impl Surface {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::AiGateway => "ai_gateway",
            Self::OpenAi => "openai",
        }
    }
}

/// Everything that is counted.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) in_flight: AtomicI64,
    pub(crate) connections: AtomicI64,
    series: ArcSwap<AllSeries>,
}

/// By surface and operation, then by model: a model is looked up by its borrowed name.
type AllSeries = HashMap<(Surface, &'static str), HashMap<Box<str>, Arc<Series>>>;

/// What is counted of one model, operation and surface.
#[derive(Debug)]
pub(crate) struct Series {
    statuses: Box<[AtomicU64]>,
    buckets: [AtomicU64; BUCKETS_MS.len()],
    micros: AtomicU64,
    pub(crate) input_tokens: AtomicU64,
    pub(crate) output_tokens: AtomicU64,
    pub(crate) attempts: AtomicU64,
}

impl Default for Series {
    fn default() -> Self {
        Self {
            statuses: (0..STATUSES).map(|_| AtomicU64::new(0)).collect(),
            buckets: Default::default(),
            micros: AtomicU64::new(0),
            input_tokens: AtomicU64::new(0),
            output_tokens: AtomicU64::new(0),
            attempts: AtomicU64::new(0),
        }
    }
}

impl Series {
    /// Counts one answer.
    pub(crate) fn count(&self, status: u16, took: Duration) {
        let place = usize::from(status.clamp(100, 599) - 100);
        if let Some(counter) = self.statuses.get(place) {
            counter.fetch_add(1, Relaxed);
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Relaxed);
        let bucket = BUCKETS_MS.iter().position(|limit| micros <= limit * 1000);
        if let Some(bucket) = bucket.and_then(|index| self.buckets.get(index)) {
            bucket.fetch_add(1, Relaxed);
        }
    }
}

impl Metrics {
    /// Finds the series of a model, or makes it.
    pub(crate) fn series(
        &self,
        surface: Surface,
        operation: &'static str,
        model: &str,
    ) -> Arc<Series> {
        let find = |model: &str| {
            self.series
                .load()
                .get(&(surface, operation))
                .and_then(|models| models.get(model))
                .cloned()
        };
        if let Some(series) = find(model) {
            return series;
        }
        let full = self.series.load().values().map(HashMap::len).sum::<usize>() >= MAX_SERIES;
        let model = if full { OTHER_MODELS } else { model };
        self.series.rcu(|all| {
            let mut all = HashMap::clone(all);
            all.entry((surface, operation)).or_default().entry(model.into()).or_default();
            all
        });
        find(model).unwrap_or_default()
    }

    /// Counts a request that was refused before its model was known.
    pub(crate) fn refused(&self, surface: Surface, status: u16, took: Duration) {
        self.series(surface, "refused", "").count(status, took);
    }

    /// Writes everything in the text format.
    pub(crate) fn text(&self) -> String {
        let series = self.series.load();
        let mut all: Vec<(String, &Series)> = series
            .iter()
            .flat_map(|((surface, operation), models)| {
                models.iter().map(move |(model, series)| {
                    let model = escape(model);
                    let surface = surface.as_str();
                    (
                        format!(
                            "surface=\"{surface}\",operation=\"{operation}\",model=\"{model}\""
                        ),
                        &**series,
                    )
                })
            })
            .collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        let mut out = String::new();
        for (name, help, value) in [
            ("aqueduct_requests_in_flight", "Calls that are being answered.", &self.in_flight),
            ("aqueduct_connections", "Connections that are open.", &self.connections),
        ] {
            head(&mut out, name, "gauge", help);
            let _ = writeln!(out, "{name} {}", value.load(Relaxed));
        }
        requests(&mut out, &all);
        durations(&mut out, &all);
        tokens(&mut out, &all);
        head(&mut out, "aqueduct_attempts_total", "counter", "Attempts at providers.");
        for (labels, series) in &all {
            let _ = writeln!(
                out,
                "aqueduct_attempts_total{{{labels}}} {}",
                series.attempts.load(Relaxed)
            );
        }
        out
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn requests(out: &mut String, all: &[(String, &Series)]) {
    head(
        out,
        "aqueduct_requests_total",
        "counter",
        "Answers by status; 499 is a client that left.",
    );
    for (labels, series) in all {
        for (status, count) in (100..).zip(&series.statuses) {
            let count = count.load(Relaxed);
            if count > 0 {
                let _ = writeln!(
                    out,
                    "aqueduct_requests_total{{{labels},status=\"{status}\"}} {count}"
                );
            }
        }
    }
}

fn durations(out: &mut String, all: &[(String, &Series)]) {
    const NAME: &str = "aqueduct_request_duration_seconds";
    head(out, NAME, "histogram", "From the headers of a request to the end of its answer.");
    for (labels, series) in all {
        let mut sum = 0;
        for (limit, count) in BUCKETS_MS.iter().zip(&series.buckets) {
            sum += count.load(Relaxed);
            let limit = Duration::from_millis(*limit).as_secs_f64();
            let _ = writeln!(out, "{NAME}_bucket{{{labels},le=\"{limit}\"}} {sum}");
        }
        let count: u64 = series.statuses.iter().map(|count| count.load(Relaxed)).sum();
        let seconds = Duration::from_micros(series.micros.load(Relaxed)).as_secs_f64();
        let _ = writeln!(out, "{NAME}_bucket{{{labels},le=\"+Inf\"}} {count}");
        let _ = writeln!(out, "{NAME}_sum{{{labels}}} {seconds}");
        let _ = writeln!(out, "{NAME}_count{{{labels}}} {count}");
    }
}

fn tokens(out: &mut String, all: &[(String, &Series)]) {
    head(out, "aqueduct_tokens_total", "counter", "Tokens as the providers count them.");
    for (labels, series) in all {
        for (kind, count) in [("input", &series.input_tokens), ("output", &series.output_tokens)] {
            let count = count.load(Relaxed);
            let _ = writeln!(out, "aqueduct_tokens_total{{{labels},type=\"{kind}\"}} {count}");
        }
    }
}

fn escape(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_was_counted() {
        let metrics = Metrics::default();
        let series = metrics.series(Surface::OpenAi, "generate", "a\"b");
        series.count(200, Duration::from_millis(30));
        series.count(429, Duration::from_secs(300));
        series.input_tokens.fetch_add(7, Relaxed);
        let text = metrics.text();
        let labels = r#"surface="openai",operation="generate",model="a\"b""#;
        for line in [
            format!("aqueduct_requests_total{{{labels},status=\"200\"}} 1"),
            format!("aqueduct_requests_total{{{labels},status=\"429\"}} 1"),
            format!("aqueduct_request_duration_seconds_bucket{{{labels},le=\"0.025\"}} 0"),
            format!("aqueduct_request_duration_seconds_bucket{{{labels},le=\"0.1\"}} 1"),
            format!("aqueduct_request_duration_seconds_bucket{{{labels},le=\"120\"}} 1"),
            format!("aqueduct_request_duration_seconds_bucket{{{labels},le=\"+Inf\"}} 2"),
            format!("aqueduct_request_duration_seconds_sum{{{labels}}} 300.03"),
            format!("aqueduct_tokens_total{{{labels},type=\"input\"}} 7"),
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\nnot in\n{text}");
        }
    }

    #[test]
    fn invented_models_are_counted_together() {
        let metrics = Metrics::default();
        for index in 0..MAX_SERIES + 10 {
            metrics.series(Surface::OpenAi, "embed", &index.to_string()).count(200, Duration::ZERO);
        }
        let models = metrics.series.load()[&(Surface::OpenAi, "embed")].len();
        assert_eq!(models, MAX_SERIES + 1);
        assert!(metrics.text().contains(r#"model="(other)",status="200"} 10"#));
    }
}
