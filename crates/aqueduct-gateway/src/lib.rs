//! The gateway: models of every provider behind the AI Gateway protocol V4 and the OpenAI API.
//!
//! ```no_run
//! use aqueduct_gateway::{Config, Gateway};
//! use aqueduct_providers::Environment;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let environment = Environment::from_process();
//! let config = Config::load("aqueduct.toml".as_ref(), &environment)?;
//! let gateway = Gateway::new(config).await?;
//! let listener = gateway.bind().await?;
//! gateway.serve(listener, std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```

pub mod config;
mod error;
mod gateway;
mod generation_id;
mod ingress;
mod metrics;
mod model_id;
mod pipeline;
mod server;
mod stack;

pub use config::Config;
pub use gateway::{Gateway, Listed, Origin};
