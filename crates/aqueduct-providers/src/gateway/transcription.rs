//! Transcription models.

use aqueduct_spec::transcription::{Transcribe, TranscribeResult};
use aqueduct_spec::{BoxFuture, Context, Model, Result};

use super::endpoint::Endpoint;
use super::model::{GatewayModel, take_headers};

impl Model<Transcribe> for GatewayModel {
    fn call<'a>(
        &'a self,
        mut call: Transcribe,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<TranscribeResult>> {
        Box::pin(async move {
            let headers = take_headers!(call);
            let request = self.post(Endpoint::TRANSCRIPTION, headers.as_ref());
            let mut answer = self.ask::<TranscribeResult>(request, &*call, cx).await?;
            let said = answer.value.response.take();
            answer.value.response = Some(self.dated(answer.response(said), cx));
            answer.value.request = answer.request;
            Ok(answer.value)
        })
    }
}
