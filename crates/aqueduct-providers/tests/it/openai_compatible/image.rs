//! Images.

use std::sync::Arc;

use aqueduct_http::Client;
use aqueduct_providers::openai_compatible::OpenAiCompatibleSettings;
use aqueduct_spec::image::{GenerateImageOptions, GenerateImageResult};
use aqueduct_spec::{ErrorKind, ImageModel, Include, Model as _, Provider as _, Result};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use serde_json::{Value, json};

use super::{context, host, sent};

const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\nrest";

fn model(settings: OpenAiCompatibleSettings) -> Arc<dyn ImageModel> {
    let client = Client::builder().no_proxy().allow_downloads_from("127.0.0.1").build().unwrap();
    settings.build(&client).unwrap().image_model("painter").unwrap()
}

async fn painted(upstream: &ScriptedUpstream, call: Value) -> Result<GenerateImageResult> {
    let call: GenerateImageOptions = serde_json::from_value(call).unwrap();
    let mut context = context();
    context.include = Include::ALL;
    model(host(upstream)).call(call.into(), &context).await
}

fn answered() -> Reply {
    Reply::json(
        200,
        &json!({ "data": [{ "b64_json": "AAAA" }], "usage": { "input_tokens": 1, "output_tokens": 2, "total_tokens": 3 } }),
    )
}

#[tokio::test]
async fn settings_and_what_has_no_place() {
    let upstream = ScriptedUpstream::always(answered());
    let result = painted(
        &upstream,
        json!({
            "prompt": "a bridge", "n": 2, "size": "64x64", "aspectRatio": "1:1", "seed": 7,
            "providerOptions": { "testHost": { "quality": "high", "style": null } },
        }),
    )
    .await
    .unwrap();
    assert_eq!(
        sent(&upstream),
        json!({ "model": "painter", "prompt": "a bridge", "n": 2, "size": "64x64", "quality": "high" })
    );
    let result = serde_json::to_value(result).unwrap();
    assert_eq!(result["images"], json!(["AAAA"]));
    assert_eq!(result["usage"], json!({ "inputTokens": 1, "outputTokens": 2, "totalTokens": 3 }));
    assert_eq!(result["response"]["body"]["data"][0]["b64_json"], "AAAA");
    let features: Vec<_> =
        result["warnings"].as_array().unwrap().iter().map(|w| w["feature"].clone()).collect();
    assert_eq!(features, ["aspectRatio", "seed"]);
}

#[tokio::test]
async fn edits_are_forms_and_files_by_url_are_fetched() {
    let pictures = ScriptedUpstream::always(Reply::new(200).chunk(PIXEL));
    let upstream = ScriptedUpstream::always(answered());
    painted(
        &upstream,
        json!({
            "prompt": "brighter", "n": 1,
            "files": [
                { "type": "file", "mediaType": "image/webp", "data": "AAEC" },
                { "type": "url", "url": format!("{}/a", pictures.url()) },
            ],
            "mask": { "type": "file", "mediaType": "image/png", "data": "AAEC" },
            "providerOptions": { "testHost": { "n": 4, "tags": ["x", "y"], "one": ["z"], "deep": { "a": 1 } } },
        }),
    )
    .await
    .unwrap();
    let request = &upstream.requests()[0];
    assert_eq!(request.target, "/v1/images/edits");
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let field = |name: &str| body.matches(&format!("name=\"{name}\"")).count();
    assert_eq!(field("image[]"), 2, "{body}");
    assert!(body.contains("image/webp") && body.contains("image/png"), "{body}");
    assert_eq!(
        (field("mask"), field("tags[]"), field("one"), field("deep")),
        (1, 2, 1, 1),
        "{body}"
    );
    // An option takes the place of the setting of its name.
    assert_eq!(field("n"), 1);
    assert!(body.contains("\r\n\r\n4\r\n"), "{body}");
    assert!(body.contains(r#"{"a":1}"#), "{body}");
}

#[tokio::test]
async fn an_image_without_content_is_no_image() {
    let reply = Reply::json(200, &json!({ "data": [{ "url": "https://e.x/a.png" }] }));
    let upstream = ScriptedUpstream::always(reply);
    let error = painted(&upstream, json!({ "prompt": "x", "n": 1 })).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.message().contains("base64"), "{error}");
}
