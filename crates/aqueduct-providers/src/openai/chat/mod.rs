//! `POST /chat/completions` as OpenAI itself has it.
//!
//! The wire types are those of the [shared codec](crate::openai_compatible::chat); what is around them is not: instructions
//! to reasoning models are the developer's, their limits have other names, citations are sources, likely tokens are kept.

mod decode;
mod encode;
mod messages;
mod model;
mod options;

pub(crate) use model::ChatModel;
