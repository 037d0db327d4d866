//! The simulator.

mod conformance;
mod language;
mod live;
mod other_kinds;
mod pace;
mod schema;
mod schema_fuzz;

use std::sync::Arc;

use aqueduct_http::Client;
use aqueduct_providers::{Settings, find};
use aqueduct_spec::language::{CallOptions, GenerateResult, Message, StreamPart};
use aqueduct_spec::{
    Context, Generate, JsonObject, Model, Provider, ProviderOptions, Result, Stream,
};
use futures_util::StreamExt as _;
use serde_json::Value;

fn simulator(settings: Value) -> Arc<dyn Provider> {
    let Value::Object(settings) = settings else { panic!("settings are an object") };
    find("simulator").unwrap().build(&Settings::from(settings), &Client::new()).unwrap()
}

/// Asks with a script in the provider options.
fn scripted(text: &str, script: Value) -> CallOptions {
    let mut options = CallOptions::new([Message::user(text)]);
    options.provider_options = Some(ProviderOptions::of("simulator", object(script)));
    options
}

fn object(value: Value) -> JsonObject {
    let Value::Object(object) = value else { panic!("not an object: {value}") };
    object
}

async fn generate(
    provider: &Arc<dyn Provider>,
    model: &str,
    options: CallOptions,
) -> Result<GenerateResult> {
    let model = provider.language_model(model)?;
    Model::<Generate>::call(&*model, options.into(), &Context::default()).await
}

async fn stream(
    provider: &Arc<dyn Provider>,
    model: &str,
    options: CallOptions,
) -> Result<Vec<Result<StreamPart>>> {
    let model = provider.language_model(model)?;
    let result = Model::<Stream>::call(&*model, options.into(), &Context::default()).await?;
    Ok(result.stream.collect().await)
}
