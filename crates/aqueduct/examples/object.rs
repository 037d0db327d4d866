//! Answers with a type: `cargo run --example object`, or with a model of your own: `… --example object openai/gpt-5-mini`.

use std::io::Write as _;

use aqueduct::{Output, generate_text, stream_text};
use futures_util::StreamExt as _;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Debug, Deserialize, JsonSchema)]
struct Recipe {
    title: String,
    /// One line each, with its amount.
    ingredients: Vec<String>,
    minutes: u32,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct City {
    name: String,
    /// How many people live there.
    people: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The simulator knows nothing of cooking, but its answers fit the type.
    let model = std::env::args().nth(1).unwrap_or_else(|| "simulator/json".to_owned());
    let mut out = std::io::stdout();

    let answer = generate_text(&model)
        .prompt("A recipe for lasagna.")
        .output(Output::object::<Recipe>())
        .await?;
    let recipe = answer.output()?;
    writeln!(out, "{} ({} min): {:?}", recipe.title, recipe.minutes, recipe.ingredients)?;

    // Every element is there as soon as the model has written it.
    let mut stream = stream_text(&model)
        .prompt("Three cities.")
        .output(Output::array::<City>().name("cities"))
        .await?;
    let mut cities = stream.element_stream();
    while let Some(city) = cities.next().await {
        let city = city?;
        writeln!(out, "{}: {} people", city.name, city.people)?;
    }
    writeln!(out, "{} cities", stream.collect().await?.output()?.len())?;

    let choice = generate_text(&model)
        .prompt("Is lasagna from Rome?")
        .output(Output::choice(["yes", "no"]))
        .await?;
    writeln!(out, "{}", choice.output()?)?;
    Ok(())
}
