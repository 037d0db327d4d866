//! The embedding model: bags of words.

use aqueduct_spec::embedding::{EmbedResult, EmbeddingUsage};
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::{BoxFuture, Context, Describe, Embed, Error, Model, ModelInfo, Result};

use super::calls::{located, metadata};
use super::digest::{fnv1a, scatter};
use super::provider::Seat;
use super::script::{Script, take_markers};
use super::words;

/// How many values one call takes.
pub(super) const MAX_VALUES: usize = 2048;

const DEFAULT_DIMENSIONS: usize = 256;
const MAX_DIMENSIONS: usize = 4096;

/// The embedding model of the simulator.
#[derive(Debug)]
pub(super) struct SimulatedEmbedding(pub(super) Seat);

impl Describe for SimulatedEmbedding {
    fn info(&self) -> &ModelInfo {
        &self.0.info
    }
}

impl Model<Embed> for SimulatedEmbedding {
    fn call<'a>(&'a self, call: Embed, _cx: &'a Context) -> BoxFuture<'a, Result<EmbedResult>> {
        Box::pin(async move {
            let Seat { calls, info } = &self.0;
            let given = call.values.len();
            if given > MAX_VALUES {
                let (provider, model) = (&info.provider, &info.model_id);
                return Err(Error::too_many_embedding_values(provider, model, MAX_VALUES, given));
            }
            let mut markers = Vec::new();
            let mut texts = Vec::with_capacity(given);
            for value in &call.values {
                let (text, found) = take_markers(value).map_err(|error| located(error, info))?;
                markers.extend(found);
                texts.push(text);
            }
            let options = call.provider_options.as_ref();
            let script = Script::read(&calls.name, options, &markers, 0)
                .map_err(|error| located(error, info))?;
            let script = calls.begin_whole(info, script, &call.values.join("\n")).await?;
            let dimensions = script.dimensions.unwrap_or(DEFAULT_DIMENSIONS);
            if !(1..=MAX_DIMENSIONS).contains(&dimensions) {
                let message = format!("dimensions must be between 1 and {MAX_DIMENSIONS}");
                return Err(located(Error::invalid_request(message), info));
            }
            let embeddings: Vec<_> = texts.iter().map(|text| embed(text, dimensions)).collect();
            let mut usage = EmbeddingUsage::default();
            usage.tokens = Some(texts.iter().map(|text| words::count(text)).sum());
            let mut result = EmbedResult::new(embeddings, script.warnings.clone());
            result.usage = Some(usage);
            result.provider_metadata = Some(metadata(info, &script));
            let mut response = ResponseInfo::default();
            response.model_id = Some(info.model_id.clone());
            result.response = Some(response);
            Ok(result)
        })
    }
}

/// Counts each word, and with less weight its groups of three letters, at places that their hashes name. Texts that share
/// words point the same way, and so do, less, words that share a stem.
#[expect(clippy::cast_possible_truncation, reason = "the remainder is below the dimensions")]
fn embed(text: &str, dimensions: usize) -> Vec<f64> {
    let mut vector = vec![0.0_f64; dimensions];
    let mut add = |feature: &[u8], weight: f64| {
        let place = (scatter(fnv1a(feature)) % dimensions as u64) as usize;
        if let Some(value) = vector.get_mut(place) {
            *value += weight;
        }
    };
    for word in words::plain(text) {
        add(word.as_bytes(), 1.0);
        let letters: Vec<char> = format!("<{word}>").chars().collect();
        for group in letters.windows(3) {
            add(String::from_iter(group).as_bytes(), 0.2);
        }
    }
    let length = vector.iter().map(|value| value * value).sum::<f64>().sqrt();
    if length == 0.0 {
        // A vector without a direction has no likeness to anything, and divides by zero where it is compared.
        if let Some(first) = vector.first_mut() {
            *first = 1.0;
        }
        return vector;
    }
    vector.into_iter().map(|value| value / length).collect()
}
