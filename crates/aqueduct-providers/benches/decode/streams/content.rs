//! What the answers say, in pieces as long as models send them.

use serde_json::json;

/// How many pieces an answer has.
pub(super) const PIECES: usize = 1000;

/// The begin of a recorded answer, token by token.
const TOKENS: &[&str] = &[
    "###",
    " Testing",
    " strategies",
    ":",
    " unit",
    " vs",
    " integration",
    " vs",
    " E2E",
    "\n\n",
    "All",
    " three",
    " test",
    " types",
    " answer",
    " different",
    " questions",
    ",",
    " run",
    " at",
    " different",
    " “",
    "distances",
    "”",
    " from",
    " your",
    " code",
    ".",
    "\n\n",
    "---\n\n",
    "##",
    " ",
    "1",
    ")",
    " Unit",
    " tests",
    " (`",
    "jest",
    "`",
    ")\n",
    "**",
    "What",
    " they",
    " test",
    ":**",
    " A",
    " *",
    "single",
    " unit",
    "*",
    " of",
    " code",
    " in",
    " isolation",
    "—",
    "typically",
    " a",
    " function",
    ",",
    " class",
    " method",
    ",",
    " or",
    " \"",
    "component",
    "\"",
    " logic",
    ".",
    "\n",
];

/// Pieces of text.
pub(super) fn text(pieces: usize) -> impl Iterator<Item = &'static str> {
    TOKENS.iter().copied().cycle().take(pieces)
}

/// The arguments of a tool call, and the same in pieces.
pub(super) fn arguments() -> (String, Vec<String>) {
    let text: String = text(PIECES * 3).collect();
    let whole = json!({ "path": "docs/testing.md", "text": text }).to_string();
    let characters: Vec<char> = whole.chars().collect();
    let pieces = characters.chunks(characters.len().div_ceil(PIECES));
    let pieces = pieces.map(|piece| piece.iter().collect()).collect();
    (whole, pieces)
}
