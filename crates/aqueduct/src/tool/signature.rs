//! The signature of a question for leave: whoever keeps the conversation cannot change what was asked.
//!
//! Source: the behaviour of `ai` 7.0 (2026-08): HMAC-SHA-256 over
//! `["ai-sdk-tool-approval-v1", approvalId, toolCallId, toolName, digest of the input]`, in base64url without padding, so that
//! a conversation can go on in either SDK.

use aqueduct_spec::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Value, json};

use super::canonical::{canonical_digest, canonical_json};

/// The key that questions for leave are signed with.
#[derive(Clone)]
pub(crate) struct ApprovalKey(hmac::Key);

impl ApprovalKey {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    pub(crate) fn sign(&self, approval_id: &str, call: &SignedCall<'_>) -> String {
        let tag = hmac::sign(&self.0, payload(approval_id, call).as_bytes());
        URL_SAFE_NO_PAD.encode(tag)
    }

    /// # Errors
    /// `Forbidden` if the signature is missing or another's.
    pub(crate) fn verify(
        &self,
        approval_id: &str,
        call: &SignedCall<'_>,
        signature: Option<&str>,
    ) -> Result<()> {
        let Some(signature) = signature else {
            return Err(wrong_signature(approval_id, call, "missing signature"));
        };
        let payload = payload(approval_id, call);
        let tag = URL_SAFE_NO_PAD.decode(signature.trim_end_matches('=')).unwrap_or_default();
        hmac::verify(&self.0, payload.as_bytes(), &tag)
            .map_err(|_| wrong_signature(approval_id, call, "invalid signature"))
    }
}

/// What of a tool call is signed.
pub(crate) struct SignedCall<'a> {
    pub(crate) tool_call_id: &'a str,
    pub(crate) tool_name: &'a str,
    pub(crate) input: &'a Value,
}

fn payload(approval_id: &str, call: &SignedCall<'_>) -> String {
    let digest = canonical_digest(call.input);
    canonical_json(&json!([
        "ai-sdk-tool-approval-v1",
        approval_id,
        call.tool_call_id,
        call.tool_name,
        digest
    ]))
}

fn wrong_signature(approval_id: &str, call: &SignedCall<'_>, reason: &str) -> Error {
    let call_id = call.tool_call_id;
    let message = format!(
        "the approval '{approval_id}' of tool call '{call_id}' cannot be trusted: {reason}"
    );
    Error::new(aqueduct_spec::ErrorKind::Forbidden, message)
        .with_code("invalid_tool_approval_signature")
        .with_param(approval_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call<'a>(name: &'a str, input: &'a Value) -> SignedCall<'a> {
        SignedCall { tool_call_id: "call-1", tool_name: name, input }
    }

    #[test]
    fn what_was_changed_is_found_out() {
        let key = ApprovalKey::new(b"secret");
        let (input, reordered) = (json!({ "a": 1, "b": [2.0] }), json!({ "b": [2], "a": 1.0 }));
        let signature = key.sign("ask-1", &call("rm", &input));
        let verify = |id: &str, call: &SignedCall<'_>, signature: Option<&str>| {
            key.verify(id, call, signature).map_err(|error| error.to_string())
        };
        assert!(verify("ask-1", &call("rm", &input), Some(&signature)).is_ok());
        assert!(verify("ask-1", &call("rm", &reordered), Some(&signature)).is_ok());
        let other = json!({ "a": 2, "b": [2.0] });
        for (id, call, signature) in [
            ("ask-2", call("rm", &input), Some(signature.as_str())),
            ("ask-1", call("ls", &input), Some(&signature)),
            ("ask-1", call("rm", &other), Some(&signature)),
            ("ask-1", call("rm", &input), Some("????")),
            ("ask-1", call("rm", &input), Some("")),
            ("ask-1", call("rm", &input), None),
        ] {
            assert!(verify(id, &call, signature).is_err());
        }
        assert!(
            ApprovalKey::new(b"other")
                .verify("ask-1", &call("rm", &input), Some(&signature))
                .is_err()
        );
    }

    /// Made by the signing code of `ai` 7.0 (2026-08).
    #[test]
    fn is_the_signature_that_the_ai_sdk_makes() {
        let key = ApprovalKey::new(b"test-secret");
        let input = json!({ "value": "x", "n": 1 });
        let signature = key.sign("id-1", &call("tool1", &input));
        assert_eq!(signature, "KaePXOWVYJRHTavh4QcGOqkCVbBPbKRc3VRWhNa6Zt4");
    }
}
