//! Who is asked, and in which order, by what the request says.

use std::sync::Arc;

use aqueduct::router::{Route, Router, Target};
use aqueduct::spec::{
    Context, Embed, ErrorKind, Model as _, Provider as _, embedding::EmbedOptions,
};
use serde_json::{Value, json};

use crate::mock::{Mock, MockProvider, Step, attempts, generate, options, router, routing};

/// Three providers that serve the alias `r`, all of which fail with 503 but the last.
fn three(failing: &[&str]) -> (Router, Vec<Arc<Mock>>) {
    let mocks = ["a", "b", "c"].map(|name| {
        let step = if failing.contains(&name) { Step::Status(404, None) } else { Step::Answer };
        Mock::new(name, [step])
    });
    let targets = mocks.iter().fold(Router::builder(), |builder, mock| {
        let target = Target::built(mock.name(), Arc::new(MockProvider(Arc::clone(mock))));
        builder.target(match mock.name() {
            "b" => target.zero_data_retention().capability("vision"),
            "c" => target.no_prompt_training().capability("vision").capability("implicit-caching"),
            _ => target,
        })
    });
    let route = Route::new().model("a/1", 1.0).model("b/2", 0.0).model("c/3", 0.0);
    let router = targets.route("r", route.fallback("c/4")).build().unwrap();
    (router, mocks.to_vec())
}

#[tokio::test(start_paused = true)]
async fn options_filter_and_order() {
    let cases = [
        (json!({}), vec!["a", "b", "c"]),
        (json!({ "order": ["c"] }), vec!["c", "a", "b"]),
        (json!({ "order": ["c", "b", "unknown"] }), vec!["c", "b", "a"]),
        (json!({ "only": ["b", "c"] }), vec!["b", "c"]),
        (json!({ "only": ["a", "c"], "order": ["c", "b"] }), vec!["c", "a"]),
        (json!({ "has": ["vision"] }), vec!["b", "c"]),
        (json!({ "has": ["vision", "implicit-caching"] }), vec!["c"]),
        (json!({ "zeroDataRetention": true }), vec!["b"]),
        (json!({ "disallowPromptTraining": true }), vec!["c"]),
        (json!({ "zeroDataRetention": false, "something": { "new": 1 } }), vec!["a", "b", "c"]),
    ];
    for (mut gateway, expected) in cases {
        gateway["models"] = json!([]);
        let (router, _) = three(&["a", "b", "c"]);
        let error = generate(&router, "r", &gateway).await.unwrap_err();
        let metadata = serde_json::to_value(error.metadata()).unwrap();
        let asked = attempts(&metadata["gateway"]["routing"]);
        let expected = expected.iter().map(|name| format!("{name} 404")).collect::<Vec<_>>();
        assert_eq!(asked, expected, "{gateway}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_met_is_refused_and_named() {
    let cases = [
        (json!({ "only": ["nobody"] }), "only"),
        (json!({ "only": "a" }), "only"),
        (json!({ "order": [1] }), "order[0]"),
        (json!({ "models": [{ "model": "a/1", "when": {} }] }), "models[0]"),
        (json!({ "sort": "luck" }), "sort"),
        (json!({ "has": ["levitation"] }), "has"),
        (json!({ "zeroDataRetention": true, "only": ["a"] }), "zeroDataRetention"),
        (json!({ "disallowPromptTraining": true, "only": ["a"] }), "disallowPromptTraining"),
        (json!({ "zeroDataRetention": "yes" }), "zeroDataRetention"),
        (json!({ "providerTimeouts": { "byok": { "a": 0 } } }), "providerTimeouts.byok"),
        (json!({ "byok": [] }), "byok"),
        (json!({ "byok": { "groq": "sk-secret" } }), "byok.groq"),
        (json!({ "byok": { "groq": ["sk-secret"] } }), "byok.groq[0]"),
        (json!({ "byok": { "nobody": [{}] } }), "byok.nobody"),
        (json!({ "byok": { "a": [{}] } }), "byok.a"),
    ];
    for (gateway, field) in cases {
        let (router, mocks) = three(&[]);
        let error = generate(&router, "r", &gateway).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{gateway}");
        let message = error.to_string();
        assert!(message.contains(field), "{gateway}: {message}");
        assert!(!message.contains("secret"), "{message}");
        assert!(error.generation_id().is_some());
        assert!(mocks.iter().all(|mock| mock.n_calls() == 0));
    }
}

#[tokio::test(start_paused = true)]
async fn the_fallbacks_of_the_request_replace_those_of_the_route() {
    let (router, mocks) = three(&["a", "b"]);
    generate(&router, "r", &json!({ "only": ["a", "c"], "order": ["a"] })).await.unwrap();
    assert_eq!(mocks[2].last_model(), "3");

    let (router, mocks) = three(&["a"]);
    let answer = generate(&router, "r", &json!({ "only": ["a"] })).await.unwrap_err();
    let metadata = serde_json::to_value(answer.metadata()).unwrap();
    assert_eq!(metadata["gateway"]["routing"]["modelAttemptCount"], 2, "`only` holds for c/4 too");
    assert_eq!(mocks[2].n_calls(), 0);

    let (router, mocks) = three(&["a", "b"]);
    let models = json!({ "models": ["b/9", "a/1", "c/8"], "only": ["a", "b", "c"] });
    let answer = generate(&router, "a/1", &models).await.unwrap();
    assert_eq!(mocks[2].last_model(), "8");
    let routing = routing(&answer);
    let models = routing["modelAttempts"].as_array().unwrap();
    let models = models.iter().map(|model| model["modelId"].clone()).collect::<Vec<_>>();
    assert_eq!(models, ["a/1", "b/9", "c/8"], "a model is tried once");
}

#[tokio::test(start_paused = true)]
async fn names_that_lead_nowhere_say_what_there_is() {
    let (router, _) = three(&[]);
    for name in ["bare", ""] {
        let error = router.language_model(name).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::NoSuchModel);
        assert!(error.to_string().contains("provider/model"), "{error}");
    }
    let error = generate(&router, "nobody/m", &Value::Null).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchProvider);
    assert!(error.to_string().contains("a, b, c"), "{error}");
    let error = generate(&router, "a/", &Value::Null).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchModel);
    assert!(router.language_model("a/missing").is_err(), "what is certain to fail fails early");
    assert!(router.image_model("a/m").is_err());
}

