//! The dialects in which a request may come: each has a folder with a file for each endpoint. They read and write JSON and
//! decide nothing.

pub(crate) mod ai_gateway;
mod body;
pub(crate) mod openai;
pub(crate) mod operations;
mod sse;
