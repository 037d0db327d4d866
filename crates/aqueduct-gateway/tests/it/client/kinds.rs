//! Every kind of model, answered.

use aqueduct_providers::gateway::GatewayOptions;
use aqueduct_spec::embedding::EmbedOptions;
use aqueduct_spec::image::GenerateImageOptions;
use aqueduct_spec::reranking::RerankOptions;
use aqueduct_spec::speech::GenerateSpeechOptions;
use aqueduct_spec::transcription::TranscribeOptions;
use aqueduct_spec::video::{GenerateVideoOptions, GetVideoStatusOptions, Video, VideoStatus};
use aqueduct_spec::{
    Call, Embed, GenerateImage, GenerateSpeech, GenerateVideo, GetVideoStatus, Rerank, StartVideo,
    Transcribe,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{ask, connect, generate, parts, say, say_with, stream, text, told};
use crate::harness::{Running, config};

#[tokio::test]
async fn a_whole_answer_with_all_that_is_said_of_it() {
    let gateway = Running::start().await;
    let client = connect(&gateway);
    let script = json!({ "reasoning": "Greet them.", "warnings": [{ "type": "other", "message": "mind the gap" }] });
    let answer =
        generate(&client, "simulator/echo", say_with("Hello there", script)).await.unwrap();
    assert_eq!(answer.text(), "Hello there");
    let json = serde_json::to_value(&answer).unwrap();
    assert_eq!(json["content"][0]["type"], "reasoning");
    assert_eq!(json["finishReason"]["unified"], "stop");
    // Four words: the thought counts.
    assert_eq!(json["usage"]["outputTokens"]["total"], 4);
    assert_eq!(json["warnings"], json!([{ "type": "other", "message": "mind the gap" }]));
    assert_eq!(json["response"]["modelId"], "echo");
    assert!(json["response"]["headers"]["x-aqueduct-generation-id"].is_string(), "{json}");
    assert_eq!(json["providerMetadata"]["simulator"]["simulated"], true);
    let told = told(answer.provider_metadata.as_ref());
    assert!(told.generation_id.unwrap().starts_with("gen_"));
    let routing = told.routing.unwrap();
    assert_eq!(routing.original_model_id.as_deref(), Some("simulator/echo"));
    assert_eq!(routing.final_provider.as_deref(), Some("simulator"));
    let attempts = routing.attempts.unwrap();
    assert_eq!(attempts.len(), 1);
    assert_eq!((attempts[0].success, attempts[0].status_code), (Some(true), Some(200)));
    assert_eq!(attempts[0].credential_type.as_deref(), Some("system"));
}

#[tokio::test]
async fn an_answer_in_parts() {
    let gateway = Running::start().await;
    let client = connect(&gateway);
    let script =
        json!({ "reasoning": "Count.", "warnings": [{ "type": "unsupported", "feature": "x" }] });
    let said = stream(&client, "simulator/echo", say_with("one two three", script)).await.unwrap();
    let parts = parts(said).await;
    assert_eq!(
        parts[0],
        json!({ "type": "stream-start", "warnings": [{ "type": "unsupported", "feature": "x" }] })
    );
    assert_eq!(text(&parts), "one two three");
    let types: Vec<_> = parts.iter().map(|part| part["type"].as_str().unwrap()).collect();
    for kind in
        ["response-metadata", "reasoning-start", "reasoning-delta", "text-start", "text-end"]
    {
        assert!(types.contains(&kind), "{types:?}");
    }
    // The id comes with the first content, all the rest with the end.
    let first = parts.iter().find(|part| part["type"] == "reasoning-start").unwrap();
    let finish = parts.last().unwrap();
    let id = &finish["providerMetadata"]["gateway"]["generationId"];
    assert!(id.as_str().unwrap().starts_with("gen_"));
    assert_eq!(&first["providerMetadata"]["gateway"]["generationId"], id);
    let routing = &finish["providerMetadata"]["gateway"]["routing"];
    assert_eq!(routing["attempts"][0]["provider"], "simulator");
    assert_eq!(finish["finishReason"]["unified"], "stop");
    assert_eq!(finish["usage"]["outputTokens"]["total"], 4);
}

#[tokio::test]
async fn tools_and_their_results() {
    let gateway = Running::start().await;
    let client = connect(&gateway);
    let schema = json!({ "type": "object", "properties": { "city": { "type": "string" } }, "required": ["city"] });
    let mut options = say("How is it in Rome?");
    options["tools"] = json!([{ "type": "function", "name": "weather", "inputSchema": schema }]);
    let first = generate(&client, "simulator/tools", options.clone()).await.unwrap();
    let first = serde_json::to_value(first).unwrap();
    assert_eq!(first["finishReason"]["unified"], "tool-calls");
    let call = &first["content"][0];
    assert_eq!(
        (call["type"].as_str(), call["toolName"].as_str()),
        (Some("tool-call"), Some("weather"))
    );

    let input: Value = serde_json::from_str(call["input"].as_str().unwrap()).unwrap();
    let messages = options["prompt"].as_array_mut().unwrap();
    messages.push(json!({ "role": "assistant", "content": [{ "type": "tool-call", "toolCallId": call["toolCallId"], "toolName": "weather", "input": input }] }));
    messages.push(json!({ "role": "tool", "content": [{ "type": "tool-result", "toolCallId": call["toolCallId"], "toolName": "weather", "output": { "type": "text", "value": "sunny, 21 degrees" } }] }));
    let second = generate(&client, "simulator/tools", options).await.unwrap();
    assert!(second.text().contains("sunny, 21 degrees"), "{second:?}");
}

#[tokio::test]
async fn a_file_as_bytes() {
    let gateway = Running::start().await;
    let client = connect(&gateway);
    let file = json!({ "type": "file", "mediaType": "image/png", "data": { "type": "data", "data": "iVBORw0KGgo=" } });
    let options = json!({ "prompt": [{ "role": "user", "content": [file] }] });
    let answer = generate(&client, "simulator/echo", options).await.unwrap();
    assert_eq!(answer.text(), "[file: image/png, 8 bytes]");
}

/// Asks, and checks that the gateway told of it.
async fn answered<C, O>(gateway: &Running, model: &str, options: Value) -> Value
where
    C: Call<Output: serde::Serialize> + From<O>,
    O: DeserializeOwned,
{
    let answer = ask::<C, O>(&connect(gateway), model, options).await.unwrap();
    let answer = serde_json::to_value(&answer).unwrap();
    let told = &answer["providerMetadata"]["gateway"];
    assert!(told["generationId"].as_str().unwrap().starts_with("gen_"), "{answer}");
    assert_eq!(told["routing"]["attempts"][0]["success"], true, "{answer}");
    assert_eq!(answer["response"]["modelId"], model.split_once('/').unwrap().1, "{answer}");
    answer
}

#[tokio::test]
async fn vectors_and_an_order_of_documents() {
    let gateway = Running::start().await;
    let values = json!({ "values": ["rain", "sun"], "providerOptions": { "simulator": { "dimensions": 4 } } });
    let answer = answered::<Embed, EmbedOptions>(&gateway, "simulator/embedding", values).await;
    assert_eq!(answer["embeddings"][1].as_array().unwrap().len(), 4);
    assert!(answer["usage"]["tokens"].is_u64());

    let documents = json!({ "type": "text", "values": ["rain", "sunny day"] });
    let query = json!({ "documents": documents, "query": "sunny", "topN": 1 });
    let answer = answered::<Rerank, RerankOptions>(&gateway, "simulator/reranking", query).await;
    assert_eq!(answer["ranking"].as_array().unwrap().len(), 1);
    assert_eq!(answer["ranking"][0]["index"], 1);
}

#[tokio::test]
async fn pictures_and_sounds() {
    let gateway = Running::start().await;
    let options = json!({ "prompt": "a cat", "n": 2, "size": "8x8" });
    let answer =
        answered::<GenerateImage, GenerateImageOptions>(&gateway, "simulator/image", options).await;
    assert_eq!(answer["images"].as_array().unwrap().len(), 2);
    assert!(answer["images"][0].as_str().unwrap().starts_with("iVBOR"));

    let options = json!({ "text": "good morning" });
    let answer =
        answered::<GenerateSpeech, GenerateSpeechOptions>(&gateway, "simulator/speech", options)
            .await;
    let heard = json!({ "audio": answer["audio"], "mediaType": "audio/wav" });
    let answer =
        answered::<Transcribe, TranscribeOptions>(&gateway, "simulator/transcription", heard).await;
    assert_eq!(answer["text"], "good morning");
}

#[tokio::test]
async fn videos_at_once_and_as_a_job() {
    let gateway = Running::start().await;
    let waves = json!({ "prompt": "waves", "n": 1 });
    let answer =
        answered::<GenerateVideo, GenerateVideoOptions>(&gateway, "simulator/video", waves.clone())
            .await;
    assert_eq!(answer["videos"][0]["type"], "base64");

    let started =
        answered::<StartVideo, GenerateVideoOptions>(&gateway, "simulator/video", waves).await;
    let operation = json!({ "operation": started["operation"] });
    let client = connect(&gateway);
    let status =
        ask::<GetVideoStatus, GetVideoStatusOptions>(&client, "simulator/video", operation)
            .await
            .unwrap();
    let VideoStatus::Completed(done) = status else { panic!("not done: {status:?}") };
    assert!(matches!(done.videos[..], [Video::Base64(_)]));
}

#[tokio::test]
async fn the_list_of_models() {
    let gateway = Running::with(config("[models]\nfast = \"simulator/echo\"\n")).await;
    let models = connect(&gateway).available_models().await.unwrap();
    let find = |id: &str| models.iter().find(|model| model.id == id).unwrap();
    let echo = find("simulator/echo");
    assert_eq!(echo.model_type.as_deref(), Some("language"));
    assert_eq!(
        (echo.specification.provider.as_str(), echo.specification.model_id.as_str()),
        ("simulator", "echo")
    );
    for kind in ["embedding", "image", "speech", "transcription", "reranking", "video"] {
        assert_eq!(find(&format!("simulator/{kind}")).model_type.as_deref(), Some(kind));
    }
    assert_eq!(find("fast").specification.model_id, "echo");
    // What is listed can be called.
    let answer = generate(&connect(&gateway), "fast", say("hi")).await.unwrap();
    assert_eq!(answer.text(), "hi");
}

#[tokio::test]
async fn what_the_gateway_is_asked_to_do() {
    let gateway = Running::with(config(
        "[providers.first]\ntype = \"simulator\"\n[providers.second]\ntype = \"simulator\"\n[models.any]\ntargets = [\"first/echo\", \"second/echo\"]\n",
    ))
    .await;
    let client = connect(&gateway);
    for provider in ["first", "second"] {
        let options = serde_json::to_value(GatewayOptions::new().only([provider])).unwrap();
        let mut call = say("hi");
        call["providerOptions"] = json!({ "gateway": options });
        let answer = generate(&client, "any", call).await.unwrap();
        let routing = told(answer.provider_metadata.as_ref()).routing.unwrap();
        assert_eq!(routing.final_provider.as_deref(), Some(provider));
    }
    // Another model, when the first fails.
    let options = serde_json::to_value(GatewayOptions::new().models(["second/echo"])).unwrap();
    let mut call = say("hi");
    call["providerOptions"] =
        json!({ "gateway": options, "first": { "failure": { "status": 500 } } });
    let answer = generate(&client, "first/echo", call).await.unwrap();
    let routing = told(answer.provider_metadata.as_ref()).routing.unwrap();
    let tried: Vec<_> =
        routing.model_attempts.unwrap().into_iter().map(|m| m.model_id.unwrap()).collect();
    assert_eq!(tried, ["first/echo", "second/echo"]);
    assert_eq!(routing.attempts.unwrap()[0].status_code, Some(500));
}