#[tokio::test(start_paused = true)]
async fn the_provider_gets_the_call_without_the_routing() {
    let a = Mock::new("a", [Step::Answer]);
    let router = router(&[&a], |builder| builder);
    let mut options = options(&json!({ "order": ["a"], "user": "u", "tags": ["t"] }));
    options.provider_options.as_mut().unwrap().entry("a").insert("x".to_owned(), json!(1));
    let model = router.language_model("a/m").unwrap();
    let call = aqueduct::spec::Generate::from(options);
    model.call(call, &Context::default()).await.unwrap();
    generate(&router, "a/m", &json!({ "order": ["a"] })).await.unwrap();
    let asked = a.asked();
    assert_eq!(
        serde_json::to_value(&asked[0].provider_options).unwrap(),
        json!({ "a": { "x": 1 } })
    );
    assert_eq!(asked[1].provider_options, None);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_done_is_a_warning() {
    let cases = [
        (json!({ "sort": "cost" }), 1),
        (json!({ "sort": "tps", "serviceTier": "flex", "caching": "auto" }), 3),
        (json!({ "sort": "ttft" }), 0),
    ];
    for (gateway, n_warnings) in cases {
        let (router, _) = three(&[]);
        let answer = generate(&router, "a/m", &gateway).await.unwrap();
        assert_eq!(answer.warnings.len(), n_warnings, "{gateway}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_fastest_is_first_if_asked() {
    let slow = Mock::new("slow", [Step::Slow(std::time::Duration::from_secs(2))]);
    let fast = Mock::new("fast", [Step::Slow(std::time::Duration::from_secs(1))]);
    let router = router(&[&slow, &fast], |builder| {
        builder.route("r", Route::new().model("slow/m", 1.0).model("fast/m", 0.0))
    });
    for _ in 0..5 {
        generate(&router, "r", &json!({ "sort": "ttft" })).await.unwrap();
    }
    assert_eq!(
        (slow.n_calls(), fast.n_calls()),
        (1, 4),
        "each is measured, then the faster is asked"
    );
}

#[tokio::test(start_paused = true)]
async fn other_kinds_of_models_are_routed_too() {
    let (a, b) = (Mock::new("a", [Step::Status(503, None)]), Mock::new("b", [Step::Answer]));
    let router = router(&[&a, &b], |builder| {
        builder.route("r", Route::new().model("a/m", 1.0).model("b/m", 0.0))
    });
    let model = router.embedding_model("r").unwrap();
    let call = Embed::from(EmbedOptions::new(["x".to_owned()]));
    let answer = model.call(call, &Context::default()).await.unwrap();
    assert_eq!(answer.embeddings.len(), 1);
    let metadata = serde_json::to_value(&answer.provider_metadata).unwrap();
    assert_eq!(attempts(&metadata["gateway"]["routing"]).last().unwrap(), "b 200");
}
