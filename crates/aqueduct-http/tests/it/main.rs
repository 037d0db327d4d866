//! The crate against a server on loopback that does what it is told, byte for byte.

mod download;
mod exchange;
mod server;
mod stream;
