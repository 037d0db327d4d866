//! Pictures: `cargo run --example image`, or with a model of your own: `… --example image openai/gpt-image-1`.

use std::io::Write as _;

use aqueduct::generate_image;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The simulator's pictures show nothing, but they are pictures, of the size asked for.
    let model = std::env::args().nth(1).unwrap_or_else(|| "simulator/image".to_owned());
    let mut out = std::io::stdout();

    let answer =
        generate_image(&model).prompt("An aqueduct at dawn.").n(2).size("1024x1024").await?;
    for (number, image) in answer.images.iter().enumerate() {
        let path = std::env::temp_dir().join(format!("aqueduct-{number}.{}", image.format()));
        let bytes = image.bytes()?;
        std::fs::write(&path, &bytes)?;
        writeln!(out, "{} ({}, {} bytes)", path.display(), image.media_type, bytes.len())?;
    }

    // A picture can be made of others.
    let answer = generate_image(&model)
        .prompt("The same at night.")
        .images([answer.image().bytes()?])
        .await?;
    writeln!(out, "and one more: {} bytes", answer.image().bytes()?.len())?;
    for warning in &answer.warnings {
        writeln!(out, "warning: {warning:?}")?;
    }
    Ok(())
}
