//! Answers with status 200 that are none.

use std::time::Duration;

use aqueduct_spec::ModelKind;
use aqueduct_testkit::Reply;
use serde_json::{Value, json};

use super::stream::{failed, is_success, recorded_events};
use super::wire::{some, wires};
use super::{Findings, ask, client, events};

const PAGE: &str = "<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>";

/// What cannot be an answer of any vendor's.
fn nonsense() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("nothing", Vec::new()),
        ("a page", PAGE.into()),
        ("half a page", b"<!doctype ht".to_vec()),
        ("deep lists", "[".repeat(100_000).into()),
        ("deep objects", "{\"choices\":".repeat(20_000).into()),
        ("null", b"null".to_vec()),
        ("a text", b"\"hello\"".to_vec()),
        ("a number", b"7".to_vec()),
        ("no text", vec![0xff, 0xfe, 0x00, 0x80]),
        ("half an object", b"{\"id\":\"1\",".to_vec()),
    ]
}

/// What may be read leniently, if only it does no harm.
fn odd() -> Vec<Value> {
    vec![
        json!({}),
        json!([]),
        json!({ "choices": [], "data": [], "candidates": [], "content": [], "output": [], "results": [] }),
        json!({ "choices": null, "data": null, "candidates": null, "content": null, "output": null, "message": null }),
        json!({ "choices": "x", "data": 7, "candidates": {}, "content": true, "output": "y", "message": [], "usage": "z" }),
        json!({ "choices": [null], "data": [[]], "candidates": [7], "content": ["x"], "output": [{}], "embeddings": [[null]] }),
        json!({ "error": { "message": "refused after all" } }),
    ]
}

#[tokio::test]
async fn whole_answers() {
    let (client, mut findings, mut count) = (client(), Findings::default(), 0);
    for kind in ModelKind::ALL {
        for wire in some(kind, false, 1) {
            for (what, body) in nonsense() {
                count += 1;
                let media_type = if what == "a page" { "text/html" } else { "application/json" };
                let reply = Reply::new(200).header("content-type", media_type).chunk(body);
                let upstream = ask::upstream(&wire, move |_, _| reply.clone());
                match ask::whole(&wire, &upstream.url(), &client).await {
                    Ok(answer) => {
                        let answer: String = answer.to_string().chars().take(200).collect();
                        findings.check(false, || {
                            format!("{} {kind}: {what} is an answer: {answer}", wire.title())
                        });
                    }
                    Err(error) => {
                        let message = error.message();
                        let is_clear = !message.trim().is_empty() && message.len() < 500;
                        findings.check(is_clear, || {
                            format!("{} {kind}: {what}: {message:?}", wire.title())
                        });
                    }
                }
            }
            for body in odd() {
                count += 1;
                let reply = Reply::json(200, &body);
                let upstream = ask::upstream(&wire, move |_, _| reply.clone());
                // Whatever comes of it, it comes, and is no panic.
                let _ = ask::whole(&wire, &upstream.url(), &client).await;
            }
        }
    }
    findings.report(count);
}

#[tokio::test]
async fn streams() {
    let (client, mut findings, mut count) = (client(), Findings::default(), 0);
    for wire in some(ModelKind::Language, true, 1) {
        for (what, body) in nonsense() {
            let event = [b"data: ".as_slice(), &body, b"\n\n"].concat();
            let bodies = [
                ("text/html", body.clone()),
                ("text/event-stream", body),
                ("text/event-stream", event),
            ];
            for (media_type, body) in bodies {
                count += 1;
                let reply = Reply::new(200).header("content-type", media_type).chunk(body);
                let upstream = ask::upstream(&wire, move |_, _| reply.clone());
                let parts = ask::parts(&wire, &upstream.url(), &client).await;
                findings.check(failed(&parts) || !is_success(&parts), || {
                    format!("{}: {what} as {media_type} is a success", wire.title())
                });
            }
        }
    }
    findings.report(count);
}

/// The places in a value, as JSON pointers.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate().take(2) {
                places(item, &format!("{at}/{index}"), out);
            }
        }
        Value::Object(fields) => {
            for (name, item) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                places(item, &format!("{at}/{name}"), out);
            }
        }
        _ => {}
    }
}

/// Values of the wrong type, one for each round.
fn wrong(round: usize) -> Value {
    let all = [
        json!(null),
        json!(7.5),
        json!("x"),
        json!([]),
        json!({}),
        json!(true),
        json!(-1),
        json!([null]),
        json!(""),
    ];
    all[round % all.len()].clone()
}

/// How long a job may go on to wait.
const PATIENCE: Duration = Duration::from_millis(300);

/// How many places of an answer are tried.
const MAX_PLACES: usize = 8;

fn tried(value: &Value) -> Vec<String> {
    let mut all = Vec::new();
    places(value, "", &mut all);
    let step = (all.len() / MAX_PLACES).max(1);
    all.into_iter().step_by(step).collect()
}

#[tokio::test]
async fn wrong_types_do_no_harm_in_whole_answers() {
    let (client, mut count) = (client(), 0);
    for kind in ModelKind::ALL {
        for wire in wires(kind, false).into_iter().filter(|wire| wire.is_own) {
            let last = wire.case.exchanges().len() - 1;
            let recorded = super::recorded_answer::Recorded::new(&wire.case.exchanges()[last], "");
            let Some(body) = recorded.json() else { continue };
            for place in tried(&body) {
                count += 1;
                let mut body = body.clone();
                *body.pointer_mut(&place).unwrap() = wrong(count);
                let upstream = ask::upstream(&wire, move |index, recorded| {
                    if index == last { Reply::json(200, &body) } else { recorded.reply() }
                });
                // A job whose state is not understood is asked after again, with pauses.
                let url = upstream.url();
                let call = ask::whole(&wire, &url, &client);
                let _ = tokio::time::timeout(PATIENCE, call).await;
                assert!(upstream.requests().len() < 40, "{}: asks without a pause", wire.title());
            }
        }
    }
    assert!(count > 0, "nothing was checked");
}

#[tokio::test]
async fn wrong_types_do_no_harm_in_streams() {
    let (client, mut count) = (client(), 0);
    for wire in wires(ModelKind::Language, true).into_iter().filter(|wire| wire.is_own) {
        let list = recorded_events(&wire);
        let step = (list.len() / 6).max(1);
        for at in (0..list.len()).step_by(step) {
            let Some(data) = events::data(&list[at]) else { continue };
            for place in tried(&data).into_iter().step_by(2) {
                count += 1;
                let mut data = data.clone();
                *data.pointer_mut(&place).unwrap() = wrong(count);
                let mut list = list.clone();
                list[at] = events::with_data(&list[at], &data);
                let body = list.concat();
                let upstream = ask::upstream(&wire, move |_, recorded| {
                    if recorded.is_events() {
                        recorded.with(body.clone())
                    } else {
                        recorded.reply()
                    }
                });
                let _ = ask::parts(&wire, &upstream.url(), &client).await;
            }
        }
    }
    assert!(count > 0, "nothing was checked");
}
