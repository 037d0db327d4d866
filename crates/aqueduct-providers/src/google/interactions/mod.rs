//! `POST /interactions`: models and agents whose conversations the vendor may keep.
//!
//! Options of a call are [`GoogleInteractionsOptions`] under `google`.
//!
//! Source: <https://ai.google.dev/api/interactions-api> (2026-11).

mod account;
mod background;
mod encode;
mod model;
mod options;
mod prompt;
mod sources;
mod steps;
mod stream;
mod tools;

pub use options::{
    AgentConfig, Environment, GoogleInteractionsOptions, NewEnvironment, ResponseFormat,
};

pub(crate) use model::InteractionsModel;
