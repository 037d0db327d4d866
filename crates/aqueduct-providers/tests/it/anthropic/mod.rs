//! Anthropic beside single calls: what goes back into the next request, batches, files, skills.

mod batch;
mod round_trip;
mod uploads;
mod wire;

use std::sync::Arc;

use aqueduct_http::Client;
use aqueduct_providers::{Settings, find};
use aqueduct_spec::Provider;
use aqueduct_testkit::ScriptedUpstream;

fn provider(upstream: &ScriptedUpstream) -> Arc<dyn Provider> {
    let settings =
        Settings::new().with("apiKey", "test").with("baseURL", format!("{}/v1/", upstream.url()));
    find("anthropic").unwrap().build(&settings, &Client::new()).unwrap()
}
