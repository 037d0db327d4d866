//! Embedding and reranking.

use std::sync::{Arc, Mutex};

use aqueduct::embed::EmbedManyAnswer;
use aqueduct::rerank::RerankAnswer;
use aqueduct::spec::embedding::{EmbedResult, EmbeddingUsage};
use aqueduct::spec::reranking::{Ranking, RerankResult};
use aqueduct::spec::{Embed, ModelInfo, Profile, Rerank};
use aqueduct::telemetry::{
    CallEnd, CallStart, GenAiSpans, OperationEnd, OperationStart, Supplement, Telemetry,
    TelemetryCall, TelemetryOptions,
};
use aqueduct::{Error, ErrorKind, embed, embed_many, rerank};
use aqueduct_testkit::MockModel;
use serde_json::json;

use super::capture::Trace;
use super::spans;

fn embedding_model() -> Arc<MockModel<Embed>> {
    let mut profile = Profile::default();
    profile.max_embeddings_per_call = Some(2);
    profile.supports_parallel_calls = true;
    let info = ModelInfo::new("mistral.embedding", "e").with_profile(profile);
    let answer = |call: &Embed, _| {
        let mut result =
            EmbedResult::new(call.values.iter().map(|_| vec![0.5]).collect::<Vec<_>>(), []);
        let mut usage = EmbeddingUsage::default();
        usage.tokens = Some(call.values.len() as u64);
        result.usage = Some(usage);
        Ok(result)
    };
    Arc::new(MockModel::<Embed>::new(answer).with_info(info))
}

fn reranking_model() -> Arc<MockModel<Rerank>> {
    let answer = |_: &Rerank, _| Ok(RerankResult::new([Ranking::new(1_usize, 0.9)]));
    let info = ModelInfo::new("cohere.reranking", "r");
    Arc::new(MockModel::<Rerank>::new(answer).with_info(info))
}

#[tokio::test]
async fn every_call_has_a_span() {
    let (trace, _guard) = Trace::start();
    let request = embed_many(&embedding_model()).values(["SECRET", "b", "c"]);
    request.telemetry(spans().function_id("index")).await.unwrap();
    let call = "embeddings e > embeddings e";
    assert_eq!(trace.tree(), ["embeddings e", call, call]);
    assert!(trace.open().is_empty());
    let base = json!({
        "otel.kind": "client",
        "gen_ai.operation.name": "embeddings",
        "gen_ai.provider.name": "mistral_ai",
        "gen_ai.agent.name": "index",
        "gen_ai.request.model": "e",
    });
    assert_eq!(trace.attributes("embeddings e"), base);
    let mut of_call = base;
    of_call["gen_ai.usage.input_tokens"] = json!(2);
    assert_eq!(trace.attributes(call), of_call);
    assert!(trace.attribute(call, "gen_ai.client.operation.duration").is_f64());
}

