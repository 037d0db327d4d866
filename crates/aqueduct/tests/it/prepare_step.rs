//! Preparing steps: what a step may change, and what of it stays.

use std::sync::{Arc, Mutex};

use aqueduct::spec::language::{Tool as SpecTool, ToolChoice};
use aqueduct::text::{StepChanges, StepPlan};
use aqueduct::{Error, Message, Tool, ToolContext, generate_text, step_count_is};
use aqueduct_testkit::{MockLanguageModel, RecordedCall, Turn};
use serde_json::{Value, json};

fn echo() -> Tool {
    Tool::new("echo").execute(|input: Value, _| async move { input })
}

fn call(id: &str) -> Turn {
    Turn::tool_call(id, "echo", &json!({ "n": id }))
}

/// Two steps with a tool call each, then a text.
fn model() -> Arc<MockLanguageModel> {
    Arc::new(MockLanguageModel::answers([call("a"), call("b"), Turn::text("done")]))
}

fn systems(call: &RecordedCall) -> Vec<Message> {
    let is_system = |message: &&Message| matches!(message, Message::System(_));
    call.options.prompt.iter().filter(is_system).cloned().collect()
}

fn tools(call: &RecordedCall) -> Vec<String> {
    call.options.tools.iter().flatten().map(SpecTool::name).map(str::to_owned).collect()
}

#[tokio::test]
async fn sees_all_there_is_to_know() {
    let plans: Arc<Mutex<Vec<StepPlan>>> = Arc::default();
    let log = Arc::clone(&plans);
    generate_text(model())
        .instructions("be kind")
        .prompt("go")
        .tool(echo())
        .stop_when(step_count_is(3))
        .runtime_context(7_u8)
        .prepare_step(move |plan| {
            log.lock().unwrap().push(plan);
            async { StepChanges::new() }
        })
        .await
        .unwrap();
    let plans = plans.lock().unwrap();
    let numbers: Vec<_> = plans.iter().map(|plan| plan.step_number).collect();
    assert_eq!(numbers, [0, 1, 2]);
    let last = &plans[2];
    assert_eq!((last.provider.as_str(), last.model_id.as_str()), ("mock", "mock"));
    assert_eq!(last.steps.len(), 2);
    assert_eq!(last.instructions, "be kind".into());
    assert_eq!(last.initial_instructions, "be kind".into());
    assert_eq!(*last.initial_messages, [Message::user("go")]);
    assert_eq!(last.messages.len(), 5, "two calls and two results behind the prompt");
    assert_eq!(last.messages[1..], last.response_messages);
    assert_eq!(*last.contexts.runtime::<u8>().unwrap(), 7);
}

#[tokio::test]
async fn changes_of_instructions_persist() {
    let model = model();
    generate_text(&model)
        .instructions("first")
        .prompt("go")
        .tool(echo())
        .stop_when(step_count_is(3))
        .prepare_step(|plan| async move {
            (plan.step_number == 1).then(|| StepChanges::new().instructions("second"))
        })
        .await
        .unwrap();
    let seen: Vec<_> = model.calls().iter().map(systems).collect();
    let system = |text: &str| vec![Message::system(text)];
    assert_eq!(seen, [system("first"), system("second"), system("second")]);
}

#[tokio::test]
async fn changes_of_messages_persist_and_later_steps_come_behind_them() {
    let model = model();
    let answer = generate_text(&model)
        .prompt("go")
        .tool(echo())
        .stop_when(step_count_is(3))
        .prepare_step(|plan| async move {
            match plan.step_number {
                1 => StepChanges::new().messages([Message::user("in short")]),
                _ => StepChanges::new(),
            }
        })
        .await
        .unwrap();
    let calls = model.calls();
    assert_eq!(calls[1].options.prompt, [Message::user("in short")]);
    let third = &calls[2].options.prompt;
    assert_eq!(third[0], Message::user("in short"));
    assert_eq!(third.len(), 3, "the second step's call and result");
    assert_eq!(answer.response_messages().len(), 5, "the record is whole");
}

