//! The kinds of models with one question and one answer.

use aqueduct_spec::embedding::{Embed, EmbedOptions};
use aqueduct_spec::image::{GenerateImage, GenerateImageOptions};
use aqueduct_spec::reranking::{Rerank, RerankOptions};
use aqueduct_spec::speech::{GenerateSpeech, GenerateSpeechOptions};
use aqueduct_spec::timestamp::Timestamp;
use aqueduct_spec::transcription::{Transcribe, TranscribeOptions};
use aqueduct_spec::{Call, Context, ErrorKind, Result};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::upstream::{Answer, Received, Upstream, call_headers};

/// A fixed clock.
fn context() -> Context {
    Context::default().with_clock(|| Timestamp::from_second(1_770_770_798).unwrap())
}

/// Sends `options`, with a header of the call's own, and returns what arrived and what came back.
async fn exchange<O: DeserializeOwned, C: Call + From<O>>(
    options: Value,
    answer: &Answer,
) -> (Received, Result<C::Output>) {
    let mut upstream = Upstream::new([answer.clone()]).await;
    let mut options = options;
    options["headers"] = json!({"x-call": "1"});
    let options: O = serde_json::from_value(options).unwrap();
    let model = C::model(&upstream.gateway(), "creator/model").unwrap();
    let result = model.call(C::from(options), &context()).await;
    (upstream.received().await, result)
}

/// Checks the request of a kind.
fn check(received: &Received, kind: &str, body: &Value) {
    assert_eq!(received.line, format!("POST /v4/ai/{kind}-model"));
    let version = format!("ai-{kind}-model-specification-version");
    assert_eq!(
        received.headers,
        call_headers([(version.as_str(), "4"), ("ai-model-id", "creator/model"), ("x-call", "1")])
    );
    assert_eq!(received.json(), *body);
}

#[tokio::test]
async fn embedding() {
    let body = json!({"values": ["a", "b"], "providerOptions": {"openai": {"dimensions": 2}}});
    let answer = json!({
        "embeddings": [[0.5, 1], [0, -1]], "usage": {"tokens": 4}, "warnings": [{"type": "unsupported", "feature": "f"}],
        "providerMetadata": {"gateway": {"cost": "0"}},
    });
    let (received, result) =
        exchange::<EmbedOptions, Embed>(body.clone(), &Answer::json(200, &answer)).await;
    check(&received, "embedding", &body);
    let result = result.unwrap();
    assert_eq!(result.embeddings, [[0.5, 1.0], [0.0, -1.0]]);
    assert_eq!(result.usage.unwrap().tokens, Some(4));
    assert_eq!(result.warnings.len(), 1);
    assert!(result.response.unwrap().headers.is_some());
}

#[tokio::test]
async fn null_where_it_is_allowed() {
    let answer = Answer::json(200, &json!({"embeddings": [], "usage": null}));
    let (_, result) = exchange::<EmbedOptions, Embed>(json!({"values": []}), &answer).await;
    assert!(result.unwrap().usage.is_none());
    let answer =
        Answer::json(200, &json!({"text": "t", "language": null, "durationInSeconds": null}));
    let audio = json!({"audio": "aGk=", "mediaType": "audio/wav"});
    let (_, result) = exchange::<TranscribeOptions, Transcribe>(audio, &answer).await;
    assert!(result.unwrap().segments.is_empty());
}

#[tokio::test]
async fn image() {
    let body = json!({
        "n": 2, "prompt": "a cat", "size": "64x64", "aspectRatio": "1:1", "seed": 7,
        "files": [{"type": "file", "mediaType": "image/png", "data": "aGk=", "providerOptions": {"p": {}}}, {"type": "url", "url": "https://e.com"}],
        "mask": {"type": "file", "mediaType": "image/png", "data": "aGk="},
        "providerOptions": {},
    });
    let answer = json!({
        "images": ["aGk="], "usage": {"inputTokens": 1, "outputTokens": null, "totalTokens": 3},
        "providerMetadata": {"gateway": {"images": []}},
    });
    let (received, result) =
        exchange::<GenerateImageOptions, GenerateImage>(body.clone(), &Answer::json(200, &answer))
            .await;
    check(&received, "image", &body);
    let result = result.unwrap();
    assert_eq!(result.images[0].to_bytes().unwrap(), "hi");
    assert_eq!(result.usage.unwrap().total_tokens, Some(3));
    let response = result.response.unwrap();
    assert_eq!(response.model_id.as_deref(), Some("creator/model"));
    assert_eq!(response.timestamp.unwrap().to_string(), "2026-02-11T00:46:38.000Z");
}

#[tokio::test]
async fn speech() {
    let body = json!({
        "text": "hi", "voice": "alloy", "outputFormat": "mp3", "instructions": "slowly", "speed": 1, "language": "en",
        "providerOptions": {"gateway": {"user": "u"}},
    });
    let (received, result) = exchange::<GenerateSpeechOptions, GenerateSpeech>(
        body.clone(),
        &Answer::json(200, &json!({"audio": "aGk="})),
    )
    .await;
    check(&received, "speech", &body);
    assert_eq!(result.unwrap().audio.to_base64(), "aGk=");
}

#[tokio::test]
async fn transcription() {
    let body = json!({"audio": "aGk=", "mediaType": "audio/wav", "providerOptions": {"openai": {"prompt": "x"}}});
    let answer = json!({
        "text": "hi", "segments": [{"text": "hi", "startSecond": 0, "endSecond": 0.5}], "language": "en", "durationInSeconds": 1,
    });
    let (received, result) =
        exchange::<TranscribeOptions, Transcribe>(body.clone(), &Answer::json(200, &answer)).await;
    check(&received, "transcription", &body);
    let result = result.unwrap();
    assert_eq!((result.text.as_str(), result.segments.len()), ("hi", 1));
    assert_eq!(result.duration_in_seconds, Some(1.0));
}

#[tokio::test]
async fn reranking() {
    for documents in [
        json!({"type": "text", "values": ["a", "b"]}),
        json!({"type": "object", "values": [{"a": 1}, {"b": null}]}),
    ] {
        let body = json!({"documents": documents, "query": "q", "topN": 1, "providerOptions": {"cohere": {}}});
        let answer = json!({"ranking": [{"index": 1, "relevanceScore": 0.9}]});
        let (received, result) =
            exchange::<RerankOptions, Rerank>(body.clone(), &Answer::json(200, &answer)).await;
        check(&received, "reranking", &body);
        assert_eq!(result.unwrap().ranking[0].index, 1);
    }
}

#[tokio::test]
async fn an_answer_of_another_shape_is_refused() {
    let wrong = [
        json!({}),
        json!({"embeddings": ["x"]}),
        json!([]),
        json!({"embeddings": [], "warnings": [{"no": "type"}]}),
    ];
    for wrong in wrong {
        let answer = Answer::json(200, &wrong).header("x-request-id", "req-1");
        let (_, result) =
            exchange::<EmbedOptions, Embed>(json!({"values": ["my prompt"]}), &answer).await;
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{wrong}");
        assert_eq!(error.provider(), Some("gateway"));
        assert_eq!(error.model(), Some("creator/model"));
        assert_eq!(error.request_id(), Some("req-1"));
        assert_eq!(error.response_body(), Some(wrong.to_string().as_bytes()));
    }
}
