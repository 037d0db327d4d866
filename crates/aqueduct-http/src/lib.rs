//! The one way out to the network: requests over one shared client, server-sent events, guarded downloads.
//!
//! What it knows is HTTP. Vendors' JSON is read by the providers, and retrying is a layer's business: an exchange is tried
//! once, and its error says whether another try makes sense.
//!
//! Limits hold everywhere: connecting, the first byte and every gap between chunks are timed ([`Timeouts`]), and bodies,
//! events and errors have a largest size. Dropping a future or a stream cancels its exchange. Credentials and queries appear
//! in no error and in no `Debug`.
//!
//! With the feature `websocket` a request can also be switched to a connection that stays open in both directions:
//! `Request::websocket`.
//!
//! ```no_run
//! use aqueduct_http::{ApiMessage, Client, Secret};
//! use futures_util::StreamExt;
//! use serde_json::{Value, json};
//!
//! # async fn example() -> aqueduct_spec::Result<()> {
//! let client = Client::new();
//! let response = client
//!     .post("https://api.example.com/v1/chat/completions")
//!     .bearer(&Secret::from("sk-…"))
//!     .json(&json!({ "model": "m", "stream": true }))
//!     .send()
//!     .await?
//!     .error_for_status(|_status, _headers, body| {
//!         let body: Value = serde_json::from_slice(body).ok()?;
//!         Some(ApiMessage::new(body["error"]["message"].as_str()?))
//!     })
//!     .await?;
//!
//! let mut events = response.events();
//! while let Some(event) = events.next().await {
//!     let event = event?;
//!     if event.data() == "[DONE]" {
//!         break;
//!     }
//!     let chunk: Value = event.json()?;
//!     # let _ = chunk;
//! }
//! # Ok(())
//! # }
//! ```

mod body;
mod carrier;
mod client;
mod download;
mod event_stream;
mod header;
mod json;
mod loopback;
mod multipart;
mod redaction;
mod request;
mod resolver;
mod response;
mod retry_after;
mod secret;
mod shown_url;
mod sse;
mod status;
mod timeouts;
mod tls;
mod transport;
mod watchdog;
#[cfg(feature = "websocket")]
mod websocket;

pub use body::ByteStream;
pub use carrier::{Carrier, Chunks};
pub use client::{Client, ClientBuilder};
pub use download::{Download, Downloader, decode_data_url};
pub use event_stream::{EventStream, UnfinishedEvent};
pub use header::is_sensitive_header;
pub use loopback::is_loopback;
pub use multipart::Multipart;
pub use request::Request;
pub use resolver::{Resolver, SystemResolver};
pub use response::{Json, Response};
pub use retry_after::retry_after;
pub use secret::Secret;
pub use sse::{SseDecoder, SseEvent};
pub use status::{ApiMessage, MAX_ERROR_BODY_BYTES, error_kind, request_id, status_error};
pub use timeouts::Timeouts;
#[cfg(feature = "websocket")]
pub use websocket::{CloseFrame, WebSocket, WebSocketMessage, WebSocketOptions};
