//! What is left on the account.

use aqueduct_spec::Result;
use serde::Deserialize;

use super::Gateway;

/// What is left on the account. Amounts are decimal numbers in USD, as text so that nothing is rounded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Credits {
    /// What can still be spent.
    pub balance: String,
    /// What was spent.
    pub total_used: String,
}

impl Gateway {
    /// Asks what is left on the account.
    ///
    /// # Errors
    /// Those of every call; see [`GatewayError`](super::GatewayError).
    pub async fn credits(&self) -> Result<Credits> {
        self.connection.fetch(self.connection.get_at_origin("/v1/credits")).await
    }
}
