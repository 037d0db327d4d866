//! Models of all other kinds.

use std::collections::BTreeSet;

use aqueduct_spec::embedding::EmbedOptions;
use aqueduct_spec::image::GenerateImageOptions;
use aqueduct_spec::reranking::{RerankOptions, TextDocuments};
use aqueduct_spec::speech::GenerateSpeechOptions;
use aqueduct_spec::transcription::TranscribeOptions;
use aqueduct_spec::{
    Call, Context, Data, EmbeddingModel, ImageModel, Model, RerankingModel, SpeechModel,
    TranscriptionModel,
};

use super::within;

async fn answer<C: Call>(model: &(impl Model<C> + ?Sized), call: impl Into<C>) -> C::Output {
    match within(C::OPERATION, model.call(call.into(), &Context::default())).await {
        Ok(answer) => answer,
        Err(error) => panic!("{}: {error:?}", C::OPERATION),
    }
}

/// Checks an embedding model with two values: there are two vectors of one length that hold numbers.
///
/// # Panics
/// If a check fails.
pub async fn embedding(model: &dyn EmbeddingModel) {
    let values = ["a cat on a mat", "a stock market report"].map(str::to_owned);
    let result = answer(model, EmbedOptions::new(values)).await;
    let lengths: Vec<_> = result.embeddings.iter().map(Vec::len).collect();
    let [first, second] = lengths[..] else { panic!("two values gave {} vectors", lengths.len()) };
    assert!(first > 0 && first == second, "vectors of lengths {first} and {second}");
    let numbers = result.embeddings.iter().flatten();
    assert!(numbers.clone().all(|number| number.is_finite()), "a vector holds no number");
    assert!(numbers.clone().any(|number| *number != 0.0), "the vectors are empty");
}

/// Checks a reranking model with three documents: the best two come, in falling order, each once.
///
/// # Panics
/// If a check fails.
pub async fn reranking(model: &dyn RerankingModel) {
    let documents = ["a blue sky", "rain tomorrow", "sun today"].map(str::to_owned);
    let mut options = RerankOptions::new(TextDocuments::new(documents), "rain");
    options.top_n = Some(2);
    let result = answer(model, options).await;
    assert_eq!(result.ranking.len(), 2, "topN is kept");
    let indices: BTreeSet<_> = result.ranking.iter().map(|rank| rank.index).collect();
    assert!(indices.len() == 2 && indices.iter().all(|index| *index < 3), "indices {indices:?}");
    let is_falling = result.ranking.is_sorted_by(|a, b| a.relevance_score >= b.relevance_score);
    assert!(is_falling, "the ranking does not fall: {:?}", result.ranking);
}

/// Checks an image model with one image: it comes, is not empty, and is an image.
///
/// # Panics
/// If a check fails.
pub async fn image(model: &dyn ImageModel) {
    let mut options = GenerateImageOptions::new(1_u32);
    options.prompt = Some("a red square".to_owned());
    let result = answer(model, options).await;
    assert_eq!(result.images.len(), 1, "one image was asked for");
    let bytes = result.images.first().map(|image| image.first_bytes(12)).unwrap_or_default();
    let starts: [&[u8]; 5] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"<svg"];
    assert!(starts.iter().any(|start| bytes.starts_with(start)), "no image starts with {bytes:?}");
}

/// Checks a speech model: there is audio.
///
/// # Panics
/// If a check fails.
pub async fn speech(model: &dyn SpeechModel) {
    let result = answer(model, GenerateSpeechOptions::new("hello")).await;
    let audio = result.audio.to_bytes().expect("audio is bytes or base64");
    assert!(!audio.is_empty(), "no audio");
}

/// Checks a transcription model with audio of a media type: there is text, and its segments follow each other.
///
/// # Panics
/// If a check fails.
pub async fn transcription(
    model: &dyn TranscriptionModel,
    audio: impl Into<Data>,
    media_type: &str,
) {
    let result = answer(model, TranscribeOptions::new(audio, media_type)).await;
    assert!(!result.text.is_empty(), "no text");
    for segment in &result.segments {
        assert!(segment.start_second <= segment.end_second, "a segment ends before it starts");
    }
    let is_ordered = result.segments.is_sorted_by(|a, b| a.start_second <= b.start_second);
    assert!(is_ordered, "the segments are out of order");
}