#[tokio::test]
async fn texts_and_vectors_on_request() {
    let (trace, _guard) = Trace::start();
    let plain = spans().record_inputs(true).record_outputs(true);
    embed(&embedding_model()).value("a").telemetry(plain.clone()).await.unwrap();
    rerank(&reranking_model()).query("q").documents(["a", "b"]).telemetry(plain).await.unwrap();
    assert!(!trace.dump().contains("ai.values") && !trace.dump().contains("ai.documents"));

    let (trace, _guard) = Trace::start();
    let spans = GenAiSpans::new().supplement(Supplement::Embeddings);
    let spans = spans.supplement(Supplement::Reranking);
    let telemetry = TelemetryOptions::new().integration(spans);
    let telemetry = telemetry.record_inputs(true).record_outputs(true);
    embed(&embedding_model()).value("a").telemetry(telemetry.clone()).await.unwrap();
    let call = trace.attributes("embeddings e > embeddings e");
    assert_eq!(
        (&call["ai.values"], &call["ai.embeddings"]),
        (&json!(r#"["a"]"#), &json!("[[0.5]]"))
    );
    let request = rerank(&reranking_model()).query("q").documents(["a", "b"]);
    request.telemetry(telemetry).await.unwrap();
    let call = trace.attributes("rerank r > rerank r");
    assert_eq!(call["ai.documents"], r#"["a","b"]"#);
    assert_eq!(call["ai.ranking"], r#"[{"index":1,"relevanceScore":0.9}]"#);
}

#[tokio::test]
async fn reranking_has_a_span_and_one_for_its_call() {
    let (trace, _guard) = Trace::start();
    let request = rerank(&reranking_model()).query("q").documents(["SECRET", "b"]);
    request.telemetry(spans()).await.unwrap();
    assert_eq!(trace.tree(), ["rerank r", "rerank r > rerank r"]);
    assert!(trace.open().is_empty());
    let expected = json!({
        "otel.kind": "client",
        "gen_ai.operation.name": "rerank",
        "gen_ai.provider.name": "cohere",
        "gen_ai.request.model": "r",
    });
    assert_eq!(trace.attributes("rerank r > rerank r"), expected);
}

#[tokio::test]
async fn failures_mark_the_spans() {
    let (trace, _guard) = Trace::start();
    let info = ModelInfo::new("mistral.embedding", "e");
    let error = Error::new(ErrorKind::QuotaExceeded, "no credit");
    let model = Arc::new(MockModel::<Embed>::failing(error).with_info(info));
    embed(&model).value("a").max_retries(0).telemetry(spans()).await.unwrap_err();
    for path in ["embeddings e", "embeddings e > embeddings e"] {
        assert_eq!(trace.attribute(path, "error.type"), "quota_exceeded");
    }
    assert!(trace.open().is_empty());
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn note(&self, entry: impl Into<String>) {
        self.0.lock().unwrap().push(entry.into());
    }
}

impl Telemetry for Log {
    fn on_start(&self, call: &TelemetryCall, event: &OperationStart<'_>) {
        let name = call.operation.as_str();
        self.note(match (event.input::<Embed>(), event.input::<Rerank>()) {
            (Some(embed), _) => format!("{name} {:?}", embed.values),
            (_, Some(rerank)) => format!("{name} {} {:?}", rerank.query, rerank.top_n),
            _ => "?".to_owned(),
        });
    }

    fn on_call_start(&self, _: &TelemetryCall, event: &CallStart<'_>) {
        let values = event.input::<Embed>().map(|embed| &embed.values);
        let (operation, number) = (event.operation, event.call_number);
        self.note(format!("{operation} {number} of {} {values:?}", event.provider));
    }

    fn on_call_end(&self, _: &TelemetryCall, event: &CallEnd<'_>) {
        let ranking = event.answer::<RerankResult>().map(|result| result.ranking.len());
        self.note(format!("{} {} done {ranking:?}", event.operation, event.call_number));
    }

    fn on_end(&self, _: &TelemetryCall, event: &OperationEnd<'_>) {
        self.note(match (event.answer::<EmbedManyAnswer>(), event.answer::<RerankAnswer>()) {
            (Some(answer), _) => format!("vectors {}", answer.embeddings.len()),
            (_, Some(answer)) => format!("documents {}", answer.ranking.len()),
            _ => "?".to_owned(),
        });
    }

    fn on_close(&self, _: &TelemetryCall) {
        self.note("close");
    }
}

#[tokio::test]
async fn integrations_are_told() {
    let log = Log::default();
    let telemetry = TelemetryOptions::new().integration(log.clone());
    let request = embed_many(&embedding_model()).values(["a", "b", "c"]).max_parallel_calls(1);
    request.telemetry(telemetry.clone()).await.unwrap();
    let request = rerank(&reranking_model()).query("q").documents(["a", "b"]).top_n(1);
    request.telemetry(telemetry).await.unwrap();
    let expected = [
        r#"embed_many ["a", "b", "c"]"#,
        r#"embed 0 of mistral.embedding Some(["a", "b"])"#,
        "embed 0 done None",
        r#"embed 1 of mistral.embedding Some(["c"])"#,
        "embed 1 done None",
        "vectors 3",
        "close",
        "rerank q Some(1)",
        "rerank 0 of cohere.reranking None",
        "rerank 0 done Some(1)",
        "documents 1",
        "close",
    ];
    assert_eq!(*log.0.lock().unwrap(), expected);
}
