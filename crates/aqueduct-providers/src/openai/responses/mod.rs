//! `POST /responses`: OpenAI's own API for language models, and the tools that it runs.
//!
//! Items that the host keeps are referred to by their ids unless `store` is false; then thoughts travel encrypted. Kinds of
//! items that are not known become `custom` parts and are sent back as they came.

mod decode;
mod encode;
mod model;
pub(super) mod options;
mod parallel;
mod tool_names;

pub mod tools;
pub mod wire;

pub use decode::{Reading, StreamDecoder, content as decode_items, generate as decode};
pub use encode::{Encoded, Target, encode};

pub(crate) use decode::{logprobs, timestamp};
pub(crate) use model::ResponsesModel;
