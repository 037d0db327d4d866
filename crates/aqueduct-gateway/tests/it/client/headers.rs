//! What goes on to the provider beside the call, and what does not.

use aqueduct_testkit::ScriptedUpstream;
use serde_json::json;

use super::{connect, generate, say};
use crate::harness::{KEY, Running, config};
use crate::provider::{self, PROVIDER_KEY};

#[tokio::test]
async fn headers_of_the_call_reach_the_provider_and_the_gateway_s_own_do_not() {
    let upstream = ScriptedUpstream::always(provider::answer("well"));
    let gateway = Running::with(config(&provider::table("up", &upstream.url()))).await;
    let mut options = say("hi");
    options["headers"] = json!({ "x-trace": "abc", "x-vercel-id": "iad1", "ai-o11y-region": "x" });
    generate(&connect(&gateway), "up/m", options).await.unwrap();
    let request = &upstream.requests()[0];
    assert_eq!(request.header("x-trace"), "abc");
    assert_eq!(request.header("authorization"), format!("Bearer {PROVIDER_KEY}"));
    for (name, _) in &request.headers {
        for ours in ["ai-", "x-vercel-", "x-aqueduct-"] {
            assert!(!name.as_str().starts_with(ours), "{name} reached the provider");
        }
    }
    assert_eq!(request.path(), "/v1/chat/completions");
    assert_eq!(request.json()["messages"], json!([{ "role": "user", "content": "hi" }]));
}

/// Clients repeat a call's headers in its body. A key that is meant for the gateway must end there.
#[tokio::test]
async fn the_client_s_key_does_not_reach_the_provider() {
    let upstream = ScriptedUpstream::always(provider::answer("well"));
    let gateway = Running::with(config(&provider::table("up", &upstream.url()))).await;
    for (name, value) in [
        ("authorization", format!("Bearer {KEY}")),
        ("Authorization", format!("bearer {KEY}")),
        ("x-api-key", KEY.to_owned()),
        ("X-Api-Key", KEY.to_owned()),
    ] {
        let mut options = say("hi");
        options["headers"] = json!({ name: value, "x-trace": "abc" });
        generate(&connect(&gateway), "up/m", options).await.unwrap();
        let request = upstream.requests().pop().unwrap();
        assert_eq!(request.header("x-trace"), "abc");
        assert!(!format!("{request:?}").contains(KEY), "{request:?}");
        assert_eq!(request.header("authorization"), format!("Bearer {PROVIDER_KEY}"));
    }
}
