//! Batches of text requests.

use std::sync::Arc;

use aqueduct::batch::{BatchPrompt, BatchReference, item_text};
use aqueduct::spec::batch::{
    BatchItem, BatchModel, BatchOperationOptions, BatchResults, BatchState, BatchStatus,
    CancelledItem, GetBatchResults, GetBatchStatus, StartBatch, StartBatchResult, SucceededItem,
};
use aqueduct::spec::language::{CallOptions, Content, GenerateResult, Text};
use aqueduct::spec::{BoxFuture, Describe, Model, ModelInfo};
use aqueduct::{Context, Error, ErrorKind, Result, batch_results, batch_status, start_text_batch};
use aqueduct_testkit::MockModel;
use futures_util::{TryStreamExt as _, stream};
use serde_json::json;

pub(crate) struct Batches {
    start: MockModel<StartBatch>,
    status: MockModel<GetBatchStatus>,
    results: MockModel<GetBatchResults>,
}

impl Describe for Batches {
    fn info(&self) -> &ModelInfo {
        self.start.info()
    }
}

impl Model<StartBatch> for Batches {
    fn call<'a>(
        &'a self,
        call: StartBatch,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<StartBatchResult>> {
        self.start.call(call, cx)
    }
}

impl Model<GetBatchStatus> for Batches {
    fn call<'a>(
        &'a self,
        call: GetBatchStatus,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<BatchStatus>> {
        self.status.call(call, cx)
    }
}

impl Model<GetBatchResults> for Batches {
    fn call<'a>(
        &'a self,
        call: GetBatchResults,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<BatchResults>> {
        self.results.call(call, cx)
    }
}

pub(crate) fn model() -> Arc<Batches> {
    let busy = Error::new(ErrorKind::RateLimited, "busy");
    Arc::new(Batches {
        start: MockModel::new(|_, _| {
            Ok(StartBatchResult::new("batch-1", BatchStatus::new(BatchState::Pending)))
        }),
        status: MockModel::answers([Err(busy), Ok(BatchStatus::new(BatchState::Completed))]),
        results: MockModel::new(|_, _| {
            let mut result = GenerateResult::default();
            result.content = vec![Content::from(Text::new("4"))];
            let items: [BatchItem; 2] =
                [SucceededItem::new("a", result).into(), CancelledItem::new("b").into()];
            Ok(BatchResults::new(stream::iter(items.map(Ok))))
        }),
    })
}

#[tokio::test(start_paused = true)]
async fn starts_asks_after_and_reads_a_batch() {
    let model = model();
    let mut settings = CallOptions::default();
    settings.temperature = Some(0.5);
    let prompts = [
        BatchPrompt::new("a", "2 + 2?").instructions("Sums only.").settings(settings),
        BatchPrompt::new("b", "3 + 3?"),
    ];
    let started = start_text_batch(&model).requests(prompts).header("x-a", "b").await.unwrap();
    let call = serde_json::to_value(&*model.start.calls()[0].0).unwrap();
    assert_eq!(call["headers"], json!({"x-a": "b"}));
    assert_eq!(call["requests"][0]["id"], "a");
    assert_eq!(call["requests"][0]["options"]["temperature"], 0.5);
    assert_eq!(call["requests"][0]["options"]["prompt"][0]["role"], "system");
    assert_eq!(call["requests"][1]["options"]["prompt"][0]["role"], "user");

    let kept = serde_json::to_value(&started.batch).unwrap();
    let expected = json!({"version": 1, "type": "text", "id": "batch-1", "provider": "mock", "modelId": "mock"});
    assert_eq!(kept, expected);
    let batch: BatchReference = serde_json::from_value(kept).unwrap();
    let status = batch_status(&model, &batch).await.unwrap();
    assert_eq!((status.state, model.status.calls().len()), (BatchState::Completed, 2));
    assert_eq!(*model.status.calls()[0].0, BatchOperationOptions::new("batch-1"));
    let results = batch_results(&model, &batch).await.unwrap();
    let items: Vec<BatchItem> = results.stream.try_collect().await.unwrap();
    let texts: Vec<_> = items.iter().map(|item| (item.id(), item_text(item))).collect();
    assert_eq!(texts, [("a", Some("4".to_owned())), ("b", None)]);
}

#[tokio::test]
async fn refuses_what_cannot_be_a_batch() {
    let model = model();
    let ids = |ids: &'static [&'static str]| {
        start_text_batch(&model).requests(ids.iter().map(|id| BatchPrompt::new(*id, "hi")))
    };
    for wrong in [&[][..], &[" "], &["a", "a"]] {
        assert_eq!(ids(wrong).await.unwrap_err().kind(), ErrorKind::InvalidRequest, "{wrong:?}");
    }
    assert!(model.start.calls().is_empty());
    let mut batch = ids(&["a"]).await.unwrap().batch;
    batch.model_id = "another".to_owned();
    let error = batch_results(&model, &batch).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let _: &dyn BatchModel = &*model;
}
