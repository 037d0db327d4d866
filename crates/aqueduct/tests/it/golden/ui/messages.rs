//! Messages of pages in every state, checked and made into messages for a model.

use aqueduct::ui::{
    ModelMessageOptions, UiMessageChecks, convert_to_model_messages, validate_ui_messages,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::golden::script::make_tools;
use crate::golden::{Golden, scenarios};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    messages: Value,
    tools: Option<Map<String, Value>>,
    #[serde(default)]
    options: Map<String, Value>,
}

#[test]
fn messages_are_checked_and_converted_as_by_the_ai_sdk() {
    let mut golden = Golden::new("ui-messages");
    for scenario in scenarios::<Scenario>("ui-messages") {
        let mut checks = UiMessageChecks::new();
        let ignores = scenario.options.contains_key("ignoreIncompleteToolCalls");
        let mut options = ModelMessageOptions::new().ignore_incomplete_tool_calls(ignores);
        if let Some(tools) = scenario.tools {
            checks = checks.tools(make_tools(&tools));
            options = options.tools(make_tools(&tools));
        }
        let ours = match validate_ui_messages(scenario.messages, &checks) {
            Ok(messages) => {
                let converted = convert_to_model_messages(&messages, &options);
                let converted = converted.map_or(json!("error"), |messages| json!(messages));
                json!({ "isValid": true, "converted": converted })
            }
            Err(_) => json!({ "isValid": false }),
        };
        golden.compare_all(&scenario.name, &ours);
    }
    golden.finish();
}
