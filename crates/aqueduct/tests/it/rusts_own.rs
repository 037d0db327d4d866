//! What the AI SDK had to write and Rust has: what docs/features.md says of it.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::{Mutex, oneshot};

/// `isDeepEqualData` of the AI SDK.
#[test]
fn data_is_compared_with_its_operator() {
    let data = json!({ "a": [1, { "b": null }], "c": "d" });
    assert_eq!(data, json!({ "c": "d", "a": [1, { "b": null }] }), "the order of keys is nothing");
    let others = [
        json!({ "a": [1, { "b": 0 }], "c": "d" }),
        json!({ "a": [{ "b": null }, 1], "c": "d" }),
        json!({ "a": [1, { "b": null }] }),
        json!({ "a": [1, { "b": null }], "c": "d", "e": null }),
        json!(null),
    ];
    for other in others {
        assert_ne!(data, other);
    }
}

/// `SerialJobExecutor` of the AI SDK: whoever waits for a fair mutex gets it in turn.
#[tokio::test]
async fn jobs_run_one_after_the_other() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let (gates, doors): (Vec<_>, Vec<_>) = (0..3).map(|_| oneshot::channel::<()>()).unzip();
    let mut jobs = Vec::new();
    for (number, door) in doors.into_iter().enumerate() {
        let log = Arc::clone(&log);
        let turn = Arc::clone(&log).lock_owned();
        let mut job = Box::pin(async move {
            let mut log = turn.await;
            log.push(format!("{number} begins"));
            let result = door.await.map_err(|_| "failed");
            log.push(format!("{number} ends"));
            result
        });
        // It takes its place in the queue now.
        assert!(futures_util::poll!(&mut job).is_pending());
        jobs.push(tokio::spawn(job));
    }
    // The gates open in the wrong order, and the first job fails: the others have their turns all the same.
    let mut gates = gates.into_iter();
    let (first, second, third) = (gates.next(), gates.next().unwrap(), gates.next().unwrap());
    third.send(()).unwrap();
    second.send(()).unwrap();
    drop(first);
    let mut results = Vec::new();
    for job in jobs {
        results.push(job.await.unwrap());
    }
    assert_eq!(results, [Err("failed"), Ok(()), Ok(())]);
    let expected = ["0 begins", "0 ends", "1 begins", "1 ends", "2 begins", "2 ends"];
    assert_eq!(*log.lock().await, expected);
}
