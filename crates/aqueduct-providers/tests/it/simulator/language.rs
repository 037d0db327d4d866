//! What the language models answer.

use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, CallOptions, Content, FilePart, FunctionTool, Message,
    ReasoningEffort, ResponseFormat, StreamPart, TextPart, ToolCallPart, ToolChoice, ToolMessage,
    ToolPart, ToolResultOutput, ToolResultPart, UnifiedFinishReason, UserMessage,
};
use aqueduct_spec::{ErrorKind, FileData, ProviderOptions};
use serde_json::{Value, json};

use super::{generate, object, scripted, simulator, stream};

fn weather() -> FunctionTool {
    FunctionTool::new(
        "weather",
        json!({ "type": "object", "properties": { "city": { "type": "string" }, "days": { "type": "integer", "minimum": 3 } }, "required": ["city"] }),
    )
}

fn with_tool(options: CallOptions, choice: Option<ToolChoice>) -> CallOptions {
    let mut options = options;
    options.tools = Some(vec![weather().into()]);
    options.tool_choice = choice;
    options
}

#[tokio::test]
async fn echo_answers_what_was_said_and_says_who_it_is() {
    let provider = simulator(json!({}));
    let result = generate(
        &provider,
        "echo",
        CallOptions::new([
            Message::system("Be brief."),
            Message::user("one"),
            Message::assistant("one"),
            Message::user("Hello, world"),
        ]),
    )
    .await
    .unwrap();
    assert_eq!(result.text(), "Hello, world");
    assert_eq!(result.finish_reason.unified, UnifiedFinishReason::Stop);
    assert_eq!(result.usage.input_tokens.total, Some(6));
    assert_eq!(result.usage.output_tokens.total, Some(2));
    let metadata = result.provider_metadata.unwrap();
    assert_eq!(metadata.get("simulator").unwrap()["simulated"], true);
    assert!(result.warnings.is_empty());
    assert_eq!(result.response.unwrap().model_id.as_deref(), Some("echo"));
}

#[tokio::test]
async fn echo_names_the_files_it_was_sent() {
    let mut options = CallOptions::new([]);
    options.prompt.push(
        UserMessage::new(vec![
            TextPart::new("see").into(),
            FilePart::new(FileData::base64("AAAA"), "image/png").into(),
        ])
        .into(),
    );
    let result = generate(&simulator(json!({})), "echo", options).await.unwrap();
    assert_eq!(result.text(), "see\n[file: image/png, 3 bytes]");
}

#[tokio::test]
async fn unknown_models_are_refused_for_every_kind() {
    let provider = simulator(json!({ "name": "sim-a" }));
    let error = provider.language_model("gpt-4o").err().unwrap();
    assert_eq!(error.kind(), ErrorKind::NoSuchModel);
    let there = "it has: echo, lorem, reasoning, tools, json";
    assert!(error.message().ends_with(there), "{error}");
    assert_eq!(error.provider(), Some("sim-a"));
    assert!(provider.embedding_model("echo").is_err());
    assert!(provider.language_model("embedding").is_err());
}

#[tokio::test]
async fn the_tools_model_calls_and_then_tells_the_result() {
    let provider = simulator(json!({}));
    let first = generate(
        &provider,
        "tools",
        with_tool(CallOptions::new([Message::user("weather?")]), None),
    )
    .await
    .unwrap();
    assert_eq!(first.finish_reason.unified, UnifiedFinishReason::ToolCalls);
    let call = first.tool_calls().next().unwrap().clone();
    let input: Value = serde_json::from_str(&call.input).unwrap();
    assert_eq!(input, json!({ "city": "city", "days": 3 }));

    let mut options = with_tool(CallOptions::new([Message::user("weather?")]), None);
    options.prompt.push(
        AssistantMessage::new(vec![AssistantPart::from(ToolCallPart::new(
            call.tool_call_id.clone(),
            "weather",
            input,
        ))])
        .into(),
    );
    for output in
        [ToolResultOutput::json(json!({ "sky": "blue" })), ToolResultOutput::error("no such city")]
    {
        let part = ToolResultPart::new(call.tool_call_id.clone(), "weather", output);
        options.prompt.push(ToolMessage::new(vec![ToolPart::from(part)]).into());
    }
    let second = generate(&provider, "tools", options.clone()).await.unwrap();
    assert_eq!(
        second.text(),
        "The tool weather answered: {\"sky\":\"blue\"}\nThe tool weather answered: an error: no such city"
    );
    assert_eq!(second.tool_calls().count(), 0);

    options.prompt.push(Message::user("again"));
    let third = generate(&provider, "tools", options).await.unwrap();
    assert_ne!(third.tool_calls().next().unwrap().tool_call_id, call.tool_call_id);
}

