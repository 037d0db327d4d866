//! Models of other kinds than language: how calls are split and their answers put together; similarity; and how models are
//! found.

use std::collections::VecDeque;
use std::future::IntoFuture;
use std::sync::{Arc, Mutex};

use aqueduct::media::NoOutput;
use aqueduct::registry::{CustomProvider, Registry};
use aqueduct::rerank::Document;
use aqueduct::spec::{
    Call, Embed, Error, GenerateImage, GenerateSpeech, ModelInfo, Profile, ProviderOptions, Rerank,
    Result, Transcribe,
};
use aqueduct::{
    cosine_similarity, embed, embed_many, generate_image, generate_speech, rerank, transcribe,
};
use aqueduct_testkit::MockModel;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::script::{Script, read};
use super::{Golden, scenarios};

type Scenario = Map<String, Value>;
type Calls = Arc<Mutex<Vec<Value>>>;

/// A model that gives the answers of a scenario in their order, and notes what it was asked.
fn answering<C>(scenario: &Scenario, profile: Profile) -> (MockModel<C>, Calls)
where
    C: Call<Output: DeserializeOwned>,
{
    let answers: VecDeque<Value> = scenario.get("answers").map(read).unwrap_or_default();
    let (answers, calls) = (Mutex::new(answers), Calls::default());
    let noted = Arc::clone(&calls);
    let model = MockModel::new(move |call: &C, _| {
        noted.lock().unwrap().push(call.to_json()?);
        let answer = answers.lock().unwrap().pop_front().unwrap();
        match answer.get("error") {
            Some(error) => Err(Error::internal(error.as_str().unwrap().to_owned())),
            None => Ok(read(&answer)),
        }
    });
    (model.with_info(ModelInfo::new("mock", "mock").with_profile(profile)), calls)
}

fn error_word(error: &Error) -> String {
    match NoOutput::of(error).map(|missing| missing.missing) {
        Some("image") => "NoImageGeneratedError",
        Some("speech") => "NoSpeechGeneratedError",
        _ => error.message(),
    }
    .to_owned()
}

async fn told<T>(
    request: impl IntoFuture<Output = Result<T>>,
    calls: Calls,
    answer: impl Fn(T) -> Value,
) -> Value {
    let answer = match request.await {
        Ok(given) => answer(given),
        Err(error) => error_word(&error).into(),
    };
    json!({ "answer": answer, "calls": *calls.lock().unwrap() })
}

/// Sets options and headers that a scenario may have for any kind.
macro_rules! with_shared {
    ($request:expr, $scenario:expr) => {{
        let mut request = $request.max_retries(0);
        if let Some(options) = $scenario.get("providerOptions") {
            for (provider, options) in read::<ProviderOptions>(options).iter() {
                request = request.provider_options(provider, options);
            }
        }
        for (name, value) in
            $scenario.get("headers").and_then(Value::as_object).into_iter().flatten()
        {
            request = request.header(name, value.as_str().unwrap());
        }
        request
    }};
}

fn text<'a>(scenario: &'a Scenario, key: &str) -> Option<&'a str> {
    scenario.get(key).and_then(Value::as_str)
}

fn count(scenario: &Scenario, key: &str) -> Option<usize> {
    let count = scenario.get(key).and_then(Value::as_u64);
    count.map(|count| usize::try_from(count).unwrap())
}

async fn vectors(scenario: &Scenario) -> Value {
    let mut profile = Profile::default();
    profile.max_embeddings_per_call = count(scenario, "max");
    profile.supports_parallel_calls = scenario.get("parallel") == Some(&json!(true));
    let (model, calls) = answering::<Embed>(scenario, profile);
    if let Some(value) = text(scenario, "value") {
        let request = with_shared!(embed(model).value(value), scenario);
        return told(request, calls, |answer| {
            json!({
                "embedding": answer.embedding, "usage": answer.usage, "warnings": answer.warnings,
                "providerMetadata": answer.provider_metadata, "response": answer.response,
            })
        })
        .await;
    }
    let values: Vec<String> = read(&scenario["values"]);
    let mut request = with_shared!(embed_many(model).values(values), scenario);
    if let Some(calls) = count(scenario, "maxParallelCalls") {
        request = request.max_parallel_calls(calls);
    }
    told(request, calls, |answer| {
        json!({
            "embeddings": answer.embeddings, "usage": answer.usage, "warnings": answer.warnings,
            "providerMetadata": answer.provider_metadata, "responses": answer.responses,
        })
    })
    .await
}

fn document(document: &Document) -> Value {
    match document {
        Document::Text(text) => json!(text),
        Document::Object(object) => json!(object),
        other => panic!("{other:?}"),
    }
}

async fn order(scenario: &Scenario) -> Value {
    let (model, calls) = answering::<Rerank>(scenario, Profile::default());
    let documents =
        scenario["documents"].as_array().unwrap().iter().map(|document| match document {
            Value::String(text) => Document::from(text.as_str()),
            object => Document::from(read::<Map<String, Value>>(object)),
        });
    let request = rerank(model).query(text(scenario, "query").unwrap()).documents(documents);
    let mut request = with_shared!(request, scenario);
    if let Some(documents) = count(scenario, "topN") {
        request = request.top_n(documents);
    }
    told(request, calls, |answer| {
        let ranked = answer.ranking.iter().map(|ranked| {
            let (index, score) = (ranked.original_index, ranked.score);
            json!({ "originalIndex": index, "score": score, "document": document(&ranked.document) })
        });
        json!({
            "ranking": ranked.collect::<Vec<_>>(),
            "rerankedDocuments": answer.reranked_documents().map(document).collect::<Vec<_>>(),
            "providerMetadata": answer.provider_metadata,
            "response": answer.response,
        })
    })
    .await
}

