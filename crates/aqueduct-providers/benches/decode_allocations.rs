//! What decoding a streamed answer allocates, per event. A bench of its own, because counting takes time too.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a bench tells what it measures, and nothing catches its panics"
)]

#[path = "decode/streams/mod.rs"]
mod streams;
#[path = "decode/subject.rs"]
mod subject;

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use streams::{Chunking, all};
use subject::Subject;

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    println!("{:<30} {:>12} {:>14}", "stream", "bytes/event", "times/event");
    for stream in all() {
        let subject = Subject::new(&stream, Chunking::Event);
        // What is made once is made here.
        subject.run();
        let region = Region::new(COUNTING);
        subject.run();
        let spent = region.change();
        let per_event = |count: usize| count as f64 / f64::from(stream.events);
        let bytes = per_event(spent.bytes_allocated);
        let times = per_event(spent.allocations + spent.reallocations);
        println!("{:<30} {bytes:>12.0} {times:>14.2}", stream.name);
    }
}
