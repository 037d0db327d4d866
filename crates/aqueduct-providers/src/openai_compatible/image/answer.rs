//! The answer of both paths.

use aqueduct_http::Json;
use aqueduct_spec::image::{GenerateImageResult, ImageUsage};
use aqueduct_spec::{Context, Data, Error, Result, Timestamp, Warning};

use super::wire;
use crate::answer_info::answer_info;

/// Takes the images out of an answer.
///
/// # Errors
/// `InvalidResponse` if one of them has no content.
pub(crate) fn take_images(response: &mut wire::Response) -> Result<Vec<Data>> {
    let images = std::mem::take(&mut response.data).into_iter();
    images
        .map(|image| image.b64_json.map(Data::Base64))
        .collect::<Option<_>>()
        .ok_or_else(|| Error::invalid_response("an image of the answer has no base64 content"))
}

/// Reads an answer that was asked for at `now`.
///
/// # Errors
/// Those of [`take_images`].
pub(crate) fn result(
    mut json: Json<wire::Response>,
    model_id: &str,
    warnings: Vec<Warning>,
    now: Timestamp,
    cx: &Context,
) -> Result<GenerateImageResult> {
    let images = take_images(&mut json.value)?;
    let mut result = GenerateImageResult::new(images, warnings);
    result.usage = json.value.usage.as_ref().map(|usage| {
        let mut account = ImageUsage::default();
        account.input_tokens = usage.input_tokens;
        account.output_tokens = usage.output_tokens;
        account.total_tokens = usage.total_tokens;
        account
    });
    let mut info = answer_info(&json, cx);
    info.timestamp = Some(now);
    info.model_id = Some(model_id.to_owned());
    result.response = Some(info);
    Ok(result)
}
