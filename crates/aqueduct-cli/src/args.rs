//! What can be said on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// One interface to every model: a gateway, and a chat that needs no key to begin with.
#[derive(Debug, Parser)]
#[command(name = "aqueduct", version, about, propagate_version = true)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the gateway: the AI Gateway protocol and OpenAI's API on one port.
    Serve(Serve),
    /// Ask a model; the answer streams to standard output.
    Chat(Chat),
    /// List the models that can be asked by name.
    Models(Models),
    /// Check or describe the configuration file.
    #[command(subcommand)]
    Config(Config),
}

/// Where the providers come from.
#[derive(Debug, Args)]
pub(crate) struct Source {
    /// The configuration file. Without one, providers come from the key variables in the environment, from the model
    /// servers found on this machine, and from the built-in simulator.
    #[arg(short, long, value_name = "FILE", env = "AQUEDUCT_CONFIG")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) source: Source,
    /// The address and port to listen on; wins over the configuration file.
    #[arg(short, long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,
}

#[derive(Debug, Args)]
pub(crate) struct Chat {
    /// The prompt. Without one it is read from standard input; with both, standard input follows the prompt.
    #[arg(value_name = "PROMPT")]
    pub(crate) prompt: Vec<String>,
    /// The model as `provider/model`, or an alias of the configuration. Without one, the first model of a server on this
    /// machine, else the simulator.
    #[arg(short, long, env = "AQUEDUCT_MODEL")]
    pub(crate) model: Option<String>,
    /// Instructions that the model gets before the prompt.
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) system: Option<String>,
    /// The most tokens to write.
    #[arg(long, value_name = "TOKENS")]
    pub(crate) max_output_tokens: Option<u64>,
    /// How much chance there is in the choice of words, from 0.
    #[arg(long)]
    pub(crate) temperature: Option<f64>,
    /// Print one JSON object with the answer, its usage and who answered, instead of the text.
    #[arg(long)]
    pub(crate) json: bool,
    /// Print the answer alone: no line about tokens and time on standard error.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) source: Source,
}

#[derive(Debug, Args)]
pub(crate) struct Models {
    #[command(flatten)]
    pub(crate) source: Source,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Check a configuration file: every mistake with its file, line and field.
    Check {
        /// The file.
        #[arg(value_name = "FILE", default_value = "aqueduct.toml", env = "AQUEDUCT_CONFIG")]
        file: PathBuf,
    },
    /// Print the JSON schema of the configuration file.
    Schema,
}
