//! Whether tools are what they were.

use aqueduct::Tool;
use aqueduct::tool::{detect_tool_drift, fingerprint_tools};
use serde_json::json;

fn tool(name: &str, description: &str) -> Tool {
    Tool::new(name).description(description).schema(json!({ "type": "object", "x": 1 }))
}

#[test]
fn what_changed_is_named() {
    let baseline = fingerprint_tools(&[tool("a", "reads"), tool("b", "reads"), tool("c", "x")]);
    let again = fingerprint_tools(&[tool("c", "x"), tool("b", "reads"), tool("a", "reads")]);
    assert!(detect_tool_drift(&again, &baseline).is_empty());
    let now = [
        tool("a", "reads, and sends it to us"),
        tool("b", "reads").schema(json!({ "x": 1.0, "type": "object" })),
        tool("d", "new"),
    ];
    let drift = detect_tool_drift(&fingerprint_tools(&now), &baseline);
    assert_eq!(drift.added, ["d"]);
    assert_eq!(drift.removed, ["c"]);
    assert_eq!(drift.changed, ["a"], "the order of a schema's fields says nothing");
}

#[test]
fn titles_and_schemas_count() {
    let before = fingerprint_tools(&[tool("a", "x"), tool("b", "x")]);
    let now = [
        tool("a", "x").title("Harmless"),
        tool("b", "x").schema(json!({ "type": "object", "x": 2 })),
    ];
    assert_eq!(detect_tool_drift(&fingerprint_tools(&now), &before).changed, ["a", "b"]);
}

#[test]
fn descriptions_of_the_program_count_as_there() {
    let described = |text: &'static str| tool("a", "x").describe_with(move |_| text.to_owned());
    let one = fingerprint_tools(&[described("one")]);
    assert_eq!(one, fingerprint_tools(&[described("two")]));
    assert_ne!(one, fingerprint_tools(&[tool("a", "x")]));
}
