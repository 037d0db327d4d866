//! What a llama.cpp server answers.

use std::sync::Arc;

use aqueduct::spec::language::{
    CallOptions, GenerateResult, Message, ResponseFormat, ToolChoice, UnifiedFinishReason,
};
use aqueduct::spec::{Context, Generate, LanguageModel, Model, Stream};
use aqueduct::text::StepChanges;
use aqueduct::{
    Client, Provider, Settings, TextResult, TextStreamPart, Tool, cosine_similarity, embed,
    embed_many, generate_text, step_count_is, stream_text,
};
use aqueduct_providers::openai_compatible::OpenAiCompatibleSettings;
use aqueduct_testkit::fold;
use futures_util::StreamExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::server;

/// What the model says to everything.
pub(crate) const SENTENCE: &str = "Hello! This tiny model was made by a script, so its words mean little; \
                                   the protocol around them is real.";

/// What it thinks before, when the word "think" comes up.
const THOUGHT: &str = "Nothing here needs pondering";

/// The server with the chat model.
pub(crate) fn chat_server() -> Option<String> {
    server("AQUEDUCT_TEST_LLAMA_URL")
}

/// The server with the embedding model.
pub(crate) fn embedding_server() -> Option<String> {
    server("AQUEDUCT_TEST_LLAMA_EMBED_URL")
}

/// The settings of any provider for a server.
pub(crate) fn settings(url: &str) -> Settings {
    Settings::new().with("baseURL", format!("{url}/v1"))
}

/// A server, as a host without a name in the table of providers.
pub(crate) fn host(url: &str) -> OpenAiCompatibleSettings {
    OpenAiCompatibleSettings::new("local", format!("{url}/v1"))
        .with_include_usage(true)
        .with_structured_outputs(true)
}

/// The chat model.
pub(crate) fn chat_model(url: &str) -> Arc<dyn LanguageModel> {
    host(url).build(&Client::new()).unwrap().language_model("tiny").unwrap()
}

// === The checks, for any way to reach the model ===

/// It answers.
pub(crate) async fn answers(model: &Arc<dyn LanguageModel>) {
    let answer = generate_text(model).prompt("Say hello.").temperature(0.0).await.unwrap();
    assert_eq!(answer.text(), SENTENCE);
    assert_eq!(answer.finish_reason().unified, UnifiedFinishReason::Stop);
    assert_eq!(answer.finish_reason().raw.as_deref(), Some("stop"));
    assert_eq!(answer.usage().output_tokens.total, Some(25));
    assert!(answer.usage().input_tokens.total > Some(0));
    assert_eq!(answer.response().model_id.as_deref(), Some("tiny"));
    assert!(answer.response().id.as_deref().unwrap().starts_with("chatcmpl-"));
    assert!(answer.response().timestamp.is_some());
    assert_eq!(answer.warnings().count(), 0);

    let cut = generate_text(model).prompt("Say hello.").max_output_tokens(3).await.unwrap();
    assert!(SENTENCE.starts_with(&cut.text()) && cut.text().len() < SENTENCE.len());
    assert_eq!(cut.finish_reason().unified, UnifiedFinishReason::Length);
    let stopped = generate_text(model).prompt("Hello.").stop_sequences(["script"]).await.unwrap();
    assert_eq!(stopped.text(), "Hello! This tiny model was made by a ");
}

/// It streams the same, in many pieces.
pub(crate) async fn streams(model: &Arc<dyn LanguageModel>) {
    let mut stream = stream_text(model).prompt("Say hello.").temperature(0.0).await.unwrap();
    let mut deltas = Vec::new();
    let mut text = stream.text_stream();
    while let Some(delta) = text.next().await {
        deltas.push(delta.unwrap());
    }
    assert!(deltas.len() > 10, "{deltas:?}");
    assert_eq!(deltas.concat(), SENTENCE);
    let answer = stream.collect().await.unwrap();
    assert_eq!(answer.text(), SENTENCE);
    assert_eq!(answer.finish_reason().unified, UnifiedFinishReason::Stop);
    assert_eq!(answer.usage().output_tokens.total, Some(25));
    assert_eq!(answer.response().model_id.as_deref(), Some("tiny"));
}

/// It thinks aloud, and does not mind to see its thoughts again.
pub(crate) async fn thinks(model: &Arc<dyn LanguageModel>) {
    let whole = generate_text(model).prompt("Please think.").await.unwrap();
    assert_eq!(whole.reasoning_text().as_deref(), Some(THOUGHT));
    assert_eq!(whole.text(), SENTENCE);

    let mut stream = stream_text(model).prompt("Please think.").await.unwrap();
    let (mut thoughts, mut has_ended) = (Vec::new(), false);
    while let Some(part) = stream.next().await {
        match part.unwrap() {
            TextStreamPart::ReasoningDelta(part) => thoughts.push(part.delta),
            TextStreamPart::ReasoningEnd(_) => has_ended = true,
            TextStreamPart::TextStart(_) => assert!(has_ended, "text within a thought"),
            _ => {}
        }
    }
    assert!(thoughts.len() > 1, "{thoughts:?}");
    assert_eq!(thoughts.concat(), THOUGHT);
    let streamed = stream.collect().await.unwrap();
    assert_eq!(streamed.text(), SENTENCE);

    let mut messages = vec![Message::user("Please think.")];
    messages.extend(streamed.response_messages());
    messages.push(Message::user("And now say it again."));
    let again = generate_text(model).messages(messages).await.unwrap();
    assert_eq!(again.text(), SENTENCE);
}

