//! A call and the model that answers it.

use std::sync::Arc;

use aqueduct_spec::{Call, Context, Model, Provider, Result};
use tokio::time::Instant;

use super::inbound::Exchange;

/// A call with the model that it goes to.
pub(crate) struct Routed<C: Call> {
    model: Arc<dyn Model<C>>,
    call: C,
    context: Context,
}

impl<C: Call> Routed<C> {
    /// Finds the model.
    pub(crate) fn new(
        provider: &dyn Provider,
        model_id: &str,
        call: C,
        context: Context,
    ) -> Result<Self> {
        Ok(Self { model: C::model(provider, model_id)?, call, context })
    }

    /// Makes the call.
    pub(crate) async fn call(self, exchange: &mut Exchange) -> Result<C::Output> {
        let before = Instant::now();
        let outcome = self.model.call(self.call, &self.context).await;
        exchange.waited += before.elapsed();
        outcome
    }
}

impl<C: Call> std::fmt::Debug for Routed<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Routed").field("model", self.model.info()).finish_non_exhaustive()
    }
}
