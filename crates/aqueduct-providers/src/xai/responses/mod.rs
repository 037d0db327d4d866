//! `POST /responses`: the default API for language models, and the tools that run at the host.
//!
//! Requests and events are those of [`openai::responses`](crate::openai::responses::wire), read in xAI's sense. Kinds of items
//! that are not known become `custom` parts and are sent back as they came.
//!
//! Source: <https://docs.x.ai/docs/api-reference#create-new-response> (2026-11).

mod decode;
mod encode;
mod hosted_call;
mod input;
mod model;
mod options;
mod stream;
mod tools;

pub(super) use model::ResponsesModel;
