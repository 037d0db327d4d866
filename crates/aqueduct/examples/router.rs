//! Two providers behind one name, without any server: `cargo run --example router`, or with a model of your own behind the one
//! that fails.

use std::io::Write as _;

use aqueduct::router::{Route, Router, Target};
use aqueduct::{Environment, Settings, generate_text};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let model = std::env::args().nth(1).unwrap_or_else(|| "simulator/echo".to_owned());
    let provider = model.split('/').next().unwrap_or(&model);

    // A simulator that is never well: every call is answered with status 503.
    let broken = Settings::new().with("name", "broken").with("failureRate", 1.0);
    let router = Router::builder()
        .environment(Environment::from_process())
        .target(Target::new("simulator").named("broken").settings(broken))
        .target(Target::new(provider))
        .route("fast", Route::new().model("broken/echo", 1.0).fallback(&model))
        .build()?;

    // A router is a provider like any other: its models go wherever models go.
    let fast = aqueduct::Provider::language_model(&router, "fast")?;
    let answer = generate_text(fast).prompt("Hello, whoever is there!").await?;

    let mut out = std::io::stdout();
    writeln!(out, "{}", answer.text())?;
    // The answer tells every attempt that was made for it.
    let metadata = serde_json::to_value(answer.provider_metadata())?;
    let attempts =
        metadata.pointer("/gateway/routing/attempts").and_then(|it| it.as_array()).cloned();
    for attempt in attempts.unwrap_or_default() {
        writeln!(out, "tried {attempt}")?;
    }
    Ok(())
}
