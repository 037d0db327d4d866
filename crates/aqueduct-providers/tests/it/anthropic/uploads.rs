use aqueduct_spec::files::UploadFileOptions;
use aqueduct_spec::language::CallOptions;
use aqueduct_spec::skills::{SkillFile, UploadSkillOptions};
use aqueduct_spec::{Context, ErrorKind, FileData, Generate};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use serde_json::json;

use super::provider;

#[tokio::test]
async fn a_file_is_uploaded_under_its_name_and_referred_to_by_its_id() {
    let upstream = ScriptedUpstream::always(Reply::json(
        200,
        &json!({ "id": "file_1", "type": "file", "filename": "a.txt", "mime_type": "text/plain", "size_bytes": 5, "created_at": "2026-01-01T00:00:00Z", "downloadable": false }),
    ));
    let mut options = UploadFileOptions::new(FileData::text("hello"), "text/plain");
    options.filename = Some("a.txt".to_owned());
    let files = provider(&upstream).files().unwrap();
    let result = files.upload_file(options, &Context::default()).await.unwrap();

    assert_eq!(result.provider_reference["anthropic"], "file_1");
    assert_eq!(result.media_type.as_deref(), Some("text/plain"));
    let metadata = result.provider_metadata.unwrap();
    let metadata = metadata.get("anthropic").unwrap();
    assert_eq!((&metadata["sizeBytes"], &metadata["downloadable"]), (&json!(5), &json!(false)));
    let requests = upstream.requests();
    let request = requests.first().unwrap();
    assert_eq!(request.path(), "/v1/files");
    assert_eq!(request.header("anthropic-beta"), "files-api-2025-04-14");
    assert_eq!(request.header("x-api-key"), "test");
    let body = String::from_utf8_lossy(&request.body);
    assert!(body.contains("name=\"file\"; filename=\"a.txt\""), "{body}");
    assert!(body.contains("content-type: text/plain\r\n\r\nhello\r\n"), "{body}");

    let prompt = json!([{ "role": "user", "content": [{
        "type": "file", "mediaType": "text/plain",
        "data": { "type": "reference", "reference": result.provider_reference },
    }] }]);
    let call: CallOptions = serde_json::from_value(json!({ "prompt": prompt })).unwrap();
    let model = provider(&upstream).language_model("claude-sonnet-4-5").unwrap();
    // What this upstream answers is no message; what it was asked is the point.
    drop(model.call(Generate::from(call), &Context::default()).await);
    let asked = upstream.requests()[1].json();
    assert_eq!(asked["messages"][0]["content"][0]["source"]["file_id"], "file_1", "{asked}");
}

#[tokio::test]
async fn a_file_that_is_elsewhere_is_not_uploaded() {
    let upstream = ScriptedUpstream::always(Reply::json(200, &json!({})));
    let options = UploadFileOptions::new(FileData::url("https://example.com/a"), "text/plain");
    let files = provider(&upstream).files().unwrap();
    let error = files.upload_file(options, &Context::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn a_skill_tells_what_its_latest_version_says() {
    let upstream = ScriptedUpstream::new(|request| match request.path() {
        "/v1/skills" => Reply::json(
            200,
            &json!({ "id": "skill_1", "display_title": "Tables", "name": "old", "latest_version": "17", "source": "custom", "created_at": "c", "updated_at": "u" }),
        ),
        "/v1/skills/skill_1/versions/17" => Reply::json(
            200,
            &json!({ "type": "skill_version", "skill_id": "skill_1", "name": "tables", "description": "makes tables" }),
        ),
        _ => Reply::text(404, "no"),
    });
    let mut options =
        UploadSkillOptions::new(vec![SkillFile::new("tables/SKILL.md", FileData::text("# T"))]);
    options.display_title = Some("Tables".to_owned());
    let skills = provider(&upstream).skills().unwrap();
    assert_eq!(skills.provider(), "anthropic.skills");
    let result = skills.upload_skill(options, &Context::default()).await.unwrap();

    assert_eq!(result.provider_reference["anthropic"], "skill_1");
    assert_eq!(result.name.as_deref(), Some("tables"));
    assert_eq!(result.description.as_deref(), Some("makes tables"));
    assert_eq!(result.latest_version.as_deref(), Some("17"));
    let requests = upstream.requests();
    assert!(requests.iter().all(|it| it.header("anthropic-beta") == "skills-2025-10-02"));
    let body = String::from_utf8_lossy(&requests[0].body).into_owned();
    assert!(body.contains("name=\"display_title\"\r\n\r\nTables\r\n"), "{body}");
    assert!(body.contains("name=\"files[]\"; filename=\"tables/SKILL.md\""), "{body}");
}