/// What the answer must look like.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Forecast {
    city: String,
    days: Vec<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Day {
    celsius: i32,
    sky: Sky,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Sky {
    Clear,
    Grey,
}

/// It writes JSON that fits a schema.
pub(crate) async fn fits_a_schema(model: &Arc<dyn LanguageModel>) {
    let mut schema = schemars::SchemaGenerator::default().into_root_schema_for::<Forecast>();
    schema.insert("additionalProperties".to_owned(), json!(false));
    let mut options = CallOptions::new([Message::user("What is the weather in Rome?")]);
    options.response_format = Some(ResponseFormat::json_schema(schema.to_value()));
    for answer in both_ways(model, options).await {
        let forecast: Forecast = serde_json::from_str(&answer.text())
            .unwrap_or_else(|error| panic!("{error}: {}", answer.text()));
        let said: Value = serde_json::from_str(&answer.text()).unwrap();
        assert_eq!(serde_json::to_value(&forecast).unwrap(), said, "every field has its place");
        assert!(!forecast.city.is_empty());
        assert_eq!(answer.warnings, []);
    }
}

/// The answer to a call, whole and streamed.
async fn both_ways(model: &Arc<dyn LanguageModel>, options: CallOptions) -> [GenerateResult; 2] {
    let cx = Context::default();
    let whole = Model::<Generate>::call(&**model, options.clone().into(), &cx).await.unwrap();
    let stream = Model::<Stream>::call(&**model, options.into(), &cx).await.unwrap().stream;
    [whole, fold(stream.collect::<Vec<_>>().await).unwrap()]
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Place {
    city: String,
}

/// It calls a tool and answers when it has the result.
pub(crate) async fn calls_a_tool(model: &Arc<dyn LanguageModel>) {
    let weather = Tool::new("weather")
        .description("The weather in a city.")
        .input::<Place>()
        .execute(|place: Place, _| async move { json!({ "celsius": 21, "city": place.city }) });
    for choice in [ToolChoice::auto(), ToolChoice::tool("weather")] {
        let request = generate_text(model)
            .prompt("What is the weather in Rome?")
            .tool(weather.clone())
            .prepare_step(move |plan| {
                let choice = if plan.step_number == 0 { &choice } else { &ToolChoice::auto() };
                std::future::ready(StepChanges::new().tool_choice(choice.clone()))
            })
            .stop_when(step_count_is(2));
        told_the_weather(&request.await.unwrap());
    }
    let request = stream_text(model).prompt("What is the weather in Rome?").tool(weather);
    let mut stream = request.stop_when(step_count_is(3)).await.unwrap();
    let mut pieces = Vec::new();
    while let Some(part) = stream.next().await {
        if let TextStreamPart::ToolInputDelta(part) = part.unwrap() {
            pieces.push(part.delta);
        }
    }
    assert!(pieces.len() > 1, "the input comes in pieces: {pieces:?}");
    let answer = stream.collect().await.unwrap();
    told_the_weather(&answer);
    assert_eq!(answer.steps().len(), 2);
    assert_eq!(answer.text(), SENTENCE);
    assert_eq!(
        serde_json::from_str::<Value>(&pieces.concat()).unwrap(),
        answer.steps()[0].tool_calls().next().unwrap().input
    );
}

/// The first step called the tool, and its result went back.
fn told_the_weather(answer: &TextResult) {
    let first = &answer.steps()[0];
    let call = first.tool_calls().next().unwrap();
    assert_eq!((call.tool_name.as_str(), call.is_invalid()), ("weather", false));
    let city = call.input["city"].as_str().unwrap();
    assert_eq!(first.finish_reason.unified, UnifiedFinishReason::ToolCalls);
    let results: Vec<_> = first.tool_results().collect();
    assert_eq!(results.len(), 1);
    assert_eq!(results[0].output, json!({ "celsius": 21, "city": city }));
    assert_eq!(results[0].tool_call_id, call.tool_call_id);
    assert_eq!(answer.steps().len(), 2, "it goes on with the result");
}

/// It embeds texts, in their order.
pub(crate) async fn embeds(provider: &dyn Provider) {
    let model = provider.embedding_model("tiny").unwrap();
    let texts = ["a cat on a mat", "a kitten on a rug", "tax law"];
    let answer = embed_many(&model).values(texts).await.unwrap();
    let [cat, kitten, tax] = answer.embeddings.as_slice() else { panic!("not three vectors") };
    assert!([cat, kitten, tax].iter().all(|vector| vector.len() == 224));
    // Vectors of the words in them: the first two share some, the third shares none.
    assert!(cosine_similarity(cat, kitten).unwrap() > 0.4);
    assert!(cosine_similarity(cat, tax).unwrap().abs() < 0.01);
    assert!(answer.usage.tokens > Some(0), "{:?}", answer.usage);
    let one = embed(&model).value(texts[0]).await.unwrap();
    assert!(cosine_similarity(&one.embedding, cat).unwrap() > 0.999);
}

// === Through `openai_compatible` ===

/// Declares one test a check.
macro_rules! with_the_chat_model {
    ($($check:ident as $test:ident;)+) => {
        $(#[tokio::test]
        async fn $test() {
            let Some(url) = chat_server() else { return };
            $check(&chat_model(&url)).await;
        })+
    };
}

with_the_chat_model! {
    answers as the_model_answers;
    streams as the_model_streams;
    thinks as the_model_thinks;
    fits_a_schema as the_model_fits_a_schema;
    calls_a_tool as the_model_calls_a_tool;
}

#[tokio::test]
async fn the_model_embeds() {
    let Some(url) = embedding_server() else { return };
    embeds(&host(&url).build(&Client::new()).unwrap()).await;
}
