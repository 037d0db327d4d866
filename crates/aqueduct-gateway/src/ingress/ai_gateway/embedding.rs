//! `POST /v4/ai/embedding-model`.

use aqueduct_spec::Embed;
use aqueduct_spec::embedding::EmbedOptions;
use aqueduct_spec::language::Headers;

use super::call::Endpoint;

/// Asks a model of this kind.
pub(super) enum Embedding {}

impl Endpoint for Embedding {
    type Options = EmbedOptions;
    type Call = Embed;
    const VERSION: &'static str = "ai-embedding-model-specification-version";

    fn headers(options: &mut EmbedOptions) -> &mut Option<Headers> {
        &mut options.headers
    }
}
