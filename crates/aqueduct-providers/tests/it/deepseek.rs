//! DeepSeek beyond what the recorded exchanges show.

use aqueduct_http::Client;
use aqueduct_providers::{Settings, find};
use aqueduct_spec::files::UploadFileOptions;
use aqueduct_spec::{Context, FileData, ProviderOptions};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use serde_json::json;

#[tokio::test]
async fn files_are_uploaded_for_their_one_purpose() {
    let upstream = ScriptedUpstream::always(Reply::json(
        200,
        &json!({ "id": "file-1", "object": "file", "bytes": 2, "purpose": "user_data", "expires_at": null }),
    ));
    let client = Client::builder().no_proxy().build().unwrap();
    let settings = Settings::new().with("apiKey", "k").with("baseURL", upstream.url());
    let deepseek = find("deepseek").unwrap().build(&settings, &client).unwrap();
    let mut file = UploadFileOptions::new(FileData::text("hi"), "image/png");
    file.filename = Some("a.png".to_owned());
    let options = json!({ "purpose": "assistants", "expiresAfter": 3600 });
    let options = options.as_object().cloned().unwrap();
    file.provider_options = Some(ProviderOptions::of("deepseek", options));
    let files = deepseek.files().unwrap();
    assert_eq!(files.provider(), "deepseek.files");
    let uploaded = files.upload_file(file, &Context::default()).await.unwrap();

    let expected = json!({
        "providerReference": { "deepseek": "file-1" },
        "filename": "a.png",
        "mediaType": "image/png",
        "providerMetadata": { "deepseek": { "purpose": "user_data", "bytes": 2 } },
        "warnings": [],
    });
    assert_eq!(serde_json::to_value(&uploaded).unwrap(), expected);
    let requests = upstream.requests();
    assert_eq!(requests[0].target, "/files");
    assert_eq!(requests[0].header("authorization"), "Bearer k");
    let body = String::from_utf8_lossy(&requests[0].body).into_owned();
    assert!(body.contains("name=\"purpose\"\r\n\r\nuser_data"), "{body}");
    assert!(body.contains("name=\"expires_after[seconds]\"\r\n\r\n3600"), "{body}");
}
