//! Streamed answers of language models.

use std::sync::Arc;

use aqueduct_spec::language::{StreamPart, UnifiedFinishReason, Usage};
use aqueduct_spec::{ModelKind, Result};
use aqueduct_testkit::{Reply, conformance};
use futures_util::StreamExt as _;
use serde_json::Value;

use super::recorded_answer::Recorded;
use super::wire::Wire;
use super::{Findings, ask, client, events, unknown, within};

/// The parts as JSON, errors in short.
pub(super) fn written(parts: &[Result<StreamPart>]) -> Vec<Value> {
    let write = |part: &Result<StreamPart>| match part {
        Ok(part) => serde_json::to_value(part).unwrap(),
        Err(error) => serde_json::json!({ "type": "failed", "message": error.message() }),
    };
    parts.iter().map(write).collect()
}

pub(super) fn wires() -> Vec<Wire> {
    super::wire::wires(ModelKind::Language, true)
}

pub(super) fn failed(parts: &[Result<StreamPart>]) -> bool {
    parts.iter().any(|part| matches!(part, Err(_) | Ok(StreamPart::Error(_))))
}

async fn replay(
    wire: &Wire,
    client: &aqueduct_http::Client,
    change: impl Fn(&Recorded) -> Reply + Send + Sync + 'static,
) -> Vec<Result<StreamPart>> {
    let upstream =
        ask::upstream(
            wire,
            move |_, recorded| {
                if recorded.is_events() { change(recorded) } else { recorded.reply() }
            },
        );
    ask::parts(wire, &upstream.url(), client).await
}

/// The events of the stream of a wire.
pub(super) fn recorded_events(wire: &Wire) -> Vec<String> {
    let exchanges = wire.case.exchanges().iter();
    let streams = exchanges.map(|exchange| Recorded::new(exchange, "http://upstream"));
    let stream = streams.rev().find(Recorded::is_events);
    stream.map(|stream| events::split(&stream.body)).unwrap_or_default()
}

#[tokio::test]
async fn parts_are_in_order_and_usage_adds_up() {
    let (client, mut findings, mut count) = (client(), Findings::default(), 0);
    for wire in wires() {
        let parts = replay(&wire, &client, Recorded::reply).await;
        count += 1;
        if failed(&parts) {
            continue;
        }
        let parts: Vec<StreamPart> = parts.into_iter().map(Result::unwrap).collect();
        for problem in conformance::stream_problems(&parts) {
            findings.check(false, || format!("{}: {problem}", wire.title()));
        }
        let Some(StreamPart::Finish(finish)) = parts.last() else { continue };
        if let Some(problem) = sums(&finish.usage) {
            findings.check(false, || format!("{}: {problem}", wire.title()));
        }
    }
    findings.report(count);
}

/// What does not add up.
pub(super) fn sums(usage: &Usage) -> Option<String> {
    let input = usage.input_tokens;
    if let (Some(total), Some(no_cache)) = (input.total, input.no_cache) {
        let parts = no_cache + input.cache_read.unwrap_or(0) + input.cache_write.unwrap_or(0);
        if parts != total {
            return Some(format!("input tokens: {input:?}"));
        }
    }
    let output = usage.output_tokens;
    if let (Some(total), Some(text), Some(reasoning)) =
        (output.total, output.text, output.reasoning)
        && text + reasoning != total
    {
        return Some(format!("output tokens: {output:?}"));
    }
    None
}

#[tokio::test]
async fn chunk_boundaries_do_not_matter() {
    let (client, mut findings, mut count) = (client(), Findings::default(), 0);
    for wire in wires() {
        let whole = written(&replay(&wire, &client, Recorded::reply).await);
        for size in [1, 7] {
            let cut = replay(&wire, &client, move |recorded| {
                recorded.head().chunks_of(size, &recorded.body)
            });
            let cut = written(&cut.await);
            count += 1;
            findings.check(cut == whole, || {
                let at = cut.iter().zip(&whole).position(|(a, b)| a != b);
                format!("{}: other parts in chunks of {size}, from {at:?}", wire.title())
            });
        }
    }
    findings.report(count);
}

#[tokio::test]
async fn unknown_events_are_skipped() {
    let (client, mut findings, mut count) = (client(), Findings::default(), 0);
    for wire in wires() {
        let list = recorded_events(&wire);
        let Some(event) = events::unknown(&list) else { continue };
        let mut with: Vec<String> = Vec::new();
        for known in list {
            with.push(known);
            with.push(event.clone());
        }
        // Nothing comes after the end.
        with.pop();
        let body = with.concat();
        let plain = without_raw(written(&replay(&wire, &client, Recorded::reply).await));
        let parts = replay(&wire, &client, move |recorded| recorded.with(body.clone())).await;
        let parts = without_raw(written(&parts));
        count += 1;
        findings.check(parts == plain, || different(&wire, &plain, &parts));
    }
    findings.report(count);
}

