//! Embeddings: split, in order, summed up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aqueduct::spec::embedding::{EmbedResult, EmbeddingUsage};
use aqueduct::spec::{BoxFuture, Describe, Embed, Model, ModelInfo, Profile, Warning};
use aqueduct::{Context, Error, ErrorKind, Result, cosine_similarity, embed, embed_many};
use aqueduct_testkit::MockModel;

/// Answers each text with its length.
fn lengths(call: &Embed) -> EmbedResult {
    let embeddings: Vec<_> = call.values.iter().map(|value| vec![value.len() as f64]).collect();
    let mut result = EmbedResult::new(embeddings, [Warning::other("w")]);
    let mut usage = EmbeddingUsage::default();
    usage.tokens = Some(call.values.len() as u64);
    result.usage = Some(usage);
    result
}

fn model(limit: Option<usize>) -> Arc<MockModel<Embed>> {
    let mut profile = Profile::default();
    profile.max_embeddings_per_call = limit;
    let info = ModelInfo::new("mock", "lengths").with_profile(profile);
    Arc::new(MockModel::<Embed>::new(|call, _| Ok(lengths(call))).with_info(info))
}

#[tokio::test]
async fn one() {
    let answer = embed(&model(None)).value("abc").await.unwrap();
    assert_eq!((answer.embedding, answer.usage.tokens), (vec![3.0], Some(1)));
    assert_eq!(embed(&model(None)).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn many_in_as_many_calls_as_needed() {
    let model = model(Some(2));
    let answer = embed_many(&model)
        .values(["a", "bb", "ccc", "dddd", "eeeee"])
        .provider_options("mock", serde_json::json!({ "dimensions": 1 }))
        .await
        .unwrap();
    assert_eq!(answer.embeddings.concat(), [1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!(answer.usage.tokens, Some(5));
    assert_eq!((answer.warnings.len(), answer.responses.len()), (3, 3));
    let calls = model.calls();
    let sizes: Vec<_> = calls.iter().map(|call| call.values.len()).collect();
    assert_eq!(sizes, [2, 2, 1]);
    assert!(calls.iter().all(|call| call.provider_options.is_some()));
}

/// A model that is asked for one text at a time, waits a second, and knows how many wait with it.
struct Crowded {
    info: ModelInfo,
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Describe for Crowded {
    fn info(&self) -> &ModelInfo {
        &self.info
    }
}

impl Model<Embed> for Crowded {
    fn call<'a>(&'a self, call: Embed, _: &'a Context) -> BoxFuture<'a, Result<EmbedResult>> {
        Box::pin(async move {
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            // The first ones take longest, so that the answers come in the wrong order.
            let seconds = 9_u64.saturating_sub(call.values[0].len() as u64);
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            self.now.fetch_sub(1, Ordering::SeqCst);
            Ok(lengths(&call))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn no_more_calls_run_side_by_side_than_allowed() {
    for (limit, allowed, expected) in [(3, true, 3), (99, true, 5), (3, false, 1)] {
        let mut profile = Profile::default();
        profile.max_embeddings_per_call = Some(1);
        profile.supports_parallel_calls = allowed;
        let info = ModelInfo::new("mock", "crowded").with_profile(profile);
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let model = Arc::new(Crowded { info, now, most });
        let request = embed_many(&model).values(["a", "bb", "ccc", "dddd", "eeeee"]);
        let answer = request.max_parallel_calls(limit).await.unwrap();
        assert_eq!(answer.embeddings.concat(), [1.0, 2.0, 3.0, 4.0, 5.0], "in their order");
        assert_eq!(model.most.load(Ordering::SeqCst), expected, "{limit} {allowed}");
    }
}

#[tokio::test]
async fn none_is_no_call() {
    let model = model(None);
    let answer = embed_many(&model).values(Vec::<String>::new()).await.unwrap();
    assert!(answer.embeddings.is_empty() && model.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn retries_and_counts() {
    let model = Arc::new(MockModel::<Embed>::new(|call, number| match number {
        0 => Err(Error::new(ErrorKind::Network, "cut")),
        _ => Ok(lengths(call)),
    }));
    let start = tokio::time::Instant::now();
    embed(&model).value("a").await.unwrap();
    assert_eq!(start.elapsed(), Duration::from_secs(2));

    let short = MockModel::<Embed>::new(|_, _| Ok(EmbedResult::new([], [])));
    let error = embed_many(short).values(["a"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.to_string().contains("0 embeddings for 1 values"));
}

#[test]
fn likeness() {
    assert_eq!(cosine_similarity(&[1.0, 0.0], &[2.0, 0.0]), Some(1.0));
    assert_eq!(cosine_similarity(&[1.0, 0.0], &[0.0, 3.0]), Some(0.0));
    assert_eq!(cosine_similarity(&[1.0], &[-1.0]), Some(-1.0));
    assert_eq!(cosine_similarity(&[1.0], &[1.0, 2.0]), None);
    assert_eq!(cosine_similarity(&[0.0], &[1.0]), None);
}
