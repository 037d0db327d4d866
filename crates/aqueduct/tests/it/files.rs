//! Files of a prompt that the model cannot fetch itself.

use std::sync::Arc;

use aqueduct::message::{FilePart, Message, TextPart, UserMessage, UserPart};
use aqueduct::spec::{FileData, ModelInfo, Profile, UrlPattern};
use aqueduct::{Client, Downloader, generate_text};
use aqueduct_testkit::{MockLanguageModel, Reply, ScriptedUpstream, Turn};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

fn message(url: &str) -> Message {
    let file = FilePart::new(FileData::url(url), "image/*");
    UserMessage::new(vec![TextPart::new("what is this?").into(), file.into()]).into()
}

/// The file of the last message that the model was asked with.
fn file(model: &MockLanguageModel) -> Option<FilePart> {
    let calls = model.calls();
    let Some(Message::User(user)) = calls.last()?.options.prompt.last() else { return None };
    user.content.iter().find_map(|part| match part {
        UserPart::File(file) => Some(file.clone()),
        _ => None,
    })
}

#[tokio::test]
async fn are_downloaded_once_and_named_by_their_type() {
    let upstream = ScriptedUpstream::always(Reply::new(200).chunk(PNG));
    let model = Arc::new(MockLanguageModel::answers([Turn::text("a dot")]));
    let url = format!("{}/dot", upstream.url());
    generate_text(&model)
        .messages([message(&url), message(&url)])
        .downloader(Downloader::new(&Client::new()).allow_host("127.0.0.1"))
        .await
        .unwrap();
    let file = file(&model).unwrap();
    assert_eq!(file.media_type, "image/png");
    assert_eq!(file.data, FileData::data(PNG.to_vec()));
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn are_left_to_a_model_that_fetches_them() {
    let mut profile = Profile::default();
    profile.supported_urls.insert("image/*".to_owned(), vec![UrlPattern::Https]);
    let info = ModelInfo::new("mock", "mock").with_profile(profile);
    let model = Arc::new(MockLanguageModel::text("a dot").with_info(info));
    generate_text(&model).messages([message("https://example.com/dot.png")]).await.unwrap();
    assert_eq!(file(&model).unwrap().data, FileData::url("https://example.com/dot.png"));
}
