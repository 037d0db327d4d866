//! An HTTP/1.1 server on loopback whose every byte is scripted.

mod connection;
mod gate;
mod reply;
mod request;
mod server;

pub use gate::Gate;
pub use reply::Reply;
pub use request::RecordedRequest;
pub use server::ScriptedUpstream;
