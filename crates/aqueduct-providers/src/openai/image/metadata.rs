//! What the answer says of each image.

use aqueduct_spec::{JsonObject, ProviderMetadata};
use serde_json::Value;

use crate::openai_compatible::image_wire as wire;

/// One entry an image: what was said of all of them, and its share of the tokens.
pub(super) fn metadata(response: &wire::Response) -> ProviderMetadata {
    const SHARED: [(&str, &str); 5] = [
        ("created", "created"),
        ("size", "size"),
        ("quality", "quality"),
        ("background", "background"),
        ("output_format", "outputFormat"),
    ];
    const SHARES: [(&str, &str); 2] =
        [("image_tokens", "imageTokens"), ("text_tokens", "textTokens")];
    let details = response.usage.as_ref().and_then(|usage| usage.rest.get("input_tokens_details"));
    let count = response.data.len();
    let entry = |(index, image): (usize, &wire::Image)| {
        let mut entry = JsonObject::new();
        let revised = image.rest.get("revised_prompt").and_then(Value::as_str);
        if let Some(revised) = revised.filter(|text| !text.is_empty()) {
            entry.insert("revisedPrompt".to_owned(), revised.into());
        }
        for (theirs, ours) in SHARED {
            if let Some(value) = response.rest.get(theirs).filter(|value| !value.is_null()) {
                entry.insert(ours.to_owned(), value.clone());
            }
        }
        for (theirs, ours) in SHARES {
            let total = details.and_then(|details| details.get(theirs)).and_then(Value::as_u64);
            if let Some(total) = total {
                entry.insert(ours.to_owned(), share(total, index, count).into());
            }
        }
        Value::Object(entry)
    };
    let images: Vec<Value> = response.data.iter().enumerate().map(entry).collect();
    let object = JsonObject::from_iter([("images".to_owned(), images.into())]);
    ProviderMetadata::of("openai", object)
}

/// An even share; the last takes what does not divide, so that the sum is right.
fn share(total: u64, index: usize, count: usize) -> u64 {
    let count = u64::try_from(count.max(1)).unwrap_or(u64::MAX);
    let base = total / count;
    let is_last = u64::try_from(index).is_ok_and(|index| index + 1 == count);
    if is_last { total - base * (count - 1) } else { base }
}
