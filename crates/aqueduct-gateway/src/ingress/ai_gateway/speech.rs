//! `POST /v4/ai/speech-model`.

use aqueduct_spec::GenerateSpeech;
use aqueduct_spec::language::Headers;
use aqueduct_spec::speech::GenerateSpeechOptions;

use super::call::Endpoint;

/// Asks a model of this kind.
pub(super) enum Speech {}

impl Endpoint for Speech {
    type Options = GenerateSpeechOptions;
    type Call = GenerateSpeech;
    const VERSION: &'static str = "ai-speech-model-specification-version";

    fn headers(options: &mut GenerateSpeechOptions) -> &mut Option<Headers> {
        &mut options.headers
    }
}
