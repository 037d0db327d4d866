//! Image models: images from a prompt or from other images.

use crate::data::Data;
use crate::json::{lenient_count, nullish, shape, tagged};
use crate::language::{Headers, ResponseInfo};
use crate::metadata::{ProviderMetadata, ProviderOptions};
use crate::model::{call, kind};
use crate::warning::Warning;

shape! {
    /// What to draw.
    GenerateImageOptions {
        /// How many images.
        #[serde(default = "one")]
        n: u32,
    } {
        /// What to draw, in words.
        prompt: String,
        /// Width and height in pixels: `1024x768`.
        size: String,
        /// Width to height: `16:9`.
        aspect_ratio: String,
        /// The start of the random numbers.
        seed: i64,
        /// Images to work from.
        files: Vec<ImageFile>,
        /// What of the image to change.
        mask: ImageFile,
        /// Options that only some providers know.
        provider_options: ProviderOptions,
        /// Headers to send along.
        headers: Headers,
    }
}

fn one() -> u32 {
    1
}

tagged! {
    /// An image to work from.
    pub enum ImageFile by "type" {
        /// The image itself.
        File(InlineImage) = "file",
        /// Where it can be fetched.
        Url(ImageUrl) = "url",
    }
}

shape! {
    /// An image.
    InlineImage {
        /// The media type.
        media_type: String,
        /// The image.
        data: Data,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// Where an image can be fetched.
    ImageUrl {
        /// The URL.
        url: String,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// The images of a call.
    GenerateImageResult {
        /// The images.
        images: Vec<Data>,
        /// What could not be done as asked.
        #[serde(default, deserialize_with = "nullish")]
        warnings: Vec<Warning>,
    } {
        /// What else the provider said; under each provider, `images` has one entry an image.
        provider_metadata: ProviderMetadata,
        /// What came back.
        response: ResponseInfo,
        /// What the call used.
        usage: ImageUsage,
    }
}
shape! {
    /// The tokens of an image call.
    #[derive(Default)]
    ImageUsage {} {
        /// Tokens of the prompt and the images given.
        #[serde(deserialize_with = "lenient_count")]
        input_tokens: u64,
        /// Tokens of the images made.
        #[serde(deserialize_with = "lenient_count")]
        output_tokens: u64,
        /// All of them.
        #[serde(deserialize_with = "lenient_count")]
        total_tokens: u64,
    }
}

call! {
    /// Asks for images.
    pub struct GenerateImage(GenerateImageOptions) -> GenerateImageResult;
    kind: Image, operation: "generate_image", model: image_model,
    annotate: |output, metadata| output.provider_metadata.get_or_insert_default().merge(metadata)
}

kind! {
    /// A model that makes images.
    ImageModel = GenerateImage
}
