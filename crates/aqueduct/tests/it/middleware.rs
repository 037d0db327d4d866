//! Layers that change calls and answers.

use std::sync::Arc;

use aqueduct::layer::{
    ChangeCall, InputExamples, Retry, RetryPolicy, SimulateStreaming, add_tool_input_examples,
    default_embedding_settings, default_instructions, default_settings,
};
use aqueduct::spec::embedding::{EmbedOptions, EmbedResult};
use aqueduct::spec::image::GenerateImageResult;
use aqueduct::spec::language::{
    CallOptions, Content, FunctionTool, Message, Reasoning, StreamPart, Text, UnifiedFinishReason,
};
use aqueduct::spec::{Embed, Generate, GenerateImage, Model as _, Stream};
use aqueduct::{Context, Error, ErrorKind, embed, generate_image, generate_text};
use aqueduct_testkit::{MockLanguageModel, MockModel, Turn};
use futures_util::TryStreamExt as _;
use serde_json::json;

fn model() -> Arc<MockLanguageModel> {
    Arc::new(MockLanguageModel::text("yes"))
}

fn options(value: serde_json::Value) -> CallOptions {
    serde_json::from_value(value).unwrap()
}

#[tokio::test]
async fn default_settings_fill_what_is_missing() {
    let inner = model();
    let settings = options(json!({"prompt": [], "temperature": 0.7, "maxOutputTokens": 9,
        "headers": {"x-a": "default", "x-b": "default"},
        "providerOptions": {"mock": {"deep": {"a": 1, "b": 1}}, "other": {"c": 1}}}));
    let wrapped = Arc::new(default_settings(Arc::clone(&inner), settings));
    let request = generate_text(&wrapped).prompt("hi").temperature(0.0).header("x-a", "own");
    request.provider_options("mock", json!({"deep": {"b": 2}})).await.unwrap();
    let call = Stream::from(CallOptions::new([Message::user("hi")]));
    wrapped.call(call, &Context::default()).await.map(drop).unwrap();
    let calls = inner.calls();
    let call = serde_json::to_value(&calls[0].options).unwrap();
    assert_eq!((&call["temperature"], &call["maxOutputTokens"]), (&json!(0), &json!(9)));
    assert_eq!(call["headers"], json!({"x-a": "own", "x-b": "default"}));
    let expected = json!({"mock": {"deep": {"a": 1, "b": 2}}, "other": {"c": 1}});
    assert_eq!(call["providerOptions"], expected);
    assert_eq!(call["prompt"].as_array().unwrap().len(), 1);
    assert_eq!(calls[1].options.temperature, Some(0.7), "streams too");
}

#[tokio::test]
async fn default_instructions_stand_in() {
    let inner = model();
    let wrapped = Arc::new(default_instructions(Arc::clone(&inner), "Be brief."));
    generate_text(&wrapped).prompt("hi").await.unwrap();
    generate_text(&wrapped).instructions("Be long.").prompt("hi").await.unwrap();
    let first = |at: usize| inner.calls()[at].options.prompt.clone();
    assert!(matches!(&first(0)[0], Message::System(system) if system.content == "Be brief."));
    assert!(matches!(&first(1)[0], Message::System(system) if system.content == "Be long."));
    assert_eq!((first(0).len(), first(1).len()), (2, 2));
}

