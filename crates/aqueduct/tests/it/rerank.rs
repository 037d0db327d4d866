//! Reranking: documents come back with their places.

use std::sync::Arc;

use aqueduct::rerank::Document;
use aqueduct::spec::reranking::{Documents, Ranking, RerankResult};
use aqueduct::spec::{JsonObject, Rerank};
use aqueduct::{ErrorKind, rerank};
use aqueduct_testkit::MockModel;

fn model(ranking: &'static [(usize, f64)]) -> Arc<MockModel<Rerank>> {
    Arc::new(MockModel::<Rerank>::new(move |_, _| {
        let ranking = ranking.iter().map(|(index, score)| Ranking::new(*index, *score));
        Ok(RerankResult::new(ranking.collect::<Vec<_>>()))
    }))
}

#[tokio::test]
async fn orders_documents() {
    let model = model(&[(1, 0.9), (0, 0.1)]);
    let answer = rerank(&model).query("rain").documents(["sun", "rain"]).top_n(2).await.unwrap();
    let documents: Vec<_> = answer.reranked_documents().cloned().collect();
    assert_eq!(documents, [Document::from("rain"), Document::from("sun")]);
    assert_eq!((answer.ranking[0].original_index, answer.ranking[0].score), (1, 0.9));
    let calls = model.calls();
    assert_eq!(calls[0].top_n, Some(2));
    assert!(matches!(&calls[0].documents, Documents::Text(texts) if texts.values.len() == 2));
}

#[tokio::test]
async fn takes_objects_but_no_mixture() {
    let object = || JsonObject::from_iter([("a".to_owned(), 1.into())]);
    let model = model(&[(0, 1.0)]);
    rerank(&model).query("q").documents([object()]).await.unwrap();
    assert!(matches!(model.calls()[0].documents, Documents::Object(_)));
    let mixed = [Document::from("a"), Document::from(object())];
    let error = rerank(&model).query("q").documents(mixed).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn checks_what_goes_out_and_what_comes_back() {
    let model = model(&[(7, 1.0)]);
    assert!(rerank(&model).documents(["a"]).await.is_err(), "no query");
    let empty = rerank(&model).query("q").documents(Vec::<String>::new()).await.unwrap();
    assert!(empty.ranking.is_empty() && model.calls().is_empty());
    let error = rerank(&model).query("q").documents(["a"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
}
