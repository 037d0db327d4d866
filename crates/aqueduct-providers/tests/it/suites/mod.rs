//! What every provider of a kind does, checked against what its vendor was recorded to send.
//!
//! The providers come from the table, the wires from `tests/fixtures/<id>/`: a new provider is checked because it is there.
//! Every check replays all wires of its kind with the vendor's answer changed in one way, and lists those that fail.

mod ask;
mod coverage;
mod errors;
mod events;
mod hostile;
mod moves;
mod other_kinds;
mod recorded_answer;
mod stream;
mod unknown;
mod whole_answer;
mod wire;

use std::time::Duration;

use aqueduct_http::Client;

/// How long one call may take.
const LIMIT: Duration = Duration::from_secs(20);

async fn within<T>(what: &str, step: impl Future<Output = T>) -> T {
    match tokio::time::timeout(LIMIT, step).await {
        Ok(done) => done,
        Err(_) => panic!("{what}: nothing happened for {LIMIT:?}"),
    }
}

fn client() -> Client {
    Client::builder().allow_private_downloads().no_proxy().build().unwrap()
}

/// What does not hold, over all wires of a check.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.0.push(what());
        }
    }

    #[track_caller]
    fn report(self, count: usize) {
        assert!(count > 0, "nothing was checked");
        for line in self.0.iter().take(200) {
            println!("{line}");
        }
        assert!(self.0.is_empty(), "{} findings in {count} checks", self.0.len());
    }
}
