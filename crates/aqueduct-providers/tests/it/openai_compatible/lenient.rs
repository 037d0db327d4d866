//! Hosts that write the wrong type into a field: metadata never costs the answer.

use aqueduct_testkit::{Reply, ScriptedUpstream};
use serde_json::{Value, json};

use super::{generate, hello, host, parts_of, types};

fn wrong() -> Vec<Value> {
    vec![
        json!(true),
        json!(-7),
        json!(7),
        json!(1.5),
        json!([1, [2]]),
        json!({ "a": { "b": 1 } }),
        Value::Null,
    ]
}

#[tokio::test]
async fn metadata_of_a_wrong_type_is_left_out() {
    for value in wrong() {
        let upstream = ScriptedUpstream::always(Reply::json(
            200,
            &json!({
                "id": value, "model": value, "created": value,
                "choices": [{ "message": { "content": "kept" }, "finish_reason": "stop" }],
                "usage": { "prompt_tokens": value, "completion_tokens": 4 },
            }),
        ));
        let answer = generate(host(&upstream), hello()).await;
        let answer = serde_json::to_value(answer.unwrap()).unwrap();
        assert_eq!(answer["content"], json!([{ "type": "text", "text": "kept" }]), "{value}");
        assert_eq!(answer["usage"]["outputTokens"]["total"], 4, "{value}");
        assert_eq!(answer["response"].get("id"), None, "{value}");
    }
}

#[tokio::test]
async fn metadata_of_a_wrong_type_does_not_cut_a_stream() {
    for value in wrong() {
        let chunk = json!({
            "id": value, "model": value, "created": value,
            "choices": [{ "index": value, "delta": { "role": value, "content": "kept" }, "finish_reason": "stop" }],
        });
        let parts = parts_of([chunk.to_string(), super::finish("stop")]).await;
        let text: Vec<_> = parts.iter().filter_map(|part| part["delta"].as_str()).collect();
        assert_eq!(text, ["kept"], "{value}: {:?}", types(&parts));
    }
}
