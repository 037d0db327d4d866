//! Giving up on a request from elsewhere.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use aqueduct::spec::language::{StreamPart, TextDelta};
use aqueduct::text::{AbortEvent, AbortPart};
use aqueduct::{
    AbortHandle, ErrorKind, TextStreamPart, Tool, generate_text, step_count_is, stream_text,
};
use aqueduct_testkit::{MockLanguageModel, Turn};
use futures_util::StreamExt as _;
use serde_json::json;
use tokio::task::coop::poll_proceed;

fn call() -> Turn {
    Turn::tool_call("a", "wait", &json!({}))
}

#[tokio::test]
async fn a_whole_answer_fails_as_cancelled() {
    let abort = AbortHandle::new();
    let events: Arc<Mutex<Vec<AbortEvent>>> = Arc::default();
    let (log, errors) = (Arc::clone(&events), Arc::new(Mutex::new(0)));
    let counter = Arc::clone(&errors);
    let request = generate_text(MockLanguageModel::answers([Turn::pending()]))
        .prompt("go")
        .abort_handle(&abort)
        .on_abort(move |event| {
            log.lock().unwrap().push(event);
            async {}
        })
        .on_error(move |_| {
            *counter.lock().unwrap() += 1;
            async {}
        });
    let giver = async {
        tokio::task::yield_now().await;
        assert!(!abort.is_aborted());
        abort.abort_because("the user left");
        abort.abort_because("again");
    };
    let (answer, ()) = tokio::join!(request.into_future(), giver);
    let error = answer.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(error.message(), "the request was aborted: the user left", "the first counts");
    let events = events.lock().unwrap();
    assert_eq!((events.len(), events[0].steps.len()), (1, 0));
    assert_eq!(events[0].reason.as_deref(), Some("the user left"));
    assert_eq!(*errors.lock().unwrap(), 0, "giving up is no failure");
}

#[tokio::test]
async fn a_stream_ends_with_a_part_that_says_why() {
    let abort = AbortHandle::new();
    let mut stream = stream_text(MockLanguageModel::answers([Turn::pending()]))
        .prompt("go")
        .abort_handle(&AbortHandle::new())
        .abort_handle(&abort)
        .await
        .unwrap();
    assert!(matches!(stream.next().await, Some(Ok(TextStreamPart::Start))));
    abort.abort_because("enough");
    let Some(Ok(TextStreamPart::Abort(AbortPart { reason, .. }))) = stream.next().await else {
        panic!("no abort")
    };
    assert_eq!(reason.as_deref(), Some("enough"));
    assert!(stream.next().await.is_none());
    let error = stream.collect().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled, "there is no step to show");
}

#[tokio::test]
async fn the_steps_before_are_not_lost() {
    let abort = AbortHandle::new();
    let events: Arc<Mutex<Vec<AbortEvent>>> = Arc::default();
    let log = Arc::clone(&events);
    let ends = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&ends);
    let giver = abort.clone();
    let model = MockLanguageModel::answers([call(), call(), Turn::text("never")]);
    let calls = Arc::new(Mutex::new(0));
    let tool = Tool::new("wait").execute(move |_, _| {
        let mut calls = calls.lock().unwrap();
        *calls += 1;
        let is_second = *calls == 2;
        let giver = giver.clone();
        async move {
            if is_second {
                giver.abort();
                std::future::pending::<()>().await;
            }
            "ok"
        }
    });
    let stream = stream_text(model)
        .prompt("go")
        .tool(tool)
        .stop_when(step_count_is(9))
        .abort_handle(&abort)
        .on_abort(move |event| {
            log.lock().unwrap().push(event);
            async {}
        })
        .on_end(move |_| {
            *counter.lock().unwrap() += 1;
            async {}
        })
        .await
        .unwrap();
    let answer = stream.collect().await.unwrap();
    assert_eq!((answer.steps().len(), answer.tool_results().count()), (1, 1));
    let events = events.lock().unwrap();
    assert_eq!((events[0].steps.len(), events[0].reason.as_deref()), (1, None));
    assert_eq!(*ends.lock().unwrap(), 0);
}

#[tokio::test]
async fn who_gave_up_before_is_not_asked_for_anything() {
    let model = Arc::new(MockLanguageModel::text("hi"));
    let abort = AbortHandle::new();
    abort.abort();
    let request = generate_text(&model).prompt("go").abort_handle(&abort);
    assert_eq!(request.await.unwrap_err().message(), "the request was aborted");
    assert!(model.calls().is_empty());
}

#[tokio::test]
async fn who_has_seen_the_last_part_can_give_up_no_more() {
    let abort = AbortHandle::new();
    let request = stream_text(MockLanguageModel::text("done")).prompt("go").abort_handle(&abort);
    let mut stream = request.stream();
    let mut last = None;
    while let Some(part) = stream.next().await {
        let part = part.unwrap();
        if matches!(part, TextStreamPart::Finish(_)) {
            abort.abort();
        }
        last = Some(part);
    }
    assert!(matches!(last, Some(TextStreamPart::Finish(_))));
}

/// What a task has done before it reads a stream may have used up tokio's budget; who never waits gets no other.
#[tokio::test]
async fn a_model_that_is_never_waited_for_is_given_up_on() {
    let deltas = (0..100).map(|_| StreamPart::from(TextDelta::new("1", "x")));
    let model = MockLanguageModel::answers([Turn::parts(deltas)]);
    let abort = AbortHandle::new();
    let mut stream = stream_text(model).prompt("go").abort_handle(&abort).stream();
    poll_fn(|cx| {
        while let Poll::Ready(spent) = poll_proceed(cx) {
            spent.made_progress();
        }
        Poll::Ready(())
    })
    .await;
    let mut n_parts = 0;
    while stream.next().await.is_some() {
        n_parts += 1;
        if n_parts == 10 {
            abort.abort();
        }
    }
    assert_eq!(n_parts, 11, "the last one says that it was given up on");
}
