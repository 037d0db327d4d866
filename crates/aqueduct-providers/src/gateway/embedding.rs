//! Embedding models.

use aqueduct_spec::embedding::{Embed, EmbedResult};
use aqueduct_spec::{BoxFuture, Context, Model, Result};

use super::endpoint::Endpoint;
use super::model::{GatewayModel, take_headers};

impl Model<Embed> for GatewayModel {
    fn call<'a>(&'a self, mut call: Embed, cx: &'a Context) -> BoxFuture<'a, Result<EmbedResult>> {
        Box::pin(async move {
            let headers = take_headers!(call);
            let request = self.post(Endpoint::EMBEDDING, headers.as_ref());
            let mut answer = self.ask::<EmbedResult>(request, &*call, cx).await?;
            let said = answer.value.response.take();
            answer.value.response = Some(answer.response(said));
            Ok(answer.value)
        })
    }
}
