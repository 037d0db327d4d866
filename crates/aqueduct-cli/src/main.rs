//! The command line of Aqueduct.
//!
//! Answers go to standard output, everything else to standard error, so that an answer can be piped.

mod args;
mod command;
mod failure;

use std::process::ExitCode;

use aqueduct_providers::Environment;
use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use args::{Arguments, Command};
use failure::Failure;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let environment = Environment::from_process();
    log_to_stderr(&environment, matches!(arguments.command, Command::Serve(_)));
    let result = runtime().and_then(|runtime| {
        let result = runtime.block_on(run(arguments.command, environment));
        // A thread that still waits for standard input must not hold up the end.
        runtime.shutdown_background();
        result
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

async fn run(command: Command, environment: Environment) -> Result<(), Failure> {
    match command {
        Command::Serve(arguments) => command::serve::run(arguments, &environment).await,
        Command::Chat(arguments) => command::chat::run(arguments, &environment).await,
        Command::Models(arguments) => command::models::run(arguments, &environment).await,
        Command::Config(arguments) => command::config::run(&arguments, &environment),
    }
}

/// One core needs no threads to hand work between: that costs a request more than it gains.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut builder = if cores == 1 {
        tokio::runtime::Builder::new_current_thread()
    } else {
        tokio::runtime::Builder::new_multi_thread()
    };
    builder.enable_all().build().map_err(|error| Failure::new(format!("cannot start: {error}")))
}

/// What is logged is said by `AQUEDUCT_LOG`, in the words of `RUST_LOG`: `debug`, `aqueduct=trace`, …
fn log_to_stderr(environment: &Environment, serving: bool) {
    let default = if serving { "info" } else { "warn" };
    let filter = EnvFilter::try_new(environment.get("AQUEDUCT_LOG").unwrap_or(default))
        .unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        // Who closes standard error has heard enough; saying so there would only fail again, and take the request along.
        .log_internal_errors(false)
        .init();
}
