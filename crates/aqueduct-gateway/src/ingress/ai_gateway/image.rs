//! `POST /v4/ai/image-model`.

use aqueduct_spec::GenerateImage;
use aqueduct_spec::image::GenerateImageOptions;
use aqueduct_spec::language::Headers;

use super::call::Endpoint;

/// Asks a model of this kind.
pub(super) enum Image {}

impl Endpoint for Image {
    type Options = GenerateImageOptions;
    type Call = GenerateImage;
    const VERSION: &'static str = "ai-image-model-specification-version";

    fn headers(options: &mut GenerateImageOptions) -> &mut Option<Headers> {
        &mut options.headers
    }
}
