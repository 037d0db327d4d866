//! Reranking models.

use aqueduct_spec::reranking::{Rerank, RerankResult};
use aqueduct_spec::{BoxFuture, Context, Model, Result};

use super::endpoint::Endpoint;
use super::model::{GatewayModel, take_headers};

impl Model<Rerank> for GatewayModel {
    fn call<'a>(
        &'a self,
        mut call: Rerank,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<RerankResult>> {
        Box::pin(async move {
            let headers = take_headers!(call);
            let request = self.post(Endpoint::RERANKING, headers.as_ref());
            let mut answer = self.ask::<RerankResult>(request, &*call, cx).await?;
            let said = answer.value.response.take();
            answer.value.response = Some(answer.response(said));
            Ok(answer.value)
        })
    }
}