#[tokio::test]
async fn examples_move_into_descriptions() {
    let tool = || -> FunctionTool {
        serde_json::from_value(json!({"name": "t", "inputSchema": {}, "description": "Adds.",
            "inputExamples": [{"input": {"a": 1}}, {"input": {"a": 2}}]}))
        .unwrap()
    };
    let call = || {
        let mut call = CallOptions::new([Message::user("hi")]);
        call.tools = Some(vec![tool().into()]);
        Generate::from(call)
    };
    let inner = model();
    let sent =
        |at: usize| serde_json::to_value(&inner.calls()[at].options.tools).unwrap()[0].clone();
    let cx = Context::default();
    let wrapped = add_tool_input_examples(Arc::clone(&inner), InputExamples::default());
    wrapped.call(call(), &cx).await.unwrap();
    let text = "Adds.\n\nInput Examples:\n{\"a\":1}\n{\"a\":2}";
    assert_eq!((&sent(0)["description"], sent(0).get("inputExamples")), (&json!(text), None));
    let examples = InputExamples::default().with_prefix("E:").keep();
    let examples = examples.with_format(|_, at| at.to_string());
    add_tool_input_examples(Arc::clone(&inner), examples).call(call(), &cx).await.unwrap();
    assert_eq!(sent(1)["description"], "Adds.\n\nE:\n0\n1");
    assert!(sent(1).get("inputExamples").is_some());
}

#[tokio::test]
async fn whole_answers_become_streams() {
    let content: [Content; 3] =
        [Reasoning::new("hm").into(), Text::new("").into(), Text::new("yes").into()];
    let inner = Arc::new(MockLanguageModel::new(move |_, _| {
        Turn::content(content.clone(), UnifiedFinishReason::Stop)
    }));
    let wrapped = SimulateStreaming::new(Arc::clone(&inner));
    let call = Stream::from(CallOptions::new([Message::user("hi")]));
    let answer = wrapped.call(call, &Context::default()).await.unwrap();
    let parts: Vec<StreamPart> = answer.stream.try_collect().await.unwrap();
    let tags: Vec<_> = parts.iter().map(StreamPart::tag).collect();
    let expected = [
        "stream-start",
        "response-metadata",
        "reasoning-start",
        "reasoning-delta",
        "reasoning-end",
        "text-start",
        "text-delta",
        "text-end",
        "finish",
    ];
    assert_eq!(tags, expected);
    assert!(!inner.calls()[0].is_stream);
}

#[tokio::test]
async fn the_outermost_layer_changes_first() {
    let append = |text: &'static str| {
        move |call: &mut CallOptions| {
            call.stop_sequences.get_or_insert_default().push(text.to_owned());
            Ok(())
        }
    };
    let inner = model();
    let wrapped = ChangeCall::new(Arc::clone(&inner), append("inner"));
    let wrapped = Arc::new(ChangeCall::new(wrapped, append("outer")));
    generate_text(&wrapped).prompt("hi").await.unwrap();
    let stops = inner.calls()[0].options.stop_sequences.clone().unwrap();
    assert_eq!(stops, ["outer", "inner"]);
}

#[tokio::test(start_paused = true)]
async fn image_models_have_layers_too() {
    let busy = || Err(Error::new(ErrorKind::RateLimited, "busy"));
    let image = GenerateImageResult::new(vec![b"\x89PNG".to_vec().into()], Vec::new());
    let inner = Arc::new(MockModel::<GenerateImage>::answers([busy(), busy(), Ok(image)]));
    let wrapped = Arc::new(Retry::new(Arc::clone(&inner), RetryPolicy::times(2)));
    let answer = generate_image(&wrapped).prompt("a cat").max_retries(0).await.unwrap();
    assert_eq!((answer.images.len(), inner.calls().len()), (1, 3));
}

#[tokio::test]
async fn embedding_calls_have_defaults_too() {
    let inner =
        Arc::new(MockModel::<Embed>::new(|_, _| Ok(EmbedResult::new(vec![vec![1.0]], Vec::new()))));
    let settings: EmbedOptions = serde_json::from_value(
        json!({"values": [], "headers": {"x-a": "b"}, "providerOptions": {"mock": {"a": 1}}}),
    )
    .unwrap();
    let wrapped = Arc::new(default_embedding_settings(Arc::clone(&inner), settings));
    embed(&wrapped).value("v").provider_options("mock", json!({"b": 2})).await.unwrap();
    let call = serde_json::to_value(&*inner.calls()[0].0).unwrap();
    let expected = json!({"values": ["v"], "headers": {"x-a": "b"}, "providerOptions": {"mock": {"a": 1, "b": 2}}});
    assert_eq!(call, expected);
}
