//! What it costs to decode a streamed answer, in nanoseconds per event.
//!
//! A whole call of each provider is measured, from the options to the last part; the answer's chunks lie in memory. Without
//! arguments it prints a table; with `--serve` it does what it is told on standard input, for `compare.mjs` to time it and
//! the AI SDK in turns:
//!
//! - `streams` answers with all streams: their names, the calls, the chunks;
//! - `run NAME CHUNKING TIMES` answers with how long so many calls took, in nanoseconds;
//! - `parts NAME CHUNKING` answers with the parts that come of the stream.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::disallowed_types,
    reason = "a bench tells what it measures, with the machine's clock, and nothing catches its panics"
)]

mod serve;
mod streams;
mod subject;

use std::time::{Duration, Instant};

use streams::{Chunking, all};
use subject::Subject;

/// How long each stream is measured.
const LONG_ENOUGH: Duration = Duration::from_millis(300);

fn main() {
    if std::env::args().any(|argument| argument == "--serve") {
        return serve::serve();
    }
    println!("{:<30} {:>8} {:>10}", "stream", "chunking", "ns/event");
    for stream in all() {
        for chunking in Chunking::ALL {
            let subject = Subject::new(&stream, chunking);
            let rounds = (0..9).map(|_| nanoseconds(&subject)).collect();
            let per_event = median(rounds) / f64::from(stream.events);
            println!("{:<30} {:>8} {per_event:>10.0}", stream.name, chunking.name());
        }
    }
}

/// How long one call takes.
fn nanoseconds(subject: &Subject) -> f64 {
    let begin = Instant::now();
    let mut calls = 0;
    while begin.elapsed() < LONG_ENOUGH / 9 {
        subject.run();
        calls += 1;
    }
    begin.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
