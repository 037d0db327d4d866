//! Models by name: `cargo run --example registry`, or with a model of your own.

use std::io::Write as _;

use aqueduct::{Environment, Registry, Settings, embed, generate_text};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let model = std::env::args().nth(1).unwrap_or_else(|| "simulator/echo".to_owned());

    // Keys come from the environment; what the program sets wins. Nothing is set up before it is asked for.
    let shared = Registry::builder()
        .environment(&Environment::from_process())
        .settings("simulator", Settings::new().with("chunkSize", 4))
        .build();
    // A registry is a provider, so that a program can add its own and hand on the rest.
    let registry = Registry::builder().provider("shared", shared.clone()).build();

    let mut out = std::io::stdout();
    writeln!(out, "{} providers are in this build", shared.provider_ids().len())?;
    for name in [model.clone(), format!("shared/{model}")] {
        let found = if name == model { &shared } else { &registry };
        let answer = generate_text(&name).registry(found).prompt("Who are you?").await?;
        writeln!(out, "{name}: {}", answer.text())?;
    }
    let answer = embed("simulator/embedding").registry(&shared).value("water").await?;
    writeln!(out, "simulator/embedding: {} numbers", answer.embedding.len())?;

    // A name that leads nowhere says what there is.
    if let Err(error) = shared.language_model("simulator/no-such-model") {
        writeln!(out, "{error}")?;
    }
    Ok(())
}
