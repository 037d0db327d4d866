//! The client against a server in memory and against the reference server for Node.

mod everything;
mod mock;