#[tokio::test]
async fn every_model_obeys_the_tool_choice() {
    let provider = simulator(json!({}));
    let ask = |choice| with_tool(CallOptions::new([Message::user("hi")]), choice);
    for choice in [ToolChoice::required(), ToolChoice::tool("weather")] {
        let result = generate(&provider, "echo", ask(Some(choice))).await.unwrap();
        assert_eq!(result.tool_calls().next().unwrap().tool_name, "weather");
        assert_eq!(result.text(), "");
    }
    assert_eq!(generate(&provider, "echo", ask(None)).await.unwrap().text(), "hi");
    assert_eq!(
        generate(&provider, "tools", ask(Some(ToolChoice::none()))).await.unwrap().text(),
        "hi"
    );
    let error =
        generate(&provider, "echo", ask(Some(ToolChoice::tool("other")))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn json_fits_the_schema() {
    let provider = simulator(json!({}));
    let mut options = CallOptions::new([Message::user("hi")]);
    assert_eq!(
        generate(&provider, "json", options.clone()).await.unwrap().text(),
        r#"{"answer":"hi"}"#
    );
    options.response_format = Some(ResponseFormat::json_schema(json!({
        "type": "object", "properties": { "mood": { "enum": ["calm", "wild"] } }, "required": ["mood"],
    })));
    for model in ["json", "echo", "lorem"] {
        let result = generate(&provider, model, options.clone()).await.unwrap();
        assert_eq!(result.text(), r#"{"mood":"calm"}"#);
    }
}

#[tokio::test]
async fn reasoning_thinks_first_and_signs_it() {
    let provider = simulator(json!({}));
    let mut options = CallOptions::new([Message::user("two words")]);
    options.reasoning = Some(ReasoningEffort::High);
    let result = generate(&provider, "reasoning", options.clone()).await.unwrap();
    let [Content::Reasoning(thought), Content::Text(text)] = &result.content[..] else {
        panic!("{:?}", result.content)
    };
    assert!(thought.text.contains("2 words"));
    assert!(
        thought
            .provider_metadata
            .as_ref()
            .unwrap()
            .get("simulator")
            .unwrap()
            .contains_key("signature")
    );
    assert_eq!(text.text, "two words");
    assert!(result.warnings.is_empty());
    assert!(result.usage.output_tokens.reasoning > Some(5));

    let echoed = generate(&provider, "echo", options.clone()).await.unwrap();
    assert_eq!(echoed.warnings[0].tag(), "unsupported");
    options.reasoning = Some(ReasoningEffort::None);
    assert_eq!(generate(&provider, "reasoning", options).await.unwrap().content.len(), 1);
}

#[tokio::test]
async fn stops_and_limits_are_kept() {
    let provider = simulator(json!({}));
    let mut options = CallOptions::new([Message::user("hi")]);
    options.max_output_tokens = Some(3);
    let result = generate(&provider, "lorem", options.clone()).await.unwrap();
    assert_eq!(result.text(), "Lorem ipsum dolor");
    assert_eq!(result.finish_reason.unified, UnifiedFinishReason::Length);
    options.stop_sequences = Some(vec!["".into(), " sit".into(), " dolor".into()]);
    let result = generate(&provider, "lorem", options).await.unwrap();
    assert_eq!(result.text(), "Lorem ipsum");
    assert_eq!(result.finish_reason.unified, UnifiedFinishReason::Stop);
}

#[tokio::test]
async fn lorem_has_as_many_words_as_the_documentation_says() {
    let result = generate(&simulator(json!({})), "lorem", CallOptions::new([Message::user("")]))
        .await
        .unwrap();
    assert_eq!(result.usage.output_tokens.total, Some(69));
}

// === scripts ===

#[tokio::test]
async fn a_script_decides_everything() {
    let provider = simulator(json!({}));
    let script = json!({
        "reasoning": "hm", "text": "well", "finishReason": "content-filter",
        "toolCalls": [{ "toolName": "a", "input": { "x": 1 } }, { "toolName": "b", "input": "{broken", "toolCallId": "c-1" }],
        "usage": { "inputTokens": { "total": 7 }, "outputTokens": { "total": 9 } },
        "warnings": [{ "type": "other", "message": "careful" }],
        "metadata": { "tier": "gold" }, "typo": 1,
    });
    let result = generate(&provider, "echo", scripted("hi", script)).await.unwrap();
    assert_eq!(result.content.len(), 4);
    let calls: Vec<_> = result.tool_calls().collect();
    assert_eq!((calls[0].input.as_str(), calls[1].input.as_str()), (r#"{"x":1}"#, "{broken"));
    assert_eq!(calls[1].tool_call_id, "c-1");
    assert_eq!(result.finish_reason.unified, UnifiedFinishReason::ContentFilter);
    assert_eq!(result.usage.total_tokens(), Some(16));
    let warnings = serde_json::to_value(&result.warnings).unwrap();
    assert_eq!(
        warnings,
        json!([
            { "type": "other", "message": "careful" },
            { "type": "unsupported", "feature": "providerOptions.simulator.typo" },
        ])
    );
    assert_eq!(result.provider_metadata.unwrap().get("simulator").unwrap()["tier"], "gold");
}

#[tokio::test]
async fn a_marker_scripts_and_is_not_echoed() {
    let provider = simulator(json!({}));
    let ask = |text: &str| CallOptions::new([Message::user(text)]);
    let said = "Hello [[simulator {\"reasoning\": \"a ]] b\"}]] there";
    let result = generate(&provider, "echo", ask(said)).await.unwrap();
    assert_eq!(result.text(), "Hello  there");
    assert!(matches!(&result.content[0], Content::Reasoning(part) if part.text == "a ]] b"));

    let error = generate(
        &provider,
        "echo",
        ask("[[simulator {\"failure\":{\"status\":429,\"retryAfterMs\":1500}}]]"),
    )
    .await
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(std::time::Duration::from_millis(1500)));
    assert_eq!(error.response_headers().unwrap()["retry-after"], "2");
    assert_eq!((error.provider(), error.model()), (Some("simulator"), Some("echo")));

    for wrong in [
        "[[simulator {]]",
        "[[simulator {\"text\":1}]]",
        "[[simulator {}",
        "[[simulator {\"failure\":3}]]",
    ] {
        let error = generate(&provider, "echo", ask(wrong)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{wrong}");
    }
    let text = "about [[simulator]] and [[simulators {}]]";
    assert_eq!(generate(&provider, "echo", ask(text)).await.unwrap().text(), text);
}

#[tokio::test]
async fn one_of_several_simulators_can_be_meant() {
    let (a, b) = (simulator(json!({ "name": "sim-a" })), simulator(json!({ "name": "sim-b" })));
    let mut options = CallOptions::new([Message::user("hi [[simulator:sim-a {\"failure\":{}}]]")]);
    let error = generate(&a, "echo", options.clone()).await.unwrap_err();
    assert_eq!((error.provider(), error.status().unwrap().as_u16()), (Some("sim-a"), 500));
    assert_eq!(generate(&b, "echo", options.clone()).await.unwrap().text(), "hi");
    options.provider_options = Some(ProviderOptions::of("sim-b", object(json!({ "text": "own" }))));
    assert_eq!(generate(&b, "echo", options).await.unwrap().text(), "own");
}

#[tokio::test]
async fn steps_follow_the_tool_loop() {
    let provider = simulator(json!({}));
    let call = |tool: &str| json!({ "toolCalls": [{ "toolName": tool }] });
    let script = json!({ "text": "", "steps": [call("a"), call("b"), { "text": "done" }] });
    let mut options = scripted("go", script);
    let mut seen = Vec::new();
    for _ in 0..4 {
        let result = generate(&provider, "echo", options.clone()).await.unwrap();
        let Some(call) = result.tool_calls().next() else {
            seen.push(result.text());
            continue;
        };
        seen.push(call.tool_name.clone());
        let id = call.tool_call_id.clone();
        let name = call.tool_name.clone();
        options.prompt.push(
            AssistantMessage::new(vec![AssistantPart::from(ToolCallPart::new(
                id.clone(),
                name.clone(),
                json!({}),
            ))])
            .into(),
        );
        options.prompt.push(
            ToolMessage::new(vec![ToolPart::from(ToolResultPart::new(
                id,
                name,
                ToolResultOutput::text("ok"),
            ))])
            .into(),
        );
    }
    assert_eq!(seen, ["a", "b", "done", "done"]);
}

#[tokio::test]
async fn scripted_calls_are_not_repeated_after_their_results() {
    let provider = simulator(json!({}));
    let mut options = scripted("go", json!({ "toolCalls": [{ "toolName": "a" }] }));
    options.prompt.push(
        AssistantMessage::new(vec![AssistantPart::from(ToolCallPart::new("1", "a", json!({})))])
            .into(),
    );
    options.prompt.push(
        ToolMessage::new(vec![ToolPart::from(ToolResultPart::new(
            "1",
            "a",
            ToolResultOutput::text("42"),
        ))])
        .into(),
    );
    assert_eq!(
        generate(&provider, "echo", options).await.unwrap().text(),
        "The tool a answered: 42"
    );
}

#[tokio::test]
async fn raw_parts_are_played_as_they_are() {
    let provider = simulator(json!({}));
    let script = json!({ "parts": [
        { "type": "text-start", "id": "t" },
        { "type": "text-delta", "id": "t", "delta": "a" },
        { "type": "news", "of": "tomorrow" },
        { "type": "source", "sourceType": "url", "id": "s", "url": "https://example.com" },
        { "type": "text-delta", "id": "t", "delta": "b" },
        { "type": "text-end", "id": "t" },
    ]});
    let parts = stream(&provider, "echo", scripted("hi", script.clone())).await.unwrap();
    let tags: Vec<_> = parts.iter().map(|part| part.as_ref().unwrap().tag().to_owned()).collect();
    assert_eq!(
        tags,
        [
            "stream-start",
            "response-metadata",
            "text-start",
            "text-delta",
            "news",
            "source",
            "text-delta",
            "text-end",
            "finish"
        ]
    );
    let result = generate(&provider, "echo", scripted("hi", script)).await.unwrap();
    assert_eq!(result.text(), "ab");
    assert_eq!(result.content.len(), 3);
}

#[tokio::test]
async fn chunks_are_as_long_as_asked_and_raw_ones_come_when_asked() {
    let provider = simulator(json!({ "chunkSize": 2 }));
    let deltas = |parts: Vec<aqueduct_spec::Result<StreamPart>>| -> Vec<String> {
        parts
            .into_iter()
            .filter_map(|part| match part.unwrap() {
                StreamPart::TextDelta(part) => Some(part.delta),
                StreamPart::Raw(part) => {
                    Some(format!("raw {}", part.raw_value["delta"].as_str().unwrap()))
                }
                _ => None,
            })
            .collect()
    };
    let parts =
        stream(&provider, "echo", CallOptions::new([Message::user("grüße")])).await.unwrap();
    assert_eq!(deltas(parts), ["gr", "üß", "e"]);
    let mut options = scripted("grüße", json!({ "chunkSize": 4 }));
    options.include_raw_chunks = Some(true);
    assert_eq!(
        deltas(stream(&provider, "echo", options).await.unwrap()),
        ["raw grüß", "grüß", "raw e", "e"]
    );
    let parts =
        stream(&simulator(json!({})), "echo", CallOptions::new([Message::user("a  b\n c ")]))
            .await
            .unwrap();
    assert_eq!(deltas(parts), ["a  ", "b\n ", "c "]);
}
