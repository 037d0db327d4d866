//! The gateway over real HTTP, on loopback.

mod ai_gateway;
mod config;
mod errors;
mod harness;
mod openai;
mod operations;
