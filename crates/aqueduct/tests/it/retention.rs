//! What is kept of an exchange: nothing large, unless asked for.

use aqueduct::spec::Include;
use aqueduct::spec::language::{Content, GenerateResult, RequestInfo, ResponseInfo, Text};
use aqueduct::{Message, generate_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use serde_json::json;

/// A model that keeps bodies whether or not anybody asked for them.
fn talkative() -> MockLanguageModel {
    MockLanguageModel::new(|_, _| {
        let mut result = GenerateResult::default();
        result.content = vec![Content::Text(Text::new("hi"))];
        result.request = Some(RequestInfo::new(Some(json!({ "sent": true }))));
        let mut response = ResponseInfo::default();
        response.body = Some(json!({ "received": true }));
        result.response = Some(response);
        Turn::result(result)
    })
}

#[tokio::test]
async fn nothing_large_is_kept_by_default() {
    let answer = generate_text(talkative()).prompt("go").await.unwrap();
    assert_eq!((&answer.request().body, &answer.response().body), (&None, &None));
    assert_eq!(answer.last_step().request_messages, None);
}

#[tokio::test]
async fn each_thing_is_kept_if_asked_for() {
    let mut include = Include::default();
    include.request_body = true;
    let answer = generate_text(talkative()).prompt("go").include(include).await.unwrap();
    assert_eq!(answer.request().body, Some(json!({ "sent": true })));
    assert_eq!(answer.response().body, None);
    let answer = generate_text(talkative())
        .instructions("be kind")
        .prompt("go")
        .include(Include::ALL)
        .include_request_messages()
        .await
        .unwrap();
    assert_eq!(answer.response().body, Some(json!({ "received": true })));
    let messages = answer.last_step().request_messages.as_deref();
    assert_eq!(messages, Some([Message::user("go")].as_slice()), "without the instructions");
}
