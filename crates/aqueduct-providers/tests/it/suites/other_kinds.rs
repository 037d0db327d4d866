//! Answers of models of all kinds but language, as recorded.

use aqueduct_spec::{Call, Generate, ModelKind};
use serde_json::{Value, json};

use super::wire::{Wire, wires};
use super::{Findings, ask, client, unknown};

const KINDS: [ModelKind; 6] = [
    ModelKind::Embedding,
    ModelKind::Image,
    ModelKind::Speech,
    ModelKind::Transcription,
    ModelKind::Reranking,
    ModelKind::Video,
];

async fn recorded(wire: &Wire, client: &aqueduct_http::Client) -> Value {
    let upstream = ask::upstream(wire, |_, recorded| recorded.reply());
    match ask::whole(wire, &upstream.url(), client).await {
        Ok(answer) => answer,
        Err(error) => json!({ "failed": error.message() }),
    }
}

/// How many results an answer has, and how many were asked for, where the recording tells.
fn counts(wire: &Wire, answer: &Value) -> Option<(usize, usize)> {
    let options = wire.case.options();
    let length = |value: &Value| value.as_array().map(Vec::len);
    match wire.kind {
        ModelKind::Embedding => Some((length(&answer["embeddings"])?, length(&options["values"])?)),
        _ => None,
    }
}

#[tokio::test]
async fn answers_tell_what_they_are() {
    let (client, mut findings, mut count) = (client(), Findings::default(), 0);
    for wire in KINDS.into_iter().flat_map(|kind| wires(kind, false)) {
        let title = format!("{} {}", wire.title(), wire.kind);
        let answer = recorded(&wire, &client).await;
        count += 1;
        findings.check(answer.get("failed").is_none(), || format!("{title}: {answer}"));
        let response = &answer["response"];
        findings.check(response["headers"].is_object(), || format!("{title}: no headers"));
        if !matches!(wire.kind, ModelKind::Embedding | ModelKind::Reranking) {
            let is_dated = response["timestamp"].is_string();
            findings.check(is_dated, || format!("{title}: no timestamp"));
            findings.check(response["modelId"].is_string(), || format!("{title}: no model"));
        }
        if wire.is_own
            && let Some((have, want)) = counts(&wire, &answer)
            && have != want
        {
            let recorded = counts(&wire, &wire.case.answer()["body"]);
            // Some recordings answer more than was asked; what counts is that none is lost.
            findings.check(recorded == Some((have, want)), || {
                format!("{title}: {have} results for {want}")
            });
        }
    }
    findings.report(count);
}

#[tokio::test]
async fn unknown_fields_change_nothing() {
    let (client, mut findings, mut count) = (client(), Findings::default(), 0);
    let language = wires(Generate::KIND, false);
    let others = KINDS.into_iter().flat_map(|kind| wires(kind, false));
    for wire in language.into_iter().chain(others) {
        let plain = ask::upstream(&wire, |_, recorded| recorded.reply());
        let plain = ask::whole(&wire, &plain.url(), &client).await;
        let upstream = ask::upstream(&wire, |_, recorded| match recorded.json() {
            Some(mut body) if body.is_object() => {
                unknown::add(&mut body);
                recorded.with(body.to_string())
            }
            _ => recorded.reply(),
        });
        let with = ask::whole(&wire, &upstream.url(), &client).await;
        count += 1;
        let calm = |answer: aqueduct_spec::Result<Value>| {
            let mut answer = answer.unwrap_or_else(|error| json!({ "failed": error.message() }));
            unknown::remove(&mut answer);
            let fields = answer.as_object_mut().unwrap();
            fields.shift_remove("request");
            if let Some(response) = fields.get_mut("response").and_then(Value::as_object_mut) {
                response.shift_remove("headers");
                response.shift_remove("body");
            }
            answer
        };
        let (plain, with) = (calm(plain), calm(with));
        findings.check(plain == with, || {
            format!("{} {}:\n    {plain}\n    {with}", wire.title(), wire.kind)
        });
    }
    findings.report(count);
}
