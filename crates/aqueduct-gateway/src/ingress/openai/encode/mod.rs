//! An answer → the JSON of chat completions.

mod chunks;
mod parts;
#[cfg(test)]
mod tests;
mod usage;
mod whole;

pub(super) use chunks::{Chunks, Settings};
pub(super) use whole::response;
