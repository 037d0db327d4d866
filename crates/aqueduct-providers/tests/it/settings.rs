//! Settings that are wrong in a way that would be overlooked.

use aqueduct_http::Client;
use aqueduct_providers::openai_compatible::presets::OLLAMA;
use aqueduct_providers::{Environment, Settings};
use serde_json::{Value, json};

#[test]
fn what_would_be_overlooked_is_refused() {
    for (name, value, words) in [
        ("api_key", json!("sk"), "unknown setting 'api_key', did you mean 'apiKey'?"),
        ("baseUrl", json!("http://localhost/v1"), "did you mean 'baseURL'?"),
        ("base-url", json!("http://localhost/v1"), "did you mean 'baseURL'?"),
        ("query_params", json!({}), "did you mean 'queryParams'?"),
        ("apiKey", json!(5), "'apiKey' must be a string"),
        ("baseURL", json!(["x"]), "'baseURL' must be a string"),
    ] {
        let settings = Settings::new().with(name, value);
        for built in [
            OLLAMA.build(&settings, &Client::new()),
            OLLAMA.build_with(&settings, &Environment::default(), &Client::new()),
        ] {
            let error = built.err().unwrap();
            assert!(error.message().contains(words), "{name}: {error}");
            assert!(error.message().contains("'ollama'"), "{error}");
        }
    }
    let settings = Settings::new().with("apiKey", Value::Null).with("own", true);
    assert!(OLLAMA.build(&settings, &Client::new()).is_ok());
}
