//! `POST /v1/embeddings`.
//!
//! Source: <https://platform.openai.com/docs/api-reference/embeddings>, read 2026-11-23.

use std::sync::Arc;

use aqueduct_spec::embedding::EmbedOptions;
use aqueduct_spec::{Call as _, Data, Embed, JsonObject};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::enter::{context, enter, refuse};
use super::error::{respond, status};
use super::options;
use crate::error::Failure;
use crate::gateway::Shared;
use crate::ingress::body;
use crate::metrics::Surface;
use crate::pipeline::{Admitted, Meter, Routed};

#[derive(Debug, Deserialize)]
struct Asked {
    model: String,
    input: Value,
    #[serde(default)]
    encoding_format: Option<Encoding>,
    #[serde(flatten)]
    rest: JsonObject,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Encoding {
    #[default]
    Float,
    Base64,
}

#[derive(Serialize)]
struct Answer<'a> {
    object: &'static str,
    data: Vec<Embedding>,
    model: &'a str,
    usage: Usage,
}

#[derive(Serialize)]
struct Embedding {
    object: &'static str,
    index: usize,
    embedding: Vector,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Vector {
    Float(Vec<f64>),
    /// Little-endian 32-bit floats.
    Base64(Data),
}

#[derive(Serialize)]
struct Usage {
    prompt_tokens: u64,
    total_tokens: u64,
}

/// Answers one call.
pub(super) async fn answer(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let admitted = match enter(&shared, request).await {
        Ok(admitted) => admitted,
        Err(refused) => return refused,
    };
    match read(&shared, &admitted) {
        Ok((model, encoding, options)) => embed(&shared, admitted, model, encoding, options).await,
        Err(failure) => refuse(&shared, &failure, &admitted.exchange),
    }
}

fn read(shared: &Shared, admitted: &Admitted) -> Result<(String, Encoding, EmbedOptions), Failure> {
    let Asked { model, input, encoding_format, mut rest } = body::decode::<Asked>(&admitted.body)?;
    let values = match input {
        Value::String(text) => vec![text],
        Value::Array(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| match item {
                Value::String(text) => Ok(text),
                _ => Err(not_text(&format!("input[{index}]"))),
            })
            .collect::<Result<_, _>>()?,
        _ => return Err(not_text("input")),
    };
    let mut options = EmbedOptions::new(values);
    let mut provider_options = options::given(&mut rest)?;
    options::add(&mut provider_options, shared, &model, &rest);
    options.provider_options = (!provider_options.is_empty()).then_some(provider_options);
    Ok((model, encoding_format.unwrap_or_default(), options))
}

fn not_text(param: &str) -> Failure {
    let message =
        format!("{param}: must be text; numbers of tokens mean something else to each model");
    Failure::invalid(message).with_param(param)
}

async fn embed(
    shared: &Arc<Shared>,
    admitted: Admitted,
    model: String,
    encoding: Encoding,
    options: EmbedOptions,
) -> Response {
    let context = context(shared, &admitted);
    let mut exchange = admitted.exchange;
    let routed = match Routed::new(&*shared.provider, &model, Embed::from(options), context) {
        Ok(routed) => routed,
        Err(error) => return refuse(shared, &error.into(), &exchange),
    };
    let mut meter =
        Meter::start(shared, Surface::OpenAi, Embed::OPERATION, &model, exchange.started);
    let result = match routed.call(&mut exchange).await {
        Ok(result) => result,
        Err(error) => {
            let mut failure = Failure::from(error);
            let response = respond(&failure, &exchange);
            failure.status = status(&failure);
            meter.failed(&failure);
            return response;
        }
    };
    meter.succeeded(&result);
    let tokens = result.usage.as_ref().and_then(|usage| usage.tokens).unwrap_or_default();
    let data = result.embeddings.into_iter().enumerate().map(|(index, vector)| Embedding {
        object: "embedding",
        index,
        embedding: match encoding {
            Encoding::Float => Vector::Float(vector),
            Encoding::Base64 => Vector::Base64(bytes_of(&vector).into()),
        },
    });
    let said = result.response.and_then(|response| response.model_id);
    let answer = Answer {
        object: "list",
        data: data.collect(),
        model: said.as_deref().unwrap_or(&model),
        usage: Usage { prompt_tokens: tokens, total_tokens: tokens },
    };
    exchange.sign(body::json(StatusCode::OK, &answer))
}

/// OpenAI packs vectors as `float32`, little-endian.
#[expect(clippy::cast_possible_truncation, reason = "the format has no more digits")]
fn bytes_of(vector: &[f64]) -> Vec<u8> {
    vector.iter().flat_map(|number| (*number as f32).to_le_bytes()).collect()
}
