//! `POST /v1/messages`: wire types, a call as a request, an answer as a result or a stream of parts.

mod capabilities;
pub(crate) mod decode;
mod dialect;
pub mod encode;
mod model;
mod tool_names;
pub mod wire;

pub use capabilities::Capabilities;
pub use decode::Reply;
pub use dialect::{Dialect, Plain};

pub(crate) use model::MessagesModel;