async fn images(scenario: &Scenario) -> Value {
    let mut profile = Profile::default();
    profile.max_images_per_call = count(scenario, "max");
    let (model, calls) = answering::<GenerateImage>(scenario, profile);
    let mut request = generate_image(model).prompt(text(scenario, "prompt").unwrap());
    if let Some(images) = count(scenario, "n") {
        request = request.n(u32::try_from(images).unwrap());
    }
    if let Some(images) = count(scenario, "maxImagesPerCall") {
        request = request.max_images_per_call(images);
    }
    if let Some(size) = text(scenario, "size") {
        request = request.size(size);
    }
    if let Some(ratio) = text(scenario, "aspectRatio") {
        request = request.aspect_ratio(ratio);
    }
    if let Some(seed) = scenario.get("seed").and_then(Value::as_i64) {
        request = request.seed(seed);
    }
    told(with_shared!(request, scenario), calls, |answer| {
        let images = answer
            .images
            .iter()
            .map(|image| json!({ "mediaType": image.media_type, "base64": image.base64() }));
        json!({
            "images": images.collect::<Vec<_>>(), "warnings": answer.warnings,
            "providerMetadata": answer.provider_metadata, "usage": answer.usage,
            "responses": answer.responses,
        })
    })
    .await
}

async fn speech(scenario: &Scenario) -> Value {
    let (model, calls) = answering::<GenerateSpeech>(scenario, Profile::default());
    let mut request = generate_speech(model, text(scenario, "text").unwrap());
    if let Some(voice) = text(scenario, "voice") {
        request = request.voice(voice);
    }
    if let Some(format) = text(scenario, "outputFormat") {
        request = request.output_format(format);
    }
    if let Some(instructions) = text(scenario, "instructions") {
        request = request.instructions(instructions);
    }
    if let Some(speed) = scenario.get("speed").and_then(Value::as_f64) {
        request = request.speed(speed);
    }
    if let Some(language) = text(scenario, "language") {
        request = request.language(language);
    }
    told(with_shared!(request, scenario), calls, |answer| {
        let audio =
            json!({ "mediaType": answer.audio.media_type, "base64": answer.audio.base64() });
        json!({
            "audio": audio, "warnings": answer.warnings,
            "providerMetadata": answer.provider_metadata, "responses": [answer.response],
        })
    })
    .await
}

async fn transcript(scenario: &Scenario) -> Value {
    let (model, calls) = answering::<Transcribe>(scenario, Profile::default());
    let audio = STANDARD.decode(text(scenario, "audio").unwrap()).unwrap();
    told(with_shared!(transcribe(model, audio), scenario), calls, |answer| {
        json!({
            "text": answer.text, "segments": answer.segments, "language": answer.language,
            "durationInSeconds": answer.duration_in_seconds, "warnings": answer.warnings,
            "providerMetadata": answer.provider_metadata, "responses": [answer.response],
        })
    })
    .await
}

fn similarity(scenario: &Scenario) -> Value {
    let of = |key: &str| read::<Vec<f64>>(&scenario[key]);
    json!({ "similarity": cosine_similarity(&of("a"), &of("b")) })
}

/// A provider of models that are told by their ids.
fn custom(id: &str, given: &Value) -> CustomProvider {
    let script = Script::new(Vec::new());
    let mut provider = CustomProvider::new(id);
    for (name, model) in given["models"].as_object().unwrap() {
        provider = provider.language_model(name, script.model(model.as_str().unwrap()));
    }
    match given.get("fallback") {
        Some(fallback) => provider.fallback(custom("fallback", fallback).build()),
        None => provider,
    }
}

fn lookups(scenario: &Scenario) -> Value {
    let mut registry = Registry::builder();
    for (id, provider) in scenario["providers"].as_object().unwrap() {
        registry = registry.provider(id, custom(id, provider).build());
    }
    registry = registry.separator(text(scenario, "separator").unwrap_or(":"));
    let registry = registry.build();
    let found = read::<Vec<String>>(&scenario["names"]).into_iter().map(|name| {
        match registry.language_model(&name) {
            Ok(model) => model.info().model_id.clone(),
            Err(error) => format!("{:?}Error", error.kind()),
        }
    });
    json!({ "found": found.collect::<Vec<_>>() })
}

/// What is not there is `null` in one language and nothing in the other, or has no fields.
fn without_nothing(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(without_nothing),
        Value::Object(fields) => {
            let is_empty = |field: &Value| field.as_object().is_some_and(Map::is_empty);
            fields.retain(|key, field| {
                !field.is_null() && (key != "providerMetadata" || !is_empty(field))
            });
            fields.values_mut().for_each(without_nothing);
        }
        Value::Number(number) => {
            if let Some(whole) = number.as_f64().filter(|number| number.fract() == 0.0) {
                *value = json!(whole as i64);
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn other_kinds_answer_as_those_of_the_ai_sdk() {
    let mut golden = Golden::new("kinds");
    for scenario in scenarios::<Scenario>("kinds") {
        let mut ours = match text(&scenario, "verb").unwrap() {
            "embed" | "embedMany" => vectors(&scenario).await,
            "rerank" => order(&scenario).await,
            "image" => images(&scenario).await,
            "speech" => speech(&scenario).await,
            "transcribe" => transcript(&scenario).await,
            "similarity" => similarity(&scenario),
            _ => lookups(&scenario),
        };
        without_nothing(&mut ours);
        golden.compare_all(text(&scenario, "name").unwrap(), &ours);
    }
    golden.finish();
}
