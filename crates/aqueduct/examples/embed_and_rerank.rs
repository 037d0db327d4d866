//! A search in two steps: `cargo run --example embed_and_rerank`, or with models of your own:
//! `… --example embed_and_rerank cohere/embed-v4.0 cohere/rerank-v3.5`.

use std::io::Write as _;

use aqueduct::{cosine_similarity, embed, embed_many, rerank};

const DOCUMENTS: [&str; 5] = [
    "An aqueduct brings water from a spring to a city.",
    "A lasagna is baked for half an hour.",
    "The water of the aqueduct flowed without pumps.",
    "A gateway brings calls to the models of many providers.",
    "Cities need water every day.",
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The simulator counts words; similar texts share many.
    let mut names = std::env::args().skip(1);
    let embedding = names.next().unwrap_or_else(|| "simulator/embedding".to_owned());
    let reranking = names.next().unwrap_or_else(|| "simulator/reranking".to_owned());
    let query = "How does an aqueduct bring water to a city?";
    let mut out = std::io::stdout();

    // Vectors find what may be meant, among many documents and cheaply.
    let documents = embed_many(&embedding).values(DOCUMENTS).await?;
    let question = embed(&embedding).value(query).await?;
    let similarity = |vector: &Vec<f64>| cosine_similarity(vector, &question.embedding);
    let mut found: Vec<_> = documents.values.iter().zip(&documents.embeddings).collect();
    found.sort_by(|(_, a), (_, b)| {
        similarity(b).unwrap_or(-1.0).total_cmp(&similarity(a).unwrap_or(-1.0))
    });
    for (text, vector) in &found {
        writeln!(out, "{:.2} {text}", similarity(vector).unwrap_or_default())?;
    }

    // A reranking model reads query and document together and orders the few that are left.
    let nearest = found.iter().take(3).map(|(text, _)| text.as_str());
    let answer = rerank(&reranking).query(query).documents(nearest).top_n(2).await?;
    for ranked in &answer.ranking {
        let text = found.get(ranked.original_index).map_or("", |(text, _)| text);
        writeln!(out, "{:.2} {text}", ranked.score)?;
    }
    Ok(())
}
