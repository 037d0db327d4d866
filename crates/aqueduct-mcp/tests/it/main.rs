//! The client against servers in memory and against real ones for Node.

mod everything;
mod mock;
mod node;
