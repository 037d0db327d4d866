//! `aqueduct models`: which models can be asked by name.

use std::io::{self, Write as _};

use aqueduct_gateway::Gateway;
use aqueduct_providers::Environment;
use serde_json::json;

use super::{load, router};
use crate::args::Models;
use crate::failure::Failure;

pub(crate) async fn run(arguments: Models, environment: &Environment) -> Result<(), Failure> {
    let gateway = Gateway::new(load(&arguments.source, environment)?).await?;
    let mut out = io::stdout().lock();
    if arguments.json {
        let models: Vec<_> = gateway
            .models()
            .map(|model| json!({ "id": model.id, "provider": model.provider, "kind": model.kind.map(|kind| kind.as_str()) }))
            .collect();
        let text = serde_json::to_string_pretty(&json!({ "models": models }))?;
        return writeln!(out, "{text}").map_err(|error| Failure::output(&error));
    }
    for model in gateway.models() {
        let kind = model.kind.map_or("", |kind| kind.as_str());
        writeln!(out, "{:<48} {kind}", model.id).map_err(|error| Failure::output(&error))?;
    }
    drop(out);
    let mut err = io::stderr().lock();
    writeln!(
        err,
        "\nAny model of these providers can be asked as provider/model: {}",
        router(&gateway)?.provider_ids().collect::<Vec<_>>().join(", ")
    )
    .map_err(|error| Failure::output(&error))
}
