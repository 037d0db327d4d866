//! The commands, a file each.

pub(crate) mod chat;
pub(crate) mod config;
pub(crate) mod models;
pub(crate) mod serve;

use aqueduct::Router;
use aqueduct_gateway::{Config, Gateway};
use aqueduct_providers::Environment;

use crate::args::Source;
use crate::failure::Failure;

/// Reads the configuration file, or makes do with the environment and this machine.
fn load(source: &Source, environment: &Environment) -> Result<Config, Failure> {
    match &source.config {
        Some(file) => Config::load(file, environment).map_err(Failure::from),
        None => Ok(Config::from_environment(environment)),
    }
}

fn router(gateway: &Gateway) -> Result<&Router, Failure> {
    gateway.router().ok_or_else(|| Failure::new("the gateway has no router"))
}
