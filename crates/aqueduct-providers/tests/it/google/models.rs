//! What models can, by their names.

use aqueduct_spec::language::{
    CallOptions, FunctionTool, Message, ProviderTool, ReasoningEffort, Tool,
};
use aqueduct_spec::{JsonObject, Warning};
use serde_json::json;

use super::request;

/// Whether a call with these tools is sent without a warning.
fn takes(model_id: &str, tools: Vec<Tool>) -> bool {
    let mut call = CallOptions::new(vec![Message::user("Hi")]);
    call.tools = Some(tools);
    let (_, warnings) = request(model_id, &call).unwrap();
    !warnings.iter().any(|it| matches!(it, Warning::Unsupported(_)))
}

fn hosted(name: &str) -> Tool {
    let mut settings = JsonObject::new();
    settings.insert("fileSearchStoreNames".to_owned(), json!(["s"]));
    Tool::Provider(ProviderTool::new(format!("google.{name}"), name, settings))
}

#[test]
fn unknown_gemini_models_are_taken_to_be_new() {
    for (id, tools, search, gemini_3) in [
        ("gemini-1.5-pro", false, false, false),
        ("gemini-pro", false, false, false),
        ("gemini-2.0-flash", true, false, false),
        ("gemini-2.5-pro", true, true, false),
        ("models/gemini-2.5-flash", true, true, false),
        ("gemini-3-pro-preview", true, true, true),
        ("gemini-20-flash", true, true, true),
        ("gemini-flash-latest", true, true, true),
        ("nano-banana-pro-preview", true, false, false),
        ("gemma-3-27b-it", false, false, false),
    ] {
        let function = || Tool::Function(FunctionTool::new("f", json!({ "type": "object" })));
        let have = (
            takes(id, vec![hosted("code_execution")]),
            takes(id, vec![hosted("file_search")]),
            takes(id, vec![hosted("code_execution"), function()]),
        );
        assert_eq!(have, (tools, search, gemini_3), "{id}");
    }
}

#[test]
fn the_least_level_of_thought_depends_on_the_version() {
    for (id, level) in [
        ("gemini-3-flash-preview", "minimal"),
        ("gemini-3.5-flash", "minimal"),
        ("gemini-3.7-flash", "low"),
        ("models/gemini-3.7-flash-preview", "low"),
        ("gemini-3.7-flash-lite", "minimal"),
        ("gemini-10.0-flash", "low"),
        ("gemini-flash-latest", "low"),
    ] {
        let mut call = CallOptions::new(vec![Message::user("Hi")]);
        call.reasoning = Some(ReasoningEffort::Minimal);
        let (request, _) = request(id, &call).unwrap();
        assert_eq!(request["generationConfig"]["thinkingConfig"]["thinkingLevel"], level, "{id}");
    }
}
