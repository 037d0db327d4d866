//! Arguments of a call that arrive in pieces, each with its place.

use aqueduct_spec::language::{CallOptions, Message, StreamPart};
use aqueduct_spec::{Context, Error, Model as _, Stream};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::google;

/// What a client reads along of a call whose arguments arrive like this, and the arguments of the whole call.
async fn read(pieces: &[Value]) -> Result<(String, String), Error> {
    let calls = std::iter::once(json!({ "name": "f", "willContinue": true }))
        .chain(pieces.iter().map(|it| json!({ "partialArgs": [it], "willContinue": true })))
        .chain([json!({})]);
    let events = calls.map(|call| {
        json!({ "candidates": [{ "content": { "parts": [{ "functionCall": call }] } }] })
            .to_string()
    });
    let upstream = ScriptedUpstream::always(Reply::events(events));
    let model = google(&upstream).language_model("gemini-3-pro-preview").unwrap();
    let call = Stream::from(CallOptions::new(vec![Message::user("Hi")]));
    let mut stream = model.call(call, &Context::default()).await?.stream;
    let (mut written, mut whole) = (String::new(), String::new());
    while let Some(part) = stream.next().await.transpose()? {
        match part {
            StreamPart::ToolInputDelta(part) => written.push_str(&part.delta),
            StreamPart::ToolCall(part) => whole = part.input,
            StreamPart::Error(part) => return Err(Error::invalid_response(part.error.to_string())),
            _ => {}
        }
    }
    Ok((written, whole))
}

#[tokio::test]
async fn what_is_written_is_the_whole_in_the_end() {
    let pieces = [
        json!({ "jsonPath": "$.recipe.name", "stringValue": "Las\"", "willContinue": true }),
        json!({ "jsonPath": "$.recipe.name", "stringValue": "\"agna" }),
        json!({ "jsonPath": "$.recipe.steps[0].text", "stringValue": "cook" }),
        json!({ "jsonPath": "$.recipe.steps[0].minutes", "numberValue": 50 }),
        json!({ "jsonPath": "$.recipe.steps[1].text", "nullValue": null }),
        json!({ "jsonPath": "$.hot", "boolValue": true }),
    ];
    let (written, whole) = read(&pieces).await.unwrap();
    assert_eq!(written, whole);
    let expected = json!({
        "recipe": {
            "name": "Las\"\"agna",
            "steps": [{ "text": "cook", "minutes": 50 }, { "text": null }],
        },
        "hot": true,
    });
    assert_eq!(serde_json::from_str::<Value>(&whole).unwrap(), expected);
}

#[tokio::test]
async fn a_hostile_index_makes_no_list_of_that_length() {
    assert!(read(&[json!({ "jsonPath": "$.a[4000000000]", "numberValue": 1 })]).await.is_err());
}