#[tokio::test]
async fn call_settings_are_for_one_step() {
    let model = model();
    generate_text(&model)
        .prompt("go")
        .tool(echo())
        .temperature(0.7)
        .seed(1)
        .header("x-a", "1")
        .provider_options("mock", json!({ "deep": { "a": 1 }, "kept": true }))
        .stop_when(step_count_is(3))
        .prepare_step(|plan| async move {
            (plan.step_number == 1).then(|| {
                StepChanges::new()
                    .temperature(0.0)
                    .max_output_tokens(9)
                    .tool_choice(ToolChoice::required())
                    .header("x-b", "2")
                    .provider_options("mock", json!({ "deep": { "b": 2 } }))
            })
        })
        .await
        .unwrap();
    let calls: Vec<_> = model.calls().into_iter().map(|call| call.options).collect();
    let temperatures: Vec<_> = calls.iter().map(|options| options.temperature).collect();
    assert_eq!(temperatures, [Some(0.7), Some(0.0), Some(0.7)], "zero is a value");
    assert_eq!((calls[1].max_output_tokens, calls[2].max_output_tokens), (Some(9), None));
    assert_eq!(calls[1].seed, Some(1));
    assert_eq!(calls[1].tool_choice, Some(ToolChoice::required()));
    assert_eq!(calls[2].tool_choice, Some(ToolChoice::auto()));
    let headers = calls[1].headers.as_ref().unwrap();
    assert_eq!((headers.len(), calls[2].headers.as_ref().unwrap().len()), (2, 1));
    let options = calls[1].provider_options.as_ref().unwrap().get("mock").unwrap();
    assert_eq!(Value::from(options.clone()), json!({ "deep": { "a": 1, "b": 2 }, "kept": true }));
    let options = calls[2].provider_options.as_ref().unwrap().get("mock").unwrap();
    assert_eq!(options["deep"], json!({ "a": 1 }));
}

#[tokio::test]
async fn another_model_is_for_one_step() {
    let (first, second) = (model(), Arc::new(MockLanguageModel::answers([call("x")])));
    let other = Arc::clone(&second);
    let answer = generate_text(&first)
        .prompt("go")
        .tool(echo())
        .stop_when(step_count_is(3))
        .prepare_step(move |plan| {
            let other = Arc::clone(&other);
            async move { (plan.step_number == 1).then(|| StepChanges::new().model(&other)) }
        })
        .await
        .unwrap();
    assert_eq!((first.calls().len(), second.calls().len()), (2, 1));
    assert_eq!(answer.steps().len(), 3);
}

#[tokio::test]
async fn tools_are_chosen_and_ordered_for_one_step() {
    let model = model();
    let tool = |name: &str| Tool::new(name).execute(|_, _| async { 1 });
    generate_text(&model)
        .prompt("go")
        .tools([tool("zebra"), echo(), tool("bee")])
        .tool_order(["echo"])
        .stop_when(step_count_is(3))
        .prepare_step(|plan| async move {
            match plan.step_number {
                1 => StepChanges::new().active_tools(["zebra", "echo"]),
                2 => StepChanges::new().tool_order(["zebra", "nobody"]),
                _ => StepChanges::new(),
            }
        })
        .await
        .unwrap();
    let seen: Vec<_> = model.calls().iter().map(tools).collect();
    assert_eq!(
        seen,
        [vec!["echo", "bee", "zebra"], vec!["echo", "zebra"], vec!["zebra", "bee", "echo"]]
    );
}

#[tokio::test]
async fn contexts_persist() {
    let seen: Arc<Mutex<Vec<(u8, u8)>>> = Arc::default();
    let log = Arc::clone(&seen);
    let tool = Tool::new("echo").execute(move |_, cx: ToolContext| {
        let pair = (*cx.runtime().unwrap(), *cx.context().unwrap());
        log.lock().unwrap().push(pair);
        async { 1 }
    });
    let turns = [call("a"), call("b"), call("c"), Turn::text("done")];
    let answer = generate_text(MockLanguageModel::answers(turns))
        .prompt("go")
        .tool(tool)
        .runtime_context(1_u8)
        .tool_context("echo", 10_u8)
        .stop_when(step_count_is(4))
        .prepare_step(|plan| async move {
            (plan.step_number == 1)
                .then(|| StepChanges::new().runtime_context(2_u8).tool_context("echo", 20_u8))
        })
        .await
        .unwrap();
    assert_eq!(*seen.lock().unwrap(), [(1, 10), (2, 20), (2, 20)]);
    assert_eq!(*answer.steps()[0].contexts.runtime::<u8>().unwrap(), 1);
    assert_eq!(*answer.last_step().contexts.tool::<u8>("echo").unwrap(), 20);
}

#[tokio::test]
async fn a_failure_ends_the_request() {
    let model = model();
    let request = generate_text(&model).prompt("go").prepare_step(|_| async {
        Err::<StepChanges, _>(Error::internal("the memory cannot be read"))
    });
    assert_eq!(request.await.unwrap_err().message(), "the memory cannot be read");
    let request = generate_text(&model)
        .prompt("go")
        .prepare_step(|_| async { StepChanges::new().active_tools(["nobody"]) });
    assert!(request.await.unwrap_err().message().contains("'nobody'"));
    let request = generate_text(&model)
        .prompt("go")
        .prepare_step(|_| async { StepChanges::new().provider_options("mock", 1) });
    assert!(request.await.unwrap_err().message().contains("must be an object"));
    assert!(model.calls().is_empty());
}
