//! Speech models.

use aqueduct_spec::speech::{GenerateSpeech, GenerateSpeechResult};
use aqueduct_spec::{BoxFuture, Context, Model, Result};

use super::endpoint::Endpoint;
use super::model::{GatewayModel, take_headers};

impl Model<GenerateSpeech> for GatewayModel {
    fn call<'a>(
        &'a self,
        mut call: GenerateSpeech,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateSpeechResult>> {
        Box::pin(async move {
            let headers = take_headers!(call);
            let request = self.post(Endpoint::SPEECH, headers.as_ref());
            let mut answer = self.ask::<GenerateSpeechResult>(request, &*call, cx).await?;
            let said = answer.value.response.take();
            answer.value.response = Some(self.dated(answer.response(said), cx));
            answer.value.request = answer.request;
            Ok(answer.value)
        })
    }
}
