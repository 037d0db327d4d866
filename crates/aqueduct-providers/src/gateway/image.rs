//! Image models.

use aqueduct_spec::image::{GenerateImage, GenerateImageResult};
use aqueduct_spec::{BoxFuture, Context, Model, Result};

use super::endpoint::Endpoint;
use super::model::{GatewayModel, take_headers};

impl Model<GenerateImage> for GatewayModel {
    fn call<'a>(
        &'a self,
        mut call: GenerateImage,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateImageResult>> {
        Box::pin(async move {
            let headers = take_headers!(call);
            let request = self.post(Endpoint::IMAGE, headers.as_ref());
            let mut answer = self.ask::<GenerateImageResult>(request, &*call, cx).await?;
            let said = answer.value.response.take();
            answer.value.response = Some(self.dated(answer.response(said), cx));
            Ok(answer.value)
        })
    }
}
