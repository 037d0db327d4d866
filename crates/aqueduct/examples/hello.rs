//! The smallest program: `cargo run --example hello`, or with a model of your own: `… --example hello groq/llama-3.3-70b-versatile`.

use std::io::Write as _;

use futures_util::StreamExt as _;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The simulator needs neither a key nor a network; it says what you say.
    let model = std::env::args().nth(1).unwrap_or_else(|| "simulator/echo".to_owned());

    let answer = aqueduct::generate_text(&model).prompt("Hello, water!").await?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", answer.text())?;

    let mut stream = aqueduct::stream_text(&model).prompt("And now drop by drop.").await?;
    let mut text = stream.text_stream();
    while let Some(delta) = text.next().await {
        write!(out, "{}", delta?)?;
        out.flush()?;
    }
    let usage = stream.collect().await?.total_usage().total_tokens();
    writeln!(out, "\n{} tokens", usage.unwrap_or_default())?;
    Ok(())
}
