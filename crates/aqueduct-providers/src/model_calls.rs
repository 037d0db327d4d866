//! The lines that every model has in common.

/// Serves calls of a model with its methods. The model has a field `info`; errors are told to be its own.
macro_rules! model_calls {
    ($model:ty: $( $call:ident => $method:ident -> $output:ty ),+ $(,)?) => {
        impl aqueduct_spec::Describe for $model {
            fn info(&self) -> &aqueduct_spec::ModelInfo {
                &self.info
            }
        }

        $( impl aqueduct_spec::Model<aqueduct_spec::$call> for $model {
            fn call<'a>(
                &'a self,
                call: aqueduct_spec::$call,
                cx: &'a aqueduct_spec::Context,
            ) -> aqueduct_spec::BoxFuture<'a, aqueduct_spec::Result<$output>> {
                Box::pin(async move {
                    self.$method(&call, cx).await.map_err(crate::failure::of(&self.info))
                })
            }
        } )+
    };
}
pub(crate) use model_calls;
