//! `POST /v4/ai/reranking-model`.

use aqueduct_spec::Rerank;
use aqueduct_spec::language::Headers;
use aqueduct_spec::reranking::RerankOptions;

use super::call::Endpoint;

/// Asks a model of this kind.
pub(super) enum Reranking {}

impl Endpoint for Reranking {
    type Options = RerankOptions;
    type Call = Rerank;
    const VERSION: &'static str = "ai-reranking-model-specification-version";

    fn headers(options: &mut RerankOptions) -> &mut Option<Headers> {
        &mut options.headers
    }
}
