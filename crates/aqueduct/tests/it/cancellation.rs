//! Whoever stops waiting stops the work: at every part of a stream, at every poll of a request, while tools run. What is left
//! behind is counted: requests the upstream was left with, tasks of the runtime, and with them connections, because the
//! upstream serves each in a task of its own.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use aqueduct::text::{Streamed, TextRequest, Whole};
use aqueduct::{
    Registry, Settings, TextStreamPart, Tool, embed_many, generate_text, step_count_is, stream_text,
};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

const MODEL: &str = "togetherai/m";

fn registry(upstream: &ScriptedUpstream) -> Registry {
    let settings = Settings::new().with("baseURL", upstream.url()).with("apiKey", "k");
    Registry::builder().settings("togetherai", settings).build()
}

/// A thought, a text and the call of a tool.
fn deltas() -> [Value; 6] {
    let call = |arguments: &str| json!({ "tool_calls": [{ "index": 0, "function": { "arguments": arguments } }] });
    let mut first = call("{\"a\"");
    first["tool_calls"][0]["id"] = "c".into();
    first["tool_calls"][0]["type"] = "function".into();
    first["tool_calls"][0]["function"]["name"] = "look".into();
    [
        json!({ "role": "assistant", "reasoning_content": "hm" }),
        json!({ "reasoning_content": ", so" }),
        json!({ "content": "I " }),
        json!({ "content": "look" }),
        first,
        call(":1}"),
    ]
}

fn event(delta: &Value, reason: Option<&str>) -> String {
    let choice = json!({ "index": 0, "delta": delta, "finish_reason": reason });
    json!({ "id": "r", "created": 0, "model": "m", "choices": [choice] }).to_string()
}

fn whole(message: &Value, reason: &str) -> Reply {
    let choice = json!({ "index": 0, "message": message, "finish_reason": reason });
    Reply::json(200, &json!({ "id": "r", "created": 0, "model": "m", "choices": [choice] }))
}

/// Calls a tool, and answers in words once it sees the result.
fn two_steps() -> ScriptedUpstream {
    ScriptedUpstream::new(|request| {
        let body = request.json();
        let messages = body["messages"].as_array().unwrap();
        let is_second = messages.iter().any(|message| message["role"] == "tool");
        let is_stream = body["stream"] == true;
        match (is_second, is_stream) {
            (false, false) => {
                let function = json!({ "name": "look", "arguments": "{}" });
                let call = json!({ "id": "c", "type": "function", "function": function });
                whole(&json!({ "role": "assistant", "tool_calls": [call] }), "tool_calls")
            }
            (true, false) => whole(&json!({ "role": "assistant", "content": "blue" }), "stop"),
            (false, true) => {
                let mut events: Vec<_> = deltas().iter().map(|delta| event(delta, None)).collect();
                events.push(event(&json!({}), Some("tool_calls")));
                events.push("[DONE]".to_owned());
                Reply::events(events)
            }
            (true, true) => {
                let last = event(&json!({ "content": "blue" }), Some("stop"));
                Reply::events([last, "[DONE]".to_owned()])
            }
        }
    })
}

fn look() -> Tool {
    Tool::new("look").execute(|_, _| async {
        tokio::task::yield_now().await;
        "blue"
    })
}

fn request(upstream: &ScriptedUpstream) -> TextRequest<Whole> {
    generate_text(MODEL)
        .registry(&registry(upstream))
        .prompt("go")
        .tool(look())
        .stop_when(step_count_is(3))
}

fn streamed(upstream: &ScriptedUpstream) -> TextRequest<Streamed> {
    stream_text(MODEL).registry(&registry(upstream)).prompt("go").tool(look())
}

/// Fails instead of waiting forever.
async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(30), future).await.unwrap()
}

fn n_tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

