//! What a server does for conversations by voice.

use std::sync::Arc;
use std::time::Duration;

use aqueduct::spec::realtime::{ClientSecret, RealtimeTool, SessionConfig};
use aqueduct::{
    CustomProvider, Error, ErrorKind, Registry, Tool, create_realtime_token, realtime_tools,
};
use aqueduct_testkit::MockRealtimeModel;
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn a_token_is_made_for_a_session() {
    let model = Arc::new(MockRealtimeModel::new(|_, number| match number {
        0 => Err(Error::new(ErrorKind::Network, "cut")),
        _ => Ok(ClientSecret::new("ek_1", "wss://host/realtime")),
    }));
    let registry = Registry::builder()
        .provider(
            "mine",
            CustomProvider::new("mine").realtime_model("voice", Arc::clone(&model)).build(),
        )
        .build();
    let mut config = SessionConfig::default();
    config.voice = Some("marin".to_owned());
    let request = create_realtime_token("mine/voice").registry(&registry).session(config);
    let token = request.expires_after(Duration::from_secs(30)).await.unwrap();
    assert_eq!((token.token.as_str(), token.url.as_str()), ("ek_1", "wss://host/realtime"));
    let calls = model.calls();
    assert_eq!(calls.len(), 2, "a failure that may pass is tried again");
    assert_eq!(
        serde_json::to_value(&calls[1]).unwrap(),
        json!({ "expiresAfterSeconds": 30, "sessionConfig": { "voice": "marin" } })
    );
    let error = create_realtime_token("mine/other").registry(&registry).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchModel);
}

#[test]
fn tools_are_defined_for_a_session() {
    let weather = Tool::new("weather")
        .description("Tells the weather")
        .schema(json!({ "type": "object", "properties": { "city": { "type": "string" } } }));
    let place = Tool::new("place")
        .describe_with(|cx| format!("Finds places in {}", cx.context::<String>().unwrap()));
    let search = Tool::provider("openai.web_search", "search", serde_json::Map::new());
    let tools =
        realtime_tools([&weather, &search, &place]).tool_context("place", "Rome".to_owned());
    let definitions: Vec<RealtimeTool> = tools.definitions().unwrap();
    assert_eq!(
        serde_json::to_value(&definitions).unwrap(),
        json!([
            { "type": "function", "name": "weather", "description": "Tells the weather",
                "parameters": { "type": "object", "properties": { "city": { "type": "string" } } } },
            { "type": "function", "name": "place", "description": "Finds places in Rome",
                "parameters": { "type": "object", "properties": {} } },
        ])
    );
    let error = realtime_tools([&weather, &weather]).definitions().unwrap_err();
    assert_eq!(error.message(), "two tools are named 'weather'");
}
