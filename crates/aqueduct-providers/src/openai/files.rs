//! `POST /files`: files that OpenAI keeps, to be named in prompts.

use crate::openai_compatible::{FileRules, Purpose};

/// How OpenAI keeps files.
pub(super) const RULES: FileRules = FileRules {
    key: "openai",
    purpose: Purpose::Chosen("assistants"),
    facts: &[
        ("filename", "filename"),
        ("purpose", "purpose"),
        ("bytes", "bytes"),
        ("created_at", "createdAt"),
        ("status", "status"),
        ("expires_at", "expiresAt"),
    ],
};
