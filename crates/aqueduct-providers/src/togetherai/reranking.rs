//! `POST /rerank`.
//!
//! Source: <https://docs.together.ai/reference/rerank-1> (2026-11).

use std::sync::Arc;

use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::reranking::{Documents, Ranking, RerankOptions, RerankResult};
use aqueduct_spec::{Context, Error, ModelInfo, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model_calls::model_calls;
use crate::openai_compatible::{Config, read_json};

/// A model behind `POST /rerank`.
#[derive(Debug)]
pub(super) struct Reranking {
    info: ModelInfo,
    config: Arc<Config>,
}

/// Options under `togetherai`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RerankingOptions {
    rank_fields: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    documents: Value,
    query: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_n: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rank_fields: Option<Vec<String>>,
    /// The caller has them.
    return_documents: bool,
}

#[derive(Deserialize)]
struct Answer {
    id: Option<String>,
    model: Option<String>,
    results: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    index: usize,
    relevance_score: f64,
}

impl Reranking {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let info = ModelInfo::new("togetherai.reranking", model_id);
        Self { info, config: Arc::clone(config) }
    }

    async fn rerank(&self, call: &RerankOptions, cx: &Context) -> Result<RerankResult> {
        let options = call.provider_options.as_ref();
        let options = options.map(|all| all.typed::<RerankingOptions>("togetherai")).transpose()?;
        let documents = match &call.documents {
            Documents::Text(documents) => serde_json::to_value(&documents.values),
            Documents::Object(documents) => serde_json::to_value(&documents.values),
            other => {
                return Err(Error::unsupported(format_args!("documents of type {}", other.tag())));
            }
        };
        let documents = documents.map_err(|error| {
            Error::invalid_request("the documents cannot be written as JSON").with_source(error)
        })?;
        let body = Request {
            model: &self.info.model_id,
            documents,
            query: &call.query,
            top_n: call.top_n,
            rank_fields: options.flatten().and_then(|options| options.rank_fields),
            return_documents: false,
        };
        let request = self.config.endpoint.post("/rerank", call.headers.as_ref()).json(&body);
        let json = read_json::<Answer>(request.send().await?, &*self.config.host.dialect).await?;
        let ranking = json.value.results.into_iter();
        let ranking = ranking.map(|place| Ranking::new(place.index, place.relevance_score));
        let mut result = RerankResult::new(ranking.collect::<Vec<_>>());
        let mut info = ResponseInfo::default().with_headers(&json.headers);
        info.id = json.value.id;
        info.model_id = json.value.model;
        if cx.include.response_body {
            info.body = serde_json::from_slice(&json.bytes).ok();
        }
        result.response = Some(info);
        Ok(result)
    }
}

model_calls!(Reranking: Rerank => rerank -> RerankResult);
