//! What Perplexity says beside the protocol: sources, images, searches, costs.

use aqueduct_spec::language::{Source, UrlSource};
use aqueduct_spec::{Context, JsonObject, ProviderMetadata};
use serde_json::{Value, json};

use crate::openai_compatible::{MetadataExtractor, StreamMetadataExtractor};

/// Pages that were found.
pub(super) fn sources<'a>(
    citations: Option<&'a Value>,
    cx: &'a Context,
) -> impl Iterator<Item = Source> + 'a {
    let urls = citations.and_then(Value::as_array).into_iter().flatten();
    urls.filter_map(Value::as_str).map(|url| UrlSource::new(cx.generate_id(), url).into())
}

/// Reads the metadata; what is not said is `null`, as in the AI SDK.
#[derive(Debug)]
pub(super) struct Extractor;

impl MetadataExtractor for Extractor {
    fn extract(&self, body: &Value) -> Option<ProviderMetadata> {
        let mut found = Found::default();
        found.chunk(body);
        found.finish()
    }

    fn stream(&self) -> Box<dyn StreamMetadataExtractor> {
        Box::new(Found::default())
    }
}

/// What was found so far; later chunks tell it anew.
#[derive(Default)]
struct Found {
    images: Option<Value>,
    usage: Option<Value>,
}

impl StreamMetadataExtractor for Found {
    fn chunk(&mut self, chunk: &Value) {
        let take = |name: &str| chunk.get(name).filter(|value| !value.is_null()).cloned();
        self.images = take("images").or_else(|| self.images.take());
        self.usage = take("usage").or_else(|| self.usage.take());
    }

    fn finish(&mut self) -> Option<ProviderMetadata> {
        let usage = self.usage.take().unwrap_or_default();
        let images = self.images.take();
        let images = images.as_ref().and_then(Value::as_array);
        let images = images.map(|images| images.iter().map(image).collect::<Value>());
        let object = JsonObject::from_iter([
            ("images".to_owned(), images.unwrap_or_default()),
            (
                "usage".to_owned(),
                json!({
                    "citationTokens": usage.get("citation_tokens"),
                    "numSearchQueries": usage.get("num_search_queries"),
                }),
            ),
            ("cost".to_owned(), cost(usage.get("cost"))),
        ]);
        Some(ProviderMetadata::of("perplexity", object))
    }
}

fn image(image: &Value) -> Value {
    json!({
        "imageUrl": image.get("image_url"),
        "originUrl": image.get("origin_url"),
        "height": image.get("height"),
        "width": image.get("width"),
    })
}

fn cost(cost: Option<&Value>) -> Value {
    let Some(cost) = cost.filter(|cost| cost.is_object()) else { return Value::Null };
    json!({
        "inputTokensCost": cost.get("input_tokens_cost"),
        "outputTokensCost": cost.get("output_tokens_cost"),
        "requestCost": cost.get("request_cost"),
        "totalCost": cost.get("total_cost"),
    })
}
