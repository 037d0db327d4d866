//! OpenAI beyond what the recorded exchanges show.

mod batch;
#[cfg(feature = "websocket")]
mod live;
mod realtime;

use aqueduct_http::Client;
use aqueduct_providers::openai::responses::wire::{Event, Item, Request};
use aqueduct_providers::openai::responses::{Reading, Target, decode, encode};
use aqueduct_providers::openai::{OpenAi, OpenAiSettings};
use aqueduct_spec::files::UploadFileOptions;
use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, CallOptions, Content, CustomPart, Generate, Message,
};
use aqueduct_spec::skills::{SkillFile, UploadSkillOptions};
use aqueduct_spec::{Context, ErrorKind, FileData, Model as _, Provider as _, ProviderOptions};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use serde_json::{Value, json};

fn openai(upstream: &ScriptedUpstream) -> OpenAi {
    let client = Client::builder().no_proxy().build().unwrap();
    OpenAiSettings::new("sk-secret").with_base_url(upstream.url()).build(&client)
}

#[tokio::test]
async fn files_are_uploaded_and_named() {
    let upstream = ScriptedUpstream::new(|request| {
        assert_eq!(request.target, "/files");
        let body = String::from_utf8_lossy(&request.body).into_owned();
        assert!(body.contains("name=\"purpose\"\r\n\r\nuser_data"), "{body}");
        assert!(body.contains("name=\"expires_after[seconds]\"\r\n\r\n3600"), "{body}");
        Reply::text(200, r#"{"id":"file-1","filename":"a.txt","bytes":2,"created_at":7}"#)
    });
    let mut file = UploadFileOptions::new(FileData::text("hi"), "text/plain");
    let options = json!({ "purpose": "user_data", "expiresAfter": 3600 });
    let options = options.as_object().cloned().unwrap();
    file.provider_options = Some(ProviderOptions::of("openai", options));
    let files = openai(&upstream).files().unwrap();
    let uploaded = files.upload_file(file, &Context::default()).await.unwrap();
    assert_eq!(uploaded.provider_reference["openai"], "file-1");
    assert_eq!(uploaded.filename.as_deref(), Some("a.txt"));
    let metadata = serde_json::to_value(&uploaded.provider_metadata).unwrap();
    assert_eq!(metadata["openai"], json!({ "filename": "a.txt", "bytes": 2, "createdAt": 7 }));
}

#[tokio::test]
async fn skills_are_uploaded_file_by_file() {
    let upstream = ScriptedUpstream::new(|request| {
        assert_eq!(request.target, "/skills");
        let body = String::from_utf8_lossy(&request.body).into_owned();
        assert!(body.contains("name=\"files[]\"; filename=\"tables/SKILL.md\""), "{body}");
        let skill = json!({ "id": "skill_1", "name": "tables", "default_version": "1", "latest_version": "2", "created_at": 7 });
        Reply::json(200, &skill)
    });
    let file = SkillFile::new("tables/SKILL.md", FileData::text("# T"));
    let mut options = UploadSkillOptions::new(vec![file]);
    options.display_title = Some("Tables".to_owned());
    let skills = openai(&upstream).skills().unwrap();
    assert_eq!(skills.provider(), "openai.skills");
    let result = skills.upload_skill(options, &Context::default()).await.unwrap();
    let expected = json!({
        "providerReference": { "openai": "skill_1" },
        "name": "tables",
        "latestVersion": "2",
        "providerMetadata": { "openai": { "defaultVersion": "1", "createdAt": 7 } },
        "warnings": [{ "type": "unsupported", "feature": "displayTitle" }],
    });
    assert_eq!(serde_json::to_value(&result).unwrap(), expected);
}

#[test]
fn an_item_of_an_unknown_kind_goes_back_as_it_came() {
    let item = json!({ "type": "novelty_call", "id": "nv_1", "deep": { "er": [1, null] } });
    let answer = json!({ "id": "resp_1", "output": [item] });
    let answer = serde_json::from_value(answer).unwrap();
    let result = decode(answer, &Reading::new("openai"), &Context::default()).unwrap();
    let [Content::Custom(part)] = result.content.as_slice() else { panic!("{result:?}") };
    assert_eq!(part.kind, "openai.novelty_call");

    let mut sent = CustomPart::new(part.kind.as_str());
    sent.provider_options.clone_from(&part.provider_metadata);
    let message = AssistantMessage::new(vec![AssistantPart::Custom(sent)]);
    let mut call = CallOptions::new(vec![Message::Assistant(message)]);
    let store = json!({ "store": false }).as_object().cloned().unwrap();
    call.provider_options = Some(ProviderOptions::of("openai", store));
    let encoded = encode(&call, Target::new("gpt-5", "openai.responses")).unwrap();
    let request = serde_json::to_value(&encoded.request).unwrap();
    assert_eq!(request["input"], json!([item]));
}

#[test]
fn wire_types_write_what_they_read() {
    let request = json!({
        "model": "gpt-5",
        "input": [
            { "role": "developer", "content": "Be brief." },
            { "type": "message", "role": "user", "content": [
                { "type": "input_text", "text": "Hi" },
                { "type": "input_novelty", "x": 1 },
            ] },
            { "type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "e" },
            { "type": "function_call", "call_id": "c", "name": "f", "arguments": "{}", "later": true },
            { "type": "function_call_output", "call_id": "c", "output": "ok" },
            { "type": "item_reference", "id": "msg_1" },
        ],
        "tools": [
            { "type": "function", "name": "f", "parameters": {}, "strict": true },
            { "type": "web_search", "search_context_size": "low" },
        ],
        "tool_choice": "auto",
        "text": { "format": { "type": "json_object" } },
        "temperature": 1,
        "background": false,
    });
    let read: Request = serde_json::from_value(request.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), request);
}

#[test]
fn events_are_read_leniently_and_written_back() {
    let item = json!({ "type": "message", "role": "assistant", "content": [] });
    let events = [
        json!({ "type": "response.output_text.delta", "item_id": "m", "output_index": 0, "delta": "a" }),
        json!({ "type": "response.output_item.done", "output_index": 1, "item": item }),
        json!({ "type": "response.novelty", "x": [1] }),
    ];
    for event in events {
        let read = Event::read(&event.to_string()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), event);
    }
    assert!(Event::read("[1]").is_err());
    let unknown: Item = serde_json::from_value(json!({ "type": "message", "role": 7 })).unwrap();
    assert!(matches!(unknown, Item::Unknown(_)), "a wrong shape is kept: {unknown:?}");
}

#[tokio::test]
async fn a_failure_told_with_status_200_is_a_failure() {
    let body: Value = json!({ "id": "resp_1", "output": [], "error": {
        "code": "insufficient_quota", "message": "no credit left",
    } });
    let upstream = ScriptedUpstream::new(move |_| Reply::text(200, body.to_string()));
    let model = openai(&upstream).language_model("gpt-5").unwrap();
    let call = Generate::from(CallOptions::new(vec![Message::user("Hi")]));
    let error = model.call(call, &Context::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::QuotaExceeded);
    assert_eq!(error.message(), "no credit left");
    assert!(!error.is_retryable());
    assert!(!format!("{error:?}").contains("sk-secret"));
}
