//! Language models.

use aqueduct_spec::language::{
    CallOptions, Content, FunctionTool, GenerateResult, Message, StreamPart, UnifiedFinishReason,
};
use aqueduct_spec::{Context, Error, Generate, LanguageModel, Model, Result, Stream};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::subject::Subject;
use super::{grammar, within};
use crate::fold;

/// A situation that a model is put into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Scenario {
    /// It answers text.
    Text,
    /// It thinks and then answers text.
    Reasoning,
    /// It calls the tool `weather`.
    ToolCall,
    /// It answers text, and between the events are some that nobody has heard of.
    UnknownEvents,
    /// It refuses the call before it answers.
    Error,
    /// The connection breaks in the middle of the answer.
    BrokenStream,
    /// It answers some text and then goes on for ever.
    Endless,
}

impl Scenario {
    /// All scenarios.
    pub const ALL: [Self; 7] = [
        Self::Text,
        Self::Reasoning,
        Self::ToolCall,
        Self::UnknownEvents,
        Self::Error,
        Self::BrokenStream,
        Self::Endless,
    ];
}

/// Checks a language model in every scenario that `subject` can put it into; it is asked anew for each call, and `None` leaves
/// a scenario out.
///
/// # Panics
/// If a check fails, with a sentence that says which, or if there is not even a model for [`Scenario::Text`].
pub async fn language(mut subject: impl FnMut(Scenario) -> Option<Subject>) {
    assert!(subject(Scenario::Text).is_some(), "every language model can answer text");
    for scenario in Scenario::ALL {
        let mut again = || subject(scenario);
        let Some(first) = again() else { continue };
        match scenario {
            Scenario::Error => {
                refused(&first, Way::Whole).await;
                refused(&again().expect("a subject, as before"), Way::Streamed).await;
            }
            Scenario::BrokenStream => broken(&first).await,
            Scenario::Endless => endless(first).await,
            _ => {
                let whole = whole(scenario, &first).await;
                drop(first);
                let second = again().expect("a subject, as before");
                let streamed = streamed(scenario, &second).await;
                compare(scenario, &whole, &streamed);
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Way {
    Whole,
    Streamed,
}

fn options(scenario: Scenario) -> CallOptions {
    let mut options = CallOptions::new([Message::user("Hello, what is the weather in Rome?")]);
    if scenario == Scenario::ToolCall {
        let schema = json!({
            "type": "object", "properties": { "city": { "type": "string" } }, "required": ["city"],
        });
        options.tools = Some(vec![FunctionTool::new("weather", schema).into()]);
    }
    options
}

async fn generate(model: &dyn LanguageModel, options: CallOptions) -> Result<GenerateResult> {
    Model::<Generate>::call(model, options.into(), &Context::default()).await
}

/// Reads a stream to its end; the error of the call itself counts as the first item.
async fn stream(model: &dyn LanguageModel, options: CallOptions) -> Vec<Result<StreamPart>> {
    match Model::<Stream>::call(model, options.into(), &Context::default()).await {
        Ok(result) => result.stream.collect().await,
        Err(error) => vec![Err(error)],
    }
}

async fn whole(scenario: Scenario, subject: &Subject) -> GenerateResult {
    let what = format!("{scenario:?}, whole");
    let result = match within(&what, generate(&*subject.model, options(scenario))).await {
        Ok(result) => result,
        Err(error) => panic!("{what}: {error:?}"),
    };
    content(&what, scenario, &result);
    round_trip(&what, &result);
    result
}

async fn streamed(scenario: Scenario, subject: &Subject) -> GenerateResult {
    let what = format!("{scenario:?}, streamed");
    let mut parts = Vec::new();
    for part in within(&what, stream(&*subject.model, options(scenario))).await {
        match part {
            Ok(part) => parts.push(part),
            Err(error) => panic!("{what}: {error:?} after {} parts", parts.len()),
        }
    }
    let inputs = grammar::check(&parts);
    let result = match fold(parts.into_iter().map(Ok)) {
        Ok(result) => result,
        Err(error) => panic!("{what}: an error part: {error:?}"),
    };
    for call in result.tool_calls() {
        if let Some(input) = inputs.get(&call.tool_call_id) {
            assert_eq!(*input, call.input, "{what}: the deltas of a tool's input are its input");
        } else {
            assert!(inputs.is_empty(), "{what}: no tool-input block has the id of the tool call");
        }
    }
    content(&what, scenario, &result);
    result
}

fn content(what: &str, scenario: Scenario, result: &GenerateResult) {
    let finish = result.finish_reason.unified;
    if scenario == Scenario::ToolCall {
        let mut ids: Vec<_> = result.tool_calls().map(|call| call.tool_call_id.as_str()).collect();
        assert!(!ids.is_empty(), "{what}: no tool call");
        assert!(ids.iter().all(|id| !id.is_empty()), "{what}: a tool call without an id");
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{what}: tool calls share an id");
        for call in result.tool_calls() {
            let input = serde_json::from_str::<Value>(&call.input);
            assert!(
                input.is_ok_and(|input| input.is_object()),
                "{what}: an input that is no object"
            );
        }
        assert_eq!(finish, UnifiedFinishReason::ToolCalls, "{what}: finish reason");
    } else {
        assert!(!result.text().is_empty(), "{what}: no text");
        assert_eq!(finish, UnifiedFinishReason::Stop, "{what}: finish reason");
    }
    if scenario == Scenario::Reasoning {
        let thinks =
            |part: &Content| matches!(part, Content::Reasoning(part) if !part.text.is_empty());
        assert!(result.content.iter().any(thinks), "{what}: no reasoning");
    }
    assert!(result.usage.input_tokens.total.is_some(), "{what}: no count of input tokens");
    assert!(result.usage.output_tokens.total.is_some(), "{what}: no count of output tokens");
}

/// What is written as JSON is read back as it was, and optional fields are absent, not `null`.
fn round_trip(what: &str, result: &GenerateResult) {
    let value = serde_json::to_value(result).expect("an answer can be written as JSON");
    let back: GenerateResult = match serde_json::from_value(value.clone()) {
        Ok(back) => back,
        Err(error) => panic!("{what}: cannot be read back: {error}"),
    };
    assert_eq!(
        serde_json::to_value(&back).ok(),
        Some(value.clone()),
        "{what}: changed on its way through JSON"
    );
    for field in value.as_object().into_iter().flatten() {
        assert!(!field.1.is_null(), "{what}: '{}' is null", field.0);
    }
}

fn compare(scenario: Scenario, whole: &GenerateResult, streamed: &GenerateResult) {
    let what = format!("{scenario:?}, whole and streamed");
    let texts = |result: &GenerateResult| -> Vec<(&'static str, String)> {
        let parts = result.content.iter().filter_map(|part| match part {
            Content::Text(part) => Some(("text", part.text.clone())),
            Content::Reasoning(part) => Some(("reasoning", part.text.clone())),
            Content::ToolCall(call) => {
                let input: Value = serde_json::from_str(&call.input).unwrap_or_default();
                Some(("tool-call", format!("{} {} {input}", call.tool_call_id, call.tool_name)))
            }
            _ => None,
        });
        let mut parts: Vec<_> = parts.collect();
        // Vendors whose whole answer is an object of fields have no order between text and thought to keep.
        parts.sort_by_key(|(kind, _)| *kind);
        parts
    };
    assert_eq!(texts(whole), texts(streamed), "{what}: content");
    assert_eq!(
        whole.finish_reason.unified, streamed.finish_reason.unified,
        "{what}: finish reason"
    );
    assert_eq!(whole.usage.input_tokens, streamed.usage.input_tokens, "{what}: input tokens");
    assert_eq!(whole.usage.output_tokens, streamed.usage.output_tokens, "{what}: output tokens");
    let model = |result: &GenerateResult| {
        result.response.as_ref().and_then(|response| response.model_id.clone())
    };
    assert_eq!(model(whole), model(streamed), "{what}: the model that answered");
}

async fn refused(subject: &Subject, way: Way) {
    let what = format!("Error, {way:?}");
    let options = options(Scenario::Error);
    let error: Error = match way {
        Way::Whole => match within(&what, generate(&*subject.model, options)).await {
            Ok(_) => panic!("{what}: an answer in place of an error"),
            Err(error) => error,
        },
        Way::Streamed => {
            let cx = Context::default();
            let call = Model::<Stream>::call(&*subject.model, options.into(), &cx);
            match within(&what, call).await {
                Ok(_) => panic!("{what}: a refused call must fail before there is a stream"),
                Err(error) => error,
            }
        }
    };
    assert!(!error.message().is_empty(), "{what}: no message");
    let Some(expected) = &subject.error else { return };
    let status = error.status().map(|status| status.as_u16());
    assert_eq!(status, Some(expected.status), "{what}: status");
    assert_eq!(error.response_body(), Some(&expected.body[..]), "{what}: the body of the error");
    assert!(error.message().contains(&expected.message), "{what}: message: {}", error.message());
    assert!(error.response_headers().is_some(), "{what}: the headers of the error");
}

async fn broken(subject: &Subject) {
    let what = "BrokenStream";
    let parts = within(what, stream(&*subject.model, options(Scenario::BrokenStream))).await;
    let is_broken = |part: &Result<StreamPart>| matches!(part, Err(_) | Ok(StreamPart::Error(_)));
    assert!(
        parts.iter().any(is_broken),
        "{what}: the stream ended as if it were complete: {:?}",
        parts.last()
    );
    let content = parts.iter().filter_map(|part| part.as_ref().ok()).any(StreamPart::is_content);
    assert!(content, "{what}: what came before the break is lost");
}

async fn endless(subject: Subject) {
    let what = "Endless";
    let cx = Context::default();
    let call = Model::<Stream>::call(&*subject.model, options(Scenario::Endless).into(), &cx);
    let mut parts = match within(what, call).await {
        Ok(result) => result.stream,
        Err(error) => panic!("{what}: {error:?}"),
    };
    loop {
        match within(what, parts.next()).await {
            Some(Ok(part)) if part.is_content() => break,
            Some(Ok(_)) => {}
            Some(Err(error)) => panic!("{what}: {error:?}"),
            None => panic!("{what}: the stream ended"),
        }
    }
    drop(parts);
    if let Some(cancelled) = subject.cancelled {
        within("Endless, after the stream was dropped", cancelled).await;
    }
}