#[tokio::test]
async fn unknown_fields_change_nothing() {
    let (client, mut findings, mut count) = (client(), Findings::default(), 0);
    for wire in wires() {
        let with: String = recorded_events(&wire)
            .into_iter()
            .map(|event| match events::data(&event) {
                Some(mut data) => {
                    unknown::add(&mut data);
                    events::with_data(&event, &data)
                }
                None => event,
            })
            .collect();
        let plain = without_raw(written(&replay(&wire, &client, Recorded::reply).await));
        let parts = replay(&wire, &client, move |recorded| recorded.with(with.clone())).await;
        let mut parts = without_raw(written(&parts));
        parts.iter_mut().for_each(unknown::remove);
        count += 1;
        findings.check(parts == plain, || different(&wire, &plain, &parts));
    }
    findings.report(count);
}

fn without_raw(mut parts: Vec<Value>) -> Vec<Value> {
    parts.retain(|part| part["type"] != "raw");
    parts
}

fn different(wire: &Wire, plain: &[Value], parts: &[Value]) -> String {
    let at = plain.iter().zip(parts).position(|(a, b)| a != b);
    let at = at.unwrap_or(plain.len().min(parts.len()));
    format!("{}: part {at}\n    {:?}\n    {:?}", wire.title(), plain.get(at), parts.get(at))
}

/// Places to cut a stream at: after so many events.
fn places(events: &[String]) -> Vec<usize> {
    let last = events.iter().filter(|event| !event.contains("[DONE]")).count();
    let step = (last / 6).max(1);
    (0..last).step_by(step).collect()
}

#[tokio::test]
async fn a_broken_connection_is_no_end() {
    let (client, mut findings, mut count) = (client(), Findings::default(), 0);
    for wire in wires() {
        let list = recorded_events(&wire);
        for at in places(&list) {
            let body = list[..at].concat();
            let parts =
                replay(&wire, &client, move |recorded| recorded.with(body.clone()).cut()).await;
            count += 1;
            findings.check(failed(&parts), || {
                format!("{}: ends in silence when cut after {at} events", wire.title())
            });
        }
    }
    findings.report(count);
}

#[tokio::test]
async fn an_early_end_is_no_success() {
    let (client, mut findings, mut count) = (client(), Findings::default(), 0);
    for wire in wires() {
        let list = recorded_events(&wire);
        let end = list.iter().position(|event| events::is_end(event)).unwrap_or(0);
        for at in places(&list).into_iter().filter(|at| *at <= end) {
            let body = list[..at].concat();
            let parts = replay(&wire, &client, move |recorded| recorded.with(body.clone())).await;
            count += 1;
            findings.check(failed(&parts) || !is_success(&parts), || {
                format!("{}: a success after {at} of {} events", wire.title(), list.len())
            });
        }
    }
    findings.report(count);
}

/// Whether the answer passes for complete.
pub(super) fn is_success(parts: &[Result<StreamPart>]) -> bool {
    use UnifiedFinishReason as Reason;
    parts.iter().any(|part| match part {
        Ok(StreamPart::Finish(finish)) => {
            !matches!(finish.finish_reason.unified, Reason::Other | Reason::Error)
        }
        _ => false,
    })
}

#[tokio::test]
async fn dropping_the_stream_closes_the_connection() {
    let (client, mut count) = (client(), 0);
    for wire in super::wire::some(ModelKind::Language, true, 3) {
        let list = Arc::new(recorded_events(&wire));
        let total = list.len();
        for taken in [0, 1, 2, total / 2, total] {
            let events = Arc::clone(&list);
            let upstream = ask::upstream(&wire, move |_, recorded| {
                if !recorded.is_events() {
                    return recorded.reply();
                }
                // Without its end the answer cannot be complete.
                let events = events.iter().filter(|event| !event.contains("[DONE]"));
                events.fold(recorded.head(), |reply, event| reply.chunk(event.clone())).stall()
            });
            let mut parts = match ask::start(&wire, &upstream.url(), &client).await {
                Ok(parts) => parts,
                Err(error) => panic!("{}: {error:?}", wire.title()),
            };
            let mut seen = 0;
            while seen < taken {
                let next =
                    tokio::time::timeout(std::time::Duration::from_millis(200), parts.next());
                // A stream that waits for more has given all that the events hold.
                let Ok(Some(_)) = next.await else { break };
                seen += 1;
            }
            drop(parts);
            if upstream.requests().len() < wire.case.exchanges().len() {
                // A stream that comes after another request is not asked for before somebody reads.
                continue;
            }
            let what = format!("{}, dropped after {seen} parts", wire.title());
            within(&what, upstream.wait_for_disconnects(1)).await;
            count += 1;
        }
    }
    assert!(count > 0, "nothing was checked");
}
