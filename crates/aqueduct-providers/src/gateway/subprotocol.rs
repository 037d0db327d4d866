//! How a WebSocket says whose it is: in sub-protocols, because browsers cannot send headers.
//!
//! Source: the wire of `@ai-sdk/gateway` 4 (2026-11).

use aqueduct_spec::Data;

/// What all realtime sessions offer, for the gateway to choose.
pub(super) const REALTIME: &str = "ai-gateway-realtime.v1";
/// What all live transcripts offer, for the gateway to choose.
#[cfg(feature = "websocket")]
pub(super) const TRANSCRIPTION: &str = "ai-gateway-transcription.v1";
/// Before the credential.
pub(super) const AUTH: &str = "ai-gateway-auth.";

/// Names the team. Its id is written in base64 of URLs, since a sub-protocol cannot hold every character.
pub(super) fn team(id_or_slug: &str) -> String {
    let standard = Data::Bytes(id_or_slug.as_bytes().to_vec().into()).to_base64();
    let encoded = standard.trim_end_matches('=').replace('+', "-").replace('/', "_");
    format!("ai-gateway-team.{encoded}")
}
