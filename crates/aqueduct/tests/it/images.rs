//! Images: what goes out, and how several calls become one answer.

use std::sync::Arc;

use aqueduct::media::NoOutput;
use aqueduct::spec::image::{GenerateImageResult, ImageFile, ImageUsage};
use aqueduct::spec::{Data, GenerateImage, JsonObject, ModelInfo, Profile, ProviderMetadata};
use aqueduct::{Error, ErrorKind, Warning, generate_image};
use aqueduct_testkit::MockModel;
use serde_json::json;

fn png() -> Data {
    Data::from(b"\x89PNG\r\n".to_vec())
}

fn object(value: serde_json::Value) -> JsonObject {
    serde_json::from_value(value).unwrap()
}

/// Makes as many images as asked for, and counts.
fn model(limit: Option<usize>) -> Arc<MockModel<GenerateImage>> {
    let mut profile = Profile::default();
    profile.max_images_per_call = limit;
    let model = MockModel::<GenerateImage>::new(|call, number| {
        let images = (0..call.n).map(|_| png()).collect::<Vec<_>>();
        let entries: Vec<_> =
            (0..call.n).map(|at| json!({"at": format!("{number}.{at}")})).collect();
        let mut result = GenerateImageResult::new(images, vec![Warning::other(number.to_string())]);
        let metadata = object(json!({"images": entries, "last": number}));
        result.provider_metadata = Some(ProviderMetadata::of("mock", metadata));
        let mut usage = ImageUsage::default();
        usage.input_tokens = Some(10);
        result.usage = Some(usage);
        Ok(result)
    });
    Arc::new(model.with_info(ModelInfo::new("mock.image", "m").with_profile(profile)))
}

#[tokio::test]
async fn asks_for_what_was_said() {
    let model = model(None);
    let answer = generate_image(&model)
        .prompt("a cat")
        .size("64x64")
        .aspect_ratio("1:1")
        .seed(7)
        .header("x-a", "b")
        .provider_options("mock", json!({"style": "vivid"}))
        .await
        .unwrap();
    assert_eq!(answer.image().media_type, "image/png");
    assert_eq!(answer.image().bytes().unwrap(), png().to_bytes().unwrap());
    let call = serde_json::to_value(&*model.calls()[0].0).unwrap();
    assert_eq!(
        call,
        json!({"n": 1, "prompt": "a cat", "size": "64x64", "aspectRatio": "1:1", "seed": 7,
            "providerOptions": {"mock": {"style": "vivid"}}, "headers": {"x-a": "b"}})
    );
}

#[tokio::test]
async fn splits_and_merges_calls() {
    let model = model(Some(2));
    let answer = generate_image(&model).prompt("cats").n(5).await.unwrap();
    assert_eq!(model.calls().iter().map(|call| call.n).collect::<Vec<_>>(), [2, 2, 1]);
    assert_eq!((answer.images.len(), answer.warnings.len(), answer.responses.len()), (5, 3, 3));
    assert_eq!(answer.usage.input_tokens, Some(30));
    assert_eq!(answer.usage.output_tokens, None);
    let metadata = answer.provider_metadata.get("mock").unwrap();
    let at: Vec<_> = metadata["images"].as_array().unwrap().iter().map(|it| &it["at"]).collect();
    assert_eq!(at, ["0.0", "0.1", "1.0", "1.1", "2.0"]);
    assert_eq!(metadata["last"], 2);
}

#[tokio::test]
async fn the_caller_may_limit_a_call_and_unknown_limits_are_one() {
    let known = model(Some(10));
    generate_image(&known).prompt("cats").n(3).max_images_per_call(3).await.unwrap();
    assert_eq!(known.calls().len(), 1);
    let unknown = model(None);
    generate_image(&unknown).prompt("cats").n(3).await.unwrap();
    assert_eq!(unknown.calls().len(), 3);
}

#[tokio::test]
async fn works_from_images_and_a_mask() {
    let model = model(None);
    let request = generate_image(&model).prompt("more cats");
    let request = request.images([png()]).images(["https://example.com/a.png"]);
    request.mask("data:image/gif;base64,iVBORw==").await.unwrap();
    let call = model.calls().remove(0);
    let files = call.files.as_ref().unwrap();
    assert!(matches!(&files[0], ImageFile::File(file) if file.media_type == "image/png"));
    assert!(matches!(&files[1], ImageFile::Url(file) if file.url == "https://example.com/a.png"));
    let mask = call.mask.as_ref().unwrap();
    assert!(matches!(mask, ImageFile::File(file) if file.media_type == "image/gif"));
}

#[tokio::test]
async fn says_when_there_is_no_image() {
    let model = Arc::new(MockModel::<GenerateImage>::new(|_, _| {
        Ok(GenerateImageResult::new(Vec::new(), Vec::new()))
    }));
    let error = generate_image(&model).prompt("nothing").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    let source = NoOutput::of(&error).unwrap();
    assert_eq!((source.missing, source.responses.len()), ("image", 1));
    let error = generate_image(&model).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidPrompt);
    let error = generate_image(&model).images(["no base64!"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test(start_paused = true)]
async fn tries_again() {
    let busy = || Err(Error::new(ErrorKind::RateLimited, "busy"));
    let answer = || Ok(GenerateImageResult::new(vec![png()], Vec::new()));
    let model = Arc::new(MockModel::<GenerateImage>::answers([busy(), busy(), answer()]));
    generate_image(&model).prompt("a cat").await.unwrap();
    assert_eq!(model.calls().len(), 3);
    let model = Arc::new(MockModel::<GenerateImage>::answers([busy(), answer()]));
    assert!(generate_image(&model).prompt("a cat").max_retries(0).await.is_err());
}
