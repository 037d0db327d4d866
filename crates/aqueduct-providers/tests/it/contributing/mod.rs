//! The worked example of CONTRIBUTING.md: it is this code, it works, and it is short.

#[expect(unreachable_pub, reason = "as a provider of the crate it would be reachable")]
mod fable;

use aqueduct_http::Client;
use aqueduct_providers::{Environment, Settings};
use aqueduct_spec::language::{CallOptions, Message};
use aqueduct_spec::{Context, ErrorKind, Generate, JsonObject, Model as _, ProviderOptions};
use aqueduct_testkit::{Reply, ScriptedUpstream, conformance};
use serde_json::json;

use crate::conformance::{at_entry, chat_scenarios};

const CODE: &str = include_str!("fable.rs");
const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../CONTRIBUTING.md");
const MAX_LINES: usize = 40;

#[test]
fn the_example_is_short() {
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
    let lines = CODE.lines().filter(is_code).count();
    assert!(lines <= MAX_LINES, "{lines} lines of code");
}

#[test]
fn the_guide_shows_the_example() {
    let guide = std::fs::read_to_string(GUIDE).unwrap();
    let (before, rest) = guide.split_once("```rust\n").expect("the guide shows Rust");
    let (shown, after) = rest.split_once("```").expect("the example ends");
    if std::env::var_os("AQUEDUCT_BLESS").is_some() {
        std::fs::write(GUIDE, format!("{before}```rust\n{CODE}```{after}")).unwrap();
        return;
    }
    assert!(
        shown == CODE,
        "CONTRIBUTING.md shows something else than {}; write it anew with AQUEDUCT_BLESS=1 cargo test \
         -p aqueduct-providers contributing",
        file!().replace("mod.rs", "fable.rs")
    );
}

#[tokio::test]
async fn the_example_passes_what_every_provider_passes() {
    let wire = chat_scenarios(at_entry(&fable::ENTRY, "/v1", "m-1"), "reasoning_content");
    conformance::language(|scenario| wire.subject(scenario)).await;
}

#[tokio::test]
async fn the_example_has_ways_of_its_own() {
    let upstream = ScriptedUpstream::always(Reply::json(
        200,
        &json!({
            "choices": [{ "message": { "content": "Once upon a time." }, "finish_reason": "stop" }],
            "usage": { "prompt_tokens": 9, "completion_tokens": 5, "cached_tokens": 4 },
        }),
    ));
    let settings = Settings::new().with("apiKey", "test").with("baseURL", upstream.url());
    let provider = fable::ENTRY.build(&settings, &Client::new()).unwrap();
    let mut call = CallOptions::new(vec![Message::user("Tell me a story.")]);
    call.max_output_tokens = Some(100);
    let options = JsonObject::from_iter([("storyMode".to_owned(), "fairy-tale".into())]);
    call.provider_options = Some(ProviderOptions::of("fable", options));

    let model = provider.language_model("fox-1").unwrap();
    let result = model.call(Generate::from(call), &Context::default()).await.unwrap();

    assert_eq!(model.info().provider, "fable.chat");
    let sent = upstream.requests()[0].json();
    assert_eq!(sent["max_completion_tokens"], 100);
    assert_eq!(sent["story_mode"], "fairy-tale");
    assert!(sent.get("max_tokens").is_none() && sent.get("storyMode").is_none(), "{sent}");
    let input = result.usage.input_tokens;
    assert_eq!((input.total, input.no_cache, input.cache_read), (Some(9), Some(5), Some(4)));
    assert_eq!(result.usage.output_tokens.total, Some(5));
}

#[test]
fn the_example_wants_its_key_and_has_one_kind_of_models() {
    let client = Client::new();
    let without = Environment::from_iter([]);
    let error = fable::ENTRY.build_with(&Settings::new(), &without, &client).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.message().contains("FABLE_API_KEY"), "{error}");
    let provider = fable::ENTRY.build(&Settings::new().with("apiKey", "k"), &client).unwrap();
    assert!(provider.language_model("m").is_ok() && provider.image_model("m").is_err());
}
