//! Names of one's own for models: `cargo run --example custom_provider`, or with a model of your own behind them:
//! `… --example custom_provider groq/llama-3.3-70b-versatile`.

use std::io::Write as _;

use aqueduct::layer::{ProviderLayers, Renamed, WithLayer as _, default_instructions};
use aqueduct::{CustomProvider, Registry, generate_text};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().nth(1).unwrap_or_else(|| "simulator/echo".to_owned());
    let known = Registry::from_process();
    let model = known.language_model(&name)?;
    let mut out = std::io::stdout();

    // The program asks for what it needs; which model that is stands here alone.
    let mine = CustomProvider::new("mine")
        .language_model("fast", model.clone())
        .language_model(
            "poet",
            model
                .layer(|model| default_instructions(model, "Answer in verse."))
                .layer(|model| Renamed::new(model).with_model_id("poet")),
        )
        .fallback(known.clone());

    // Layers can go around everything that is found by name.
    let layers = ProviderLayers::new()
        .language_models(|model| default_instructions(model, "Answer in one sentence."));
    let registry = Registry::builder().fallback(mine.build()).layers(layers).build();
    for name in ["fast", "poet", &name] {
        let answer = generate_text(name).registry(&registry).prompt("Why is water wet?").await?;
        writeln!(out, "{name}: {}", answer.text())?;
    }

    // What is not there is said with what is.
    let narrow = CustomProvider::new("mine").language_model("fast", known.language_model(&name)?);
    let narrow = Registry::builder().provider("mine", narrow.build()).build();
    if let Err(error) = narrow.language_model("mine/slow") {
        writeln!(out, "{error}")?;
    }
    Ok(())
}
