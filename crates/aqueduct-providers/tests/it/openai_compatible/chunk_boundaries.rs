//! Where the bytes of a stream are cut does not matter.

use aqueduct_testkit::{Reply, ScriptedUpstream};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{delta, finish, hello, host, parts};

fn text() -> String {
    let chunks = [
        delta(&json!({ "reasoning_content": "hm — \"ü\"" })),
        delta(&json!({ "content": "Grüße 🌍\n" })),
        delta(&json!({ "tool_calls": [
            { "index": 0, "id": "a", "function": { "name": "f", "arguments": "{\"k\":" } },
        ] })),
        delta(&json!({ "tool_calls": [{ "index": 0, "function": { "arguments": "\"ß\"}" } }] })),
        finish("tool_calls"),
        json!({ "choices": [], "usage": { "prompt_tokens": 1, "completion_tokens": 2 } })
            .to_string(),
        "[DONE]".to_owned(),
    ];
    let ends = ["\n\n", "\r\n\r\n", "\r\r"];
    chunks.iter().zip(ends.iter().cycle()).map(|(c, end)| format!("data: {c}{end}")).collect()
}

fn parts_cut_at(mut cuts: Vec<usize>) -> Vec<Value> {
    let text = text();
    cuts.retain(|cut| *cut < text.len());
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    let mut reply = Reply::new(200).header("content-type", "text/event-stream");
    for pair in cuts.windows(2) {
        reply = reply.chunk(text.as_bytes()[pair[0]..pair[1]].to_vec());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let upstream = ScriptedUpstream::always(reply);
        parts(host(&upstream), hello()).await
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn do_not_matter(cuts in proptest::collection::vec(0usize..1200, 0..24)) {
        prop_assert_eq!(parts_cut_at(cuts), parts_cut_at(Vec::new()));
    }
}
