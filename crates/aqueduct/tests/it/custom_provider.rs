//! Providers put together by hand.

use std::sync::Arc;

use aqueduct::spec::GenerateImage;
use aqueduct::{CustomProvider, ErrorKind, Provider as _, Registry, generate_text};
use aqueduct_testkit::{MockLanguageModel, MockModel, MockProvider};

#[tokio::test]
async fn has_names_of_its_own_and_a_fallback() {
    let fallback =
        MockProvider::new("other").with_language("slow", MockLanguageModel::text("slow"));
    let provider = CustomProvider::new("mine")
        .language_model("fast", MockLanguageModel::text("fast"))
        .fallback(fallback)
        .build();
    let registry = Registry::builder().provider("mine", provider).build();
    for name in ["fast", "slow"] {
        let request = generate_text(format!("mine/{name}")).registry(&registry).prompt("hi");
        assert_eq!(request.await.unwrap().text(), name);
    }
    let error = registry.language_model("mine/none").err().unwrap();
    assert_eq!((error.kind(), error.provider()), (ErrorKind::NoSuchModel, Some("other")));
    assert!(error.message().ends_with("provider 'mine' has: fast"), "{error}");
}

#[test]
fn says_what_there_is() {
    let image = Arc::new(MockModel::<GenerateImage>::answers([]));
    let provider = CustomProvider::new("mine").image_model("draw", image).build();
    assert!(provider.image_model("draw").is_ok());
    let error = provider.image_model("paint").err().unwrap();
    assert!(error.message().ends_with("'paint'; it has: draw"), "{error}");
    let error = provider.speech_model("draw").err().unwrap();
    assert!(error.message().ends_with("it has: none"), "{error}");
    let fallback = Registry::builder().build();
    let image = MockModel::<GenerateImage>::answers([]);
    let provider = CustomProvider::new("mine").image_model("draw", image).fallback(fallback);
    let error = provider.build().image_model("paint").unwrap_err();
    assert!(error.message().ends_with("provider 'mine' has: draw"), "{error}");
    let provider = CustomProvider::new("mine").build();
    assert_eq!(provider.files().err().unwrap().kind(), ErrorKind::Unsupported);
    assert_eq!(provider.skills().err().unwrap().kind(), ErrorKind::Unsupported);
}
