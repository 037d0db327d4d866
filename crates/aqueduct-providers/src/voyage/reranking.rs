//! `POST /rerank`.
//!
//! Source: <https://docs.voyageai.com/reference/reranker-api> (2026-11).

use std::sync::Arc;

use aqueduct_spec::reranking::{Ranking, RerankOptions, RerankResult};
use aqueduct_spec::{Context, ModelInfo, Result};
use serde::{Deserialize, Serialize};

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

/// Options under `voyage`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RerankingOptions {
    return_documents: Option<bool>,
    truncation: Option<bool>,
}

#[derive(Serialize)]
struct Request<'a> {
    query: &'a str,
    documents: Vec<String>,
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_documents: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncation: Option<bool>,
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    index: usize,
    relevance_score: f64,
}

impl Reranking {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        Self { info: ModelInfo::new("voyage.reranking", model_id), config: Arc::clone(config) }
    }

    async fn rerank(&self, call: &RerankOptions, cx: &Context) -> Result<RerankResult> {
        let options: RerankingOptions =
            vendor_options::read(call.provider_options.as_ref(), "voyage")?;
        let mut warnings = Vec::new();
        let body = Request {
            query: &call.query,
            documents: documents::texts(&call.documents, &mut warnings)?,
            model: &self.info.model_id,
            top_k: call.top_n,
            return_documents: options.return_documents,
            truncation: options.truncation,
        };
        let request = self.config.endpoint.post("/rerank", call.headers.as_ref()).json(&body);
        let json = read_json::<Answer>(request.send().await?, &*self.config.host.dialect).await?;
        let ranking = json.value.data.iter();
        let ranking = ranking.map(|place| Ranking::new(place.index, place.relevance_score));
        let mut result = RerankResult::new(ranking.collect::<Vec<_>>());
        result.warnings = Some(warnings);
        result.response = Some(answer_info(&json, cx));
        Ok(result)
    }
}

model_calls!(Reranking: Rerank => rerank -> RerankResult);
