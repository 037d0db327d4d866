//! The suite lets good models pass, and none that misbehave.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use aqueduct_spec::language::{
    Content, Finish, Reasoning, StreamPart, StreamStart, Text, TextDelta, TextEnd, TextStart,
    UnifiedFinishReason,
};
use aqueduct_spec::{Error, ErrorKind};
use aqueduct_testkit::conformance::{self, Scenario, Subject};
use aqueduct_testkit::{MockLanguageModel, Turn};
use futures_util::FutureExt as _;
use serde_json::json;

fn good(scenario: Scenario) -> Turn {
    let opening = || {
        [
            StreamPart::from(StreamStart::new(vec![])),
            TextStart::new("0").into(),
            TextDelta::new("0", "half").into(),
        ]
    };
    match scenario {
        Scenario::Reasoning => Turn::content(
            [Content::from(Reasoning::new("hm")), Text::new("well").into()],
            UnifiedFinishReason::Stop,
        ),
        Scenario::ToolCall => Turn::tool_call("call-1", "weather", &json!({ "city": "Rome" })),
        Scenario::Error => Turn::error(Error::new(ErrorKind::Provider, "busy")),
        Scenario::BrokenStream => Turn::broken(opening(), Error::new(ErrorKind::Network, "cut")),
        Scenario::Endless => Turn::parts(opening()),
        _ => Turn::text("well"),
    }
}

async fn passes(turn: impl Fn(Scenario) -> Option<Turn>) -> bool {
    let checks = conformance::language(|scenario| {
        let turn = turn(scenario)?;
        Some(Subject::new(Arc::new(MockLanguageModel::new(move |_, _| turn.clone()))))
    });
    AssertUnwindSafe(checks).catch_unwind().await.is_ok()
}

#[tokio::test]
async fn a_good_model_passes() {
    assert!(passes(|scenario| Some(good(scenario))).await);
    assert!(passes(|scenario| (scenario == Scenario::Text).then(|| good(scenario))).await);
}

#[tokio::test]
async fn misbehaviour_is_found() {
    let cut_off = || {
        Turn::parts([
            StreamPart::from(StreamStart::new(vec![])),
            TextStart::new("0").into(),
            TextEnd::new("0").into(),
            Finish::default().into(),
        ])
    };
    let deltas_first = || {
        Turn::parts([
            StreamPart::from(StreamStart::new(vec![])),
            TextDelta::new("0", "x").into(),
            Finish::default().into(),
        ])
    };
    let cases: Vec<(Scenario, Box<dyn Fn() -> Turn>)> = vec![
        (Scenario::Text, Box::new(|| Turn::text(""))),
        (Scenario::Text, Box::new(cut_off)),
        (Scenario::Text, Box::new(deltas_first)),
        (Scenario::Text, Box::new(|| Turn::parts([]))),
        (Scenario::Text, Box::new(|| Turn::result(Default::default()))),
        (Scenario::Reasoning, Box::new(|| Turn::text("no thought"))),
        (Scenario::ToolCall, Box::new(|| Turn::tool_call("", "weather", &json!({})))),
        (Scenario::ToolCall, Box::new(|| Turn::tool_call("c", "weather", &json!([])))),
        (Scenario::Error, Box::new(|| Turn::text("fine"))),
        (Scenario::BrokenStream, Box::new(|| Turn::text("as if complete"))),
        (Scenario::Endless, Box::new(|| Turn::parts([]))),
    ];
    for (at, (wrong, turn)) in cases.iter().enumerate() {
        let passed =
            passes(|scenario| Some(if scenario == *wrong { turn() } else { good(scenario) })).await;
        assert!(!passed, "case {at}: {wrong:?}");
    }
}

#[tokio::test]
async fn ids_that_change_between_whole_and_streamed_are_found() {
    let mut number = 0;
    let checks = conformance::language(|scenario| {
        number += 1;
        let turn = match scenario {
            Scenario::ToolCall => Turn::tool_call(&number.to_string(), "weather", &json!({})),
            _ => good(scenario),
        };
        Some(Subject::new(Arc::new(MockLanguageModel::answers([turn]))))
    });
    assert!(AssertUnwindSafe(checks).catch_unwind().await.is_err());
}
