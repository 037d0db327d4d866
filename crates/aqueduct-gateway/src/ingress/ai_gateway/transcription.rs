//! `POST /v4/ai/transcription-model`.

use aqueduct_spec::Transcribe;
use aqueduct_spec::language::Headers;
use aqueduct_spec::transcription::TranscribeOptions;

use super::call::Endpoint;

/// Asks a model of this kind.
pub(super) enum Transcription {}

impl Endpoint for Transcription {
    type Options = TranscribeOptions;
    type Call = Transcribe;
    const VERSION: &'static str = "ai-transcription-model-specification-version";

    fn headers(options: &mut TranscribeOptions) -> &mut Option<Headers> {
        &mut options.headers
    }
}
