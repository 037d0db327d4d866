//! The client `gateway/` of this project before the gateway of this project.

mod errors;
mod headers;
mod kinds;
mod streams;

use aqueduct_providers::gateway::{Gateway, GatewayMetadata};
use aqueduct_spec::language::{CallOptions, GenerateResult, StreamPart};
use aqueduct_spec::{
    BoxStream, Call, Context, Generate, Model as _, ProviderMetadata, Result, Stream,
};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::harness::{KEY, Running};

/// A client with the right key.
pub(crate) fn connect(gateway: &Running) -> Gateway {
    connect_with(gateway, KEY)
}

pub(crate) fn connect_with(gateway: &Running, key: &str) -> Gateway {
    let base_url = format!("http://{}/v4/ai", gateway.address);
    Gateway::builder().base_url(base_url).api_key(key).build().unwrap()
}

/// Makes a call whose options are given as JSON.
pub(crate) async fn ask<C, O>(gateway: &Gateway, model: &str, options: Value) -> Result<C::Output>
where
    C: Call + From<O>,
    O: DeserializeOwned,
{
    let options: O = serde_json::from_value(options).unwrap();
    C::model(gateway, model)?.call(options.into(), &Context::default()).await
}

pub(crate) async fn generate(
    gateway: &Gateway,
    model: &str,
    options: Value,
) -> Result<GenerateResult> {
    ask::<Generate, CallOptions>(gateway, model, options).await
}

pub(crate) async fn stream(
    gateway: &Gateway,
    model: &str,
    options: Value,
) -> Result<BoxStream<'static, Result<StreamPart>>> {
    Ok(ask::<Stream, CallOptions>(gateway, model, options).await?.stream)
}

/// The parts of a stream that does not fail, as JSON.
pub(crate) async fn parts(stream: BoxStream<'static, Result<StreamPart>>) -> Vec<Value> {
    stream.map(|part| serde_json::to_value(part.unwrap()).unwrap()).collect().await
}

/// The text of a stream's parts.
pub(crate) fn text(parts: &[Value]) -> String {
    let deltas = parts.iter().filter(|part| part["type"] == "text-delta");
    deltas.map(|part| part["delta"].as_str().unwrap()).collect()
}

/// A user's words.
pub(crate) fn say(text: &str) -> Value {
    json!({ "prompt": [{ "role": "user", "content": [{ "type": "text", "text": text }] }] })
}

/// The same, scripted for the simulator.
pub(crate) fn say_with(text: &str, script: Value) -> Value {
    let mut options = say(text);
    options["providerOptions"]["simulator"] = script;
    options
}

/// What the gateway told of a call.
#[track_caller]
pub(crate) fn told(metadata: Option<&ProviderMetadata>) -> GatewayMetadata {
    GatewayMetadata::of(metadata.unwrap()).unwrap()
}
