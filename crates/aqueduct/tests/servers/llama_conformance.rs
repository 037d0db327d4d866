//! The checks that every provider passes, with a real server in place of recordings.

use std::sync::Arc;

use aqueduct::spec::{JsonObject, LanguageModel};
use aqueduct::{Client, Provider as _};
use aqueduct_testkit::conformance::{self, Scenario, Subject};
use serde_json::{Value, json};

use crate::llama::{chat_server, host};
use crate::tap::{Flow, Tap};

/// The model, put into a scenario by what it is asked.
fn model_in(scenario: Scenario, url: &str) -> Arc<dyn LanguageModel> {
    let ask = move |mut body: JsonObject| {
        // What the server remembers of a prompt would show in the counts of the next call.
        body.insert("cache_prompt".to_owned(), json!(false));
        body.insert("temperature".to_owned(), json!(0));
        match scenario {
            Scenario::Reasoning => {
                body.insert("messages".to_owned(), user("Please think."));
            }
            Scenario::Error => {
                body.insert("messages".to_owned(), user(&"word ".repeat(5000)));
            }
            Scenario::Endless => {
                body.insert("ignore_eos".to_owned(), json!(true));
            }
            _ => {}
        }
        body
    };
    let provider = host(url).with_transform_request_body(ask).build(&Client::new()).unwrap();
    provider.language_model("tiny").unwrap()
}

fn user(text: &str) -> Value {
    json!([{ "role": "user", "content": text }])
}

#[tokio::test]
async fn a_real_server_passes_the_checks_of_every_provider() {
    let Some(url) = chat_server() else { return };
    let whole = Tap::new(&url, Flow::Whole).await;
    // After the headers and some text, before the end.
    let cut = Tap::new(&url, Flow::CutAfter(3000)).await;
    conformance::language(|scenario| match scenario {
        // It makes up another id each time it is asked, and no unknown events.
        Scenario::ToolCall | Scenario::UnknownEvents => None,
        Scenario::BrokenStream => Some(model_in(scenario, &cut.url).into()),
        Scenario::Endless => {
            Some(Subject::new(model_in(scenario, &whole.url)).with_cancellation(whole.hung_up()))
        }
        _ => Some(model_in(scenario, &url).into()),
    })
    .await;
}
