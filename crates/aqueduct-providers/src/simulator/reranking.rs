//! The reranking model: the overlap of words.

use std::collections::BTreeSet;

use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::reranking::{Documents, Ranking, RerankResult};
use aqueduct_spec::{BoxFuture, Context, Describe, Error, Model, ModelInfo, Rerank, Result};
use serde_json::Value;

use super::calls::{located, metadata};
use super::provider::Seat;
use super::script::{Script, take_markers};
use super::words;

/// The reranking model of the simulator.
#[derive(Debug)]
pub(super) struct SimulatedReranking(pub(super) Seat);

impl Describe for SimulatedReranking {
    fn info(&self) -> &ModelInfo {
        &self.0.info
    }
}

impl Model<Rerank> for SimulatedReranking {
    fn call<'a>(&'a self, call: Rerank, _cx: &'a Context) -> BoxFuture<'a, Result<RerankResult>> {
        Box::pin(async move {
            let Seat { calls, info } = &self.0;
            let locate = |error| located(error, info);
            let (query, markers) = take_markers(&call.query).map_err(locate)?;
            let options = call.provider_options.as_ref();
            let script = Script::read(&calls.name, options, &markers, 0).map_err(locate)?;
            let script = calls.begin_whole(info, script, &call.query).await?;
            let texts = match &call.documents {
                Documents::Text(documents) => documents.values.clone(),
                Documents::Object(documents) => {
                    documents.values.iter().map(|object| text_of(object.values())).collect()
                }
                other => {
                    let what = format!("documents of type {}", other.tag());
                    return Err(locate(Error::unsupported(what)));
                }
            };
            let mut ranking = rank(&query, &texts);
            ranking.truncate(call.top_n.unwrap_or(usize::MAX));
            let mut result = RerankResult::new(ranking);
            result.warnings = Some(script.warnings.clone());
            result.provider_metadata = Some(metadata(info, &script));
            let mut response = ResponseInfo::default();
            response.model_id = Some(info.model_id.clone());
            result.response = Some(response);
            Ok(result)
        })
    }
}

/// The share of the query's words that each document has, the best first, equals in their own order.
#[expect(clippy::cast_precision_loss, reason = "counts of words")]
fn rank(query: &str, texts: &[String]) -> Vec<Ranking> {
    let query: BTreeSet<String> = words::plain(query).collect();
    let mut ranking: Vec<Ranking> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let words: BTreeSet<String> = words::plain(text).collect();
            let shared = query.intersection(&words).count();
            Ranking::new(index, shared as f64 / query.len().max(1) as f64)
        })
        .collect();
    ranking.sort_by(|a, b| b.relevance_score.total_cmp(&a.relevance_score));
    ranking
}

/// The texts inside JSON values, at any depth.
fn text_of<'a>(values: impl IntoIterator<Item = &'a Value>) -> String {
    let mut text = String::new();
    let mut open: Vec<&Value> = values.into_iter().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::String(string) => {
                text.push_str(string);
                text.push(' ');
            }
            Value::Array(items) => open.extend(items),
            Value::Object(object) => open.extend(object.values()),
            Value::Number(number) => text.push_str(&format!("{number} ")),
            Value::Null | Value::Bool(_) => {}
        }
    }
    text
}
