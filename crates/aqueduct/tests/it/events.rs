//! Callbacks, what they are told, and the figures of a step.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::spec::language::{
    Finish, InputTokens, OutputTokens, StreamPart, TextDelta, TextEnd, TextStart,
    UnifiedFinishReason, Usage,
};
use aqueduct::spec::{Context, Timestamp};
use aqueduct::text::{ModelCallEndEvent, StartEvent, StepStartEvent, ToolEndEvent};
use aqueduct::tool::ToolOutcome;
use aqueduct::{Message, Tool, generate_text, step_count_is, stream_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use serde_json::json;

type Log<T> = Arc<Mutex<Vec<T>>>;

/// A callback that notes what it is told.
fn note<T: Send + 'static>(log: &Log<T>) -> impl Fn(T) -> std::future::Ready<()> + use<T> {
    let log = Arc::clone(log);
    move |event| {
        log.lock().unwrap().push(event);
        std::future::ready(())
    }
}

#[tokio::test]
async fn all_events_of_a_request_share_its_id() {
    let (starts, steps, calls, tools): (
        Log<StartEvent>,
        Log<StepStartEvent>,
        Log<ModelCallEndEvent>,
        Log<ToolEndEvent>,
    ) = Default::default();
    let order: Log<&str> = Log::default();
    let mark = |name: &'static str| {
        let note = note(&order);
        move || note(name)
    };
    let (start, model_start, end) = (mark("start"), mark("model start"), mark("end"));
    let (tool_start, step_end, model_end) =
        (mark("tool start"), mark("step end"), mark("model end"));
    let model =
        MockLanguageModel::answers([Turn::tool_call("a", "one", &json!({})), Turn::text("done")]);
    let answer = generate_text(model)
        .instructions("be kind")
        .prompt("go")
        .temperature(0.5)
        .max_retries(4)
        .tool(Tool::new("one").execute(|_, _| async { 1 }))
        .stop_when(step_count_is(2))
        .on_start(note(&starts))
        .on_start(move |_| start())
        .on_step_start(note(&steps))
        .on_model_call_start(move |_| model_start())
        .on_model_call_end(note(&calls))
        .on_model_call_end(move |_| model_end())
        .on_tool_start(move |_| tool_start())
        .on_tool_end(note(&tools))
        .on_step_end(move |_| step_end())
        .on_end(move |_| end())
        .await
        .unwrap();
    let step = ["model start", "model end"];
    let expected: Vec<_> = ["start"]
        .into_iter()
        .chain(step)
        .chain(["tool start", "step end"])
        .chain(step)
        .chain(["step end", "end"])
        .collect();
    assert_eq!(*order.lock().unwrap(), expected);
    let (starts, steps) = (starts.lock().unwrap(), steps.lock().unwrap());
    let start = &starts[0];
    assert_eq!(start.instructions, "be kind".into());
    assert_eq!(*start.messages, [Message::user("go")]);
    assert_eq!((start.settings.temperature, start.max_retries), (Some(0.5), 4));
    assert_eq!((start.tools.as_slice(), start.is_stream), (["one".to_owned()].as_slice(), false));
    let second = &steps[1];
    assert_eq!((second.step_number, second.steps.len(), second.messages.len()), (1, 1, 3));
    assert_eq!(second.options.prompt.len(), 4, "with the instructions");
    let (calls, tools) = (calls.lock().unwrap(), tools.lock().unwrap());
    assert_eq!(calls[0].finish_reason.unified, UnifiedFinishReason::ToolCalls);
    assert_eq!((calls[0].content.len(), calls[0].usage.total_tokens()), (1, Some(8)));
    assert!(matches!(&tools[0].outcome, ToolOutcome::Result(result) if result.output == 1));
    let ids = [&start.call_id, &second.call_id, &calls[1].call_id, &tools[0].call_id];
    assert!(ids.into_iter().all(|id| *id == answer.last_step().call_id && !id.is_empty()));
}

fn timed() -> Turn {
    let ms = Duration::from_millis;
    let usage = {
        let (mut input, mut output) = (InputTokens::default(), OutputTokens::default());
        (input.total, output.total) = (Some(100), Some(40));
        Usage::new(input, output, None)
    };
    let part = |after, part: StreamPart| (ms(after), part);
    Turn::paced([
        part(0, TextStart::new("0").into()),
        part(1000, TextDelta::new("0", "a").into()),
        part(100, TextDelta::new("0", "b").into()),
        part(300, TextDelta::new("0", "").into()),
        part(100, TextDelta::new("0", "c").into()),
        part(0, TextEnd::new("0").into()),
        part(500, Finish::new(UnifiedFinishReason::Stop, usage).into()),
    ])
}

#[tokio::test(start_paused = true)]
async fn streams_have_their_figures() {
    let stream = stream_text(MockLanguageModel::answers([timed()])).prompt("go").await.unwrap();
    let answer = stream.collect().await.unwrap();
    let figures = &answer.last_step().performance;
    assert_eq!(figures.response_time, Duration::from_secs(2));
    assert_eq!(figures.step_time, Duration::from_secs(2));
    assert_eq!(figures.time_to_first_output, Some(Duration::from_secs(1)));
    let gaps = figures.time_between_output_chunks.unwrap();
    assert_eq!((gaps.min.as_millis(), gaps.max.as_millis()), (100, 400), "nothing is no output");
    assert_eq!(gaps.avg.as_millis(), 250);
    assert_eq!(figures.effective_output_tokens_per_second, 20.0);
    assert_eq!(figures.output_tokens_per_second, Some(40.0));
    assert_eq!(figures.input_tokens_per_second, Some(100.0));
    assert_eq!(figures.effective_total_tokens_per_second, 70.0);
}

#[tokio::test(start_paused = true)]
async fn whole_answers_have_figures_too() {
    let answer = generate_text(MockLanguageModel::answers([timed()])).prompt("go").await.unwrap();
    let figures = &answer.last_step().performance;
    assert_eq!(figures.response_time, Duration::from_secs(2));
    assert_eq!(figures.effective_output_tokens_per_second, 20.0);
    assert_eq!((figures.time_to_first_output, figures.output_tokens_per_second), (None, None));
    assert_eq!(figures.time_between_output_chunks, None);
}

#[tokio::test]
async fn a_response_has_an_id_and_a_date_in_any_case() {
    let context = Context::default()
        .with_ids(|| "made-here".to_owned())
        .with_clock(|| Timestamp::from_second(7).unwrap());
    let answer =
        generate_text(MockLanguageModel::text("hi")).prompt("go").context(context).await.unwrap();
    let response = answer.response();
    assert_eq!(response.id.as_deref(), Some("made-here"));
    assert_eq!(response.timestamp, Timestamp::from_second(7));
    assert_eq!(response.model_id.as_deref(), Some("mock"));
}
