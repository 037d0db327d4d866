//! A call and the model that answers it.

use std::sync::Arc;

use aqueduct_spec::{Call, Context, Error, ErrorKind, Model, Provider, Result};
use tokio::time::Instant;

use super::inbound::Exchange;

/// The longest name of a model: Amazon's are up to 2048 characters. Names are kept in metrics and in the router's records.
const MAX_MODEL_ID_BYTES: usize = 4096;

/// A call with the model that it goes to.
pub(crate) struct Routed<C: Call> {
    model: Arc<dyn Model<C>>,
    call: C,
    context: Context,
}

impl<C: Call> Routed<C> {
    /// Finds the model.
    ///
    /// # Errors
    /// `NoSuchModel` if there is none, or if its name is longer than any.
    pub(crate) fn new(
        provider: &dyn Provider,
        model_id: &str,
        call: C,
        context: Context,
    ) -> Result<Self> {
        if model_id.len() > MAX_MODEL_ID_BYTES {
            return Err(Error::new(
                ErrorKind::NoSuchModel,
                format!("no model has a name of {} bytes", model_id.len()),
            ));
        }
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
