//! `POST /files`: images that DeepSeek keeps, to be named in prompts.
//!
//! Source: <https://api-docs.deepseek.com> (2026-11).

use crate::openai_compatible::{FileRules, Purpose};

/// How DeepSeek keeps files.
pub(super) const RULES: FileRules = FileRules {
    key: "deepseek",
    purpose: Purpose::Fixed("user_data"),
    facts: &[
        ("filename", "filename"),
        ("purpose", "purpose"),
        ("bytes", "bytes"),
        ("created_at", "createdAt"),
        ("expires_at", "expiresAt"),
    ],
};
