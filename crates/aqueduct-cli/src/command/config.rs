//! `aqueduct config`: check or describe the configuration file.

use std::io::{self, Write as _};

use aqueduct_gateway::config;
use aqueduct_providers::Environment;

use crate::args::Config;
use crate::failure::Failure;

pub(crate) fn run(arguments: &Config, environment: &Environment) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match arguments {
        Config::Schema => {
            let schema = serde_json::to_string_pretty(&config::schema())?;
            writeln!(out, "{schema}").map_err(|error| Failure::output(&error))
        }
        Config::Check { file } => {
            let problems = config::check(file, environment);
            if problems.is_empty() {
                return writeln!(out, "{}: ok", file.display())
                    .map_err(|error| Failure::output(&error));
            }
            for problem in &problems {
                writeln!(out, "{problem}").map_err(|error| Failure::output(&error))?;
            }
            let plural = if problems.len() == 1 { "" } else { "s" };
            Err(Failure::new(format!("{} has {} mistake{plural}", file.display(), problems.len())))
        }
    }
}
