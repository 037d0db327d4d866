//! `POST /rerank`.
//!
//! Source: <https://docs.cohere.com/reference/rerank> (2026-11).

use std::sync::Arc;

use aqueduct_spec::reranking::{Ranking, RerankOptions, RerankResult};
use aqueduct_spec::{Context, ModelInfo, Result, json};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer_info::answer_info;
use crate::model_calls::model_calls;
use crate::openai_compatible::{Config, read_json};
use crate::{documents, vendor_options};

/// A model behind `POST /rerank`.
#[derive(Debug)]
pub(super) struct Reranking {
    info: ModelInfo,
    config: Arc<Config>,
}

/// Options under `cohere`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RerankingOptions {
    max_tokens_per_doc: Option<f64>,
    priority: Option<f64>,
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    query: &'a str,
    documents: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_n: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens_per_doc: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<Value>,
}

#[derive(Deserialize)]
struct Answer {
    id: Option<String>,
    results: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    index: usize,
    relevance_score: f64,
}

impl Reranking {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        Self { info: ModelInfo::new("cohere.reranking", model_id), config: Arc::clone(config) }
    }

    async fn rerank(&self, call: &RerankOptions, cx: &Context) -> Result<RerankResult> {
        let options: RerankingOptions =
            vendor_options::read(call.provider_options.as_ref(), "cohere")?;
        let mut warnings = Vec::new();
        let body = Request {
            model: &self.info.model_id,
            query: &call.query,
            documents: documents::texts(&call.documents, &mut warnings)?,
            top_n: call.top_n,
            max_tokens_per_doc: options.max_tokens_per_doc.map(json::number),
            priority: options.priority.map(json::number),
        };
        let request = self.config.endpoint.post("/rerank", call.headers.as_ref()).json(&body);
        let json = read_json::<Answer>(request.send().await?, &*self.config.host.dialect).await?;
        let mut info = answer_info(&json, cx);
        let ranking = json.value.results.iter();
        let ranking = ranking.map(|place| Ranking::new(place.index, place.relevance_score));
        let mut result = RerankResult::new(ranking.collect::<Vec<_>>());
        info.id = json.value.id;
        result.warnings = Some(warnings);
        result.response = Some(info);
        Ok(result)
    }
}

model_calls!(Reranking: Rerank => rerank -> RerankResult);