/// Waits until no more tasks are alive than before. The other side learns of an end only when it reads, hence the wait.
async fn is_left_as_it_was(before: usize) {
    soon(async {
        while n_tasks() > before {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// Polls a future until it is ready or was left pending so often, and drops it.
async fn given_up_after<F: Future>(n_polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut n_pending = 0;
    soon(poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => {
            n_pending += 1;
            if n_pending >= n_polls { Poll::Ready(None) } else { Poll::Pending }
        }
    }))
    .await
}

/// Runs what `start` gives, given up one poll later every time, until it comes to its end.
async fn at_every_poll<F: Future>(upstream: &ScriptedUpstream, start: impl Fn() -> F) {
    let before = n_tasks();
    for n_polls in 1.. {
        let output = given_up_after(n_polls, start()).await;
        is_left_as_it_was(before).await;
        if output.is_some() {
            assert!(n_polls > 2, "it was never left pending");
            assert!(!upstream.requests().is_empty());
            return;
        }
    }
}

#[tokio::test]
async fn a_whole_answer_is_given_up_at_every_poll() {
    let upstream = two_steps();
    at_every_poll(&upstream, || async { request(&upstream).await.unwrap() }).await;
    let (first, last) = (&upstream.requests()[0], upstream.requests().pop().unwrap());
    assert_ne!(first.body, last.body, "the last run got to its second step");
}

#[tokio::test]
async fn a_stream_is_given_up_at_every_poll() {
    let upstream = two_steps();
    at_every_poll(&upstream, || async {
        let stream = streamed(&upstream).stop_when(step_count_is(3)).await.unwrap();
        assert_eq!(stream.collect().await.unwrap().text(), "blue");
    })
    .await;
}

#[tokio::test]
async fn many_embeddings_are_given_up_at_every_poll() {
    let upstream = ScriptedUpstream::new(|request| {
        let n_values = request.json()["input"].as_array().unwrap().len();
        let one = json!({ "embedding": [1.0], "index": 0 });
        Reply::json(200, &json!({ "data": vec![one; n_values], "model": "m" }))
    });
    at_every_poll(&upstream, || async {
        let values = vec!["x"; 5000];
        let answer = embed_many(MODEL).registry(&registry(&upstream)).values(values).await.unwrap();
        assert_eq!(answer.embeddings.len(), 5000);
    })
    .await;
    assert!(upstream.requests().len() >= 3, "they do not fit into one call");
}

#[tokio::test]
async fn calls_that_run_side_by_side_are_all_given_up() {
    let upstream = ScriptedUpstream::always(Reply::never());
    let before = n_tasks();
    let request = embed_many(MODEL).registry(&registry(&upstream)).values(vec!["x"; 5000]);
    tokio::select! {
        answer = request.into_future() => panic!("an answer without an upstream: {answer:?}"),
        requests = soon(upstream.wait_for_requests(3)) => assert_eq!(requests.len(), 3),
    }
    soon(upstream.wait_for_disconnects(3)).await;
    is_left_as_it_was(before).await;
}

#[tokio::test]
async fn an_answer_that_has_begun_is_given_up() {
    let upstream = ScriptedUpstream::always(Reply::new(200).chunk("{\"id\":").stall());
    let before = n_tasks();
    tokio::select! {
        answer = request(&upstream).into_future() => panic!("half an answer is none: {answer:?}"),
        _ = soon(upstream.wait_for_requests(1)) => {}
    }
    soon(upstream.wait_for_disconnects(1)).await;
    is_left_as_it_was(before).await;
}

/// How many parts there are before the upstream falls silent: the last is the end of the tool's input.
async fn n_parts(upstream: &ScriptedUpstream) -> usize {
    let mut stream = streamed(upstream).await.unwrap();
    for n_parts in 1.. {
        let part = soon(stream.next()).await.unwrap().unwrap();
        if matches!(&part, TextStreamPart::ToolInputDelta(input) if input.delta.ends_with('}')) {
            return n_parts;
        }
    }
    0
}

#[tokio::test]
async fn a_stream_is_given_up_at_every_part() {
    let events = deltas().map(|delta| event(&delta, None));
    let upstream = ScriptedUpstream::always(Reply::events(events).stall());
    let before = n_tasks();
    let all = n_parts(&upstream).await;
    soon(upstream.wait_for_disconnects(1)).await;
    // Start, start-step; three each of the thought and the text at least, four of the tool's input.
    assert!(all >= 11, "{all} parts");
    let mut n_disconnects = 1;
    for n_parts in 0..=all {
        let mut stream = streamed(&upstream).await.unwrap();
        for _ in 0..n_parts {
            soon(stream.next()).await.unwrap().unwrap();
        }
        drop(stream);
        // The first part is ours; behind it the answer has begun.
        n_disconnects += usize::from(n_parts > 1);
        soon(upstream.wait_for_disconnects(n_disconnects)).await;
        is_left_as_it_was(before).await;
        assert_eq!(upstream.requests().len(), n_disconnects, "after {n_parts} parts");
    }
}

struct OnDrop(Arc<AtomicUsize>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn tools_that_run_are_given_up_with_their_request() {
    for is_stream in [false, true] {
        let upstream = two_steps();
        let before = n_tasks();
        let (begun, dropped) = (Arc::new(tokio::sync::Semaphore::new(0)), Arc::default());
        let (start, guard) = (Arc::clone(&begun), Arc::clone(&dropped));
        let tool = Tool::new("look").execute(move |_, _| {
            let (start, guard) = (Arc::clone(&start), OnDrop(Arc::clone(&guard)));
            async move {
                let _guard = guard;
                start.add_permits(1);
                std::future::pending::<String>().await
            }
        });
        let request = generate_text(MODEL)
            .registry(&registry(&upstream))
            .prompt("go")
            .tool(tool)
            .stop_when(step_count_is(3));
        let answer =
            async { if is_stream { request.stream().collect().await } else { request.await } };
        tokio::select! {
            answer = answer => panic!("the tool never ends: {answer:?}"),
            permit = soon(begun.acquire()) => drop(permit.unwrap()),
        }
        assert_eq!(dropped.load(Ordering::Relaxed), 1);
        is_left_as_it_was(before).await;
        assert_eq!(upstream.requests().len(), 1, "there is no second step");
    }
}
