//! Google beyond what the recorded exchanges show.

mod arguments;
mod models;
mod schema;
mod video;

use std::sync::Arc;
use std::time::Duration;

use aqueduct_http::Client;
use aqueduct_providers::google::generate_content::Dialect;
use aqueduct_providers::google::generate_content::encode::{Target, encode};
use aqueduct_providers::{Settings, find};
use aqueduct_spec::language::{CallOptions, Generate, Message};
use aqueduct_spec::{Context, Model as _, Provider, Result, Warning};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use serde_json::{Value, json};

fn google(upstream: &ScriptedUpstream) -> Arc<dyn Provider> {
    let client = Client::builder().no_proxy().build().unwrap();
    let settings = Settings::new().with("apiKey", "k").with("baseURL", upstream.url());
    find("google").unwrap().build(&settings, &client).unwrap()
}

/// The request of a call, and the warnings.
fn request(model_id: &str, call: &CallOptions) -> Result<(Value, Vec<Warning>)> {
    let dialect = Dialect::of("google.generative-ai");
    let target = Target { model_id, dialect: &dialect, stream: false };
    let encoded = encode(call, target)?;
    Ok((serde_json::to_value(&encoded.request).unwrap(), encoded.warnings))
}

#[tokio::test]
async fn errors_say_what_and_when_to_try_again() {
    let details = |delay: &str| {
        json!({ "error": { "code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED",
            "details": [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay }] } })
    };
    for (delay, expected) in [("1.5s", Some(Duration::from_millis(1500))), ("-1s", None)] {
        let upstream = ScriptedUpstream::always(Reply::json(429, &details(delay)));
        let model = google(&upstream).language_model("gemini-2.5-pro").unwrap();
        let call = Generate::from(CallOptions::new(vec![Message::user("Hi")]));
        let error = model.call(call, &Context::default()).await.unwrap_err();
        assert_eq!(error.message(), "slow down");
        assert_eq!(error.code(), Some("RESOURCE_EXHAUSTED"));
        assert_eq!(error.retry_after(), expected, "{delay}");
    }
}
