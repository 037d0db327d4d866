//! Generated content, as Gemini sends it.

use serde_json::{Value, json};

use super::content::{self, PIECES};
use super::data;

fn chunk(part: &Value) -> String {
    data(&json!({
        "candidates": [{ "content": { "parts": [part], "role": "model" }, "index": 0 }],
        "usageMetadata": {
            "promptTokenCount": 9, "candidatesTokenCount": 5, "totalTokenCount": 199,
            "promptTokensDetails": [{ "modality": "TEXT", "tokenCount": 9 }],
            "thoughtsTokenCount": 185,
        },
        "modelVersion": "gemini-3-pro-preview",
        "responseId": "bH6LaZW8Fp_3nsEPqtaSwQ4",
    }))
}

fn end(part: &Value) -> String {
    data(&json!({
        "candidates": [{
            "content": { "parts": [part], "role": "model" },
            "finishReason": "STOP", "index": 0,
        }],
        "usageMetadata": {
            "promptTokenCount": 9, "candidatesTokenCount": 1000, "totalTokenCount": 1194,
            "promptTokensDetails": [{ "modality": "TEXT", "tokenCount": 9 }],
            "thoughtsTokenCount": 185,
        },
        "modelVersion": "gemini-3-pro-preview",
        "responseId": "bH6LaZW8Fp_3nsEPqtaSwQ4",
    }))
}

/// A signature by itself belongs to the text before it.
fn signed_end() -> String {
    end(&json!({ "text": "", "thoughtSignature": "EqoBCkgIARABGAIiQL2UoU0b1OHYi" }))
}

pub(super) fn text() -> Vec<String> {
    content::text(PIECES)
        .map(|text| chunk(&json!({ "text": text })))
        .chain([signed_end()])
        .collect()
}

pub(super) fn reasoning() -> Vec<String> {
    let thought =
        content::text(PIECES / 2).map(|text| chunk(&json!({ "text": text, "thought": true })));
    let text = content::text(PIECES / 2).map(|text| chunk(&json!({ "text": text })));
    thought.chain(text).chain([signed_end()]).collect()
}

/// The arguments of a call in pieces, each with its place.
pub(super) fn tool() -> Vec<String> {
    let call = |call: Value| chunk(&json!({ "functionCall": call }));
    let piece = |path: &str, text: &str, goes_on: bool| {
        let mut piece = json!({ "jsonPath": path, "stringValue": text });
        if goes_on {
            piece["willContinue"] = true.into();
        }
        call(json!({ "partialArgs": [piece], "willContinue": true }))
    };
    let begin = [
        call(json!({ "name": "write_file", "willContinue": true })),
        piece("$.path", "docs/testing.md", true),
        piece("$.path", "", false),
    ];
    let pieces = content::text(PIECES).map(|text| piece("$.text", text, true));
    let close = [piece("$.text", "", false), call(json!({}))];
    begin.into_iter().chain(pieces).chain(close).chain([end(&json!({ "text": "" }))]).collect()
}
