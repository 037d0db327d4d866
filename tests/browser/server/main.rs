//! The server of the page in this folder: all that a page of the AI SDK can ask for, from the simulator.
//!
//! What the model answers is said by the page, in the field `script` of its requests (see the simulator's scripts). A mark `⏸`
//! in the text waits until the test says `go`; that a call was given up on is told at `cancelled`.

mod watched;

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use aqueduct::text::TextStreamPart;
use aqueduct::ui::{
    ChatRequest, CompletionRequest, ErrorResponse, ResumableStreams, StreamBody, UiMessageChunk,
    UiMessageEnd, UiMessageOptions, UiMessageStream, create_ui_message_stream, resumed_response,
    ui_sse_response,
};
use aqueduct::{AbortHandle, IdGenerator, Tool, ToolLoopAgent, stream_object, stream_text};
use axum::Router;
use axum::extract::{Json, Path, State};
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use watched::Watched;

#[derive(Clone)]
struct App {
    model: Watched,
    agent: Arc<ToolLoopAgent>,
    streams: ResumableStreams,
    chats: Arc<Mutex<HashMap<String, Value>>>,
}

type Answer = Result<Response<StreamBody>, ErrorResponse>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let model = Watched::new("simulator/echo")?;
    let weather = Tool::new("weather")
        .input::<City>()
        .execute(|city: City, _| async move { json!({ "city": city.city, "sky": "clear" }) });
    let remove = Tool::new("remove")
        .needs_approval(true)
        .execute(|input: Value, _| async move { json!({ "removed": input.get("path") }) });
    let agent = ToolLoopAgent::builder(&Arc::new(model.clone()))
        .tools([weather, remove, Tool::new("theme").input::<Scheme>().into()])
        .tool_approval_secret("keep me secret")
        .max_retries(0)
        .build();
    let (agent, streams, chats) = (Arc::new(agent), ResumableStreams::new(), Arc::default());
    let routes = Router::new()
        .route("/api/chat", post(chat))
        .route("/api/chat/{id}", get(messages))
        .route("/api/chat/{id}/stream", get(resume))
        .route("/api/chat/{id}/stop", post(stop))
        .route("/api/fleeting", post(fleeting))
        .route("/api/completion", post(completion))
        .route("/api/object", post(object))
        .route("/api/test/go", post(|app: State<App>| async move { app.model.go() }))
        .route("/api/test/cancelled/{number}", get(cancelled))
        .with_state(App { model, agent, streams, chats });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    writeln!(std::io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    Ok(axum::serve(listener, routes).await?)
}

async fn cancelled(State(app): State<App>, Path(number): Path<usize>) -> Json<usize> {
    Json(app.model.cancelled(number).await)
}

#[derive(Deserialize, JsonSchema)]
struct City {
    city: String,
}

#[derive(Deserialize, JsonSchema)]
struct Scheme {
    #[expect(dead_code, reason = "the page reads it")]
    dark: bool,
}

/// The answer of the agent to the messages of a chat.
async fn answer(
    app: &App,
    chat: &ChatRequest,
    options: UiMessageOptions,
    abort: &AbortHandle,
) -> Result<UiMessageStream, ErrorResponse> {
    let ids = IdGenerator::default();
    let options = options
        .send_sources(true)
        .generate_message_id(move || ids.generate())
        .message_metadata(|part| match part {
            TextStreamPart::Start => Some(json!({ "model": "echo" })),
            TextStreamPart::Finish(part) => {
                Some(json!({ "tokens": part.total_usage.total_tokens() }))
            }
            _ => None,
        });
    let script = chat.rest.get("script").cloned().unwrap_or_else(|| json!({}));
    let request = app.agent.stream_ui(chat.messages.clone()).options(options);
    let request = request
        .request(|request| request.abort_handle(abort).provider_options("simulator", script));
    Ok(request.await?)
}

/// Answers that outlive their readers; what is over is kept for pages that come back.
async fn chat(State(app): State<App>, Json(chat): Json<ChatRequest>) -> Answer {
    let abort = AbortHandle::new();
    let store = app.clone();
    let id = chat.id.clone();
    let options = UiMessageOptions::new().on_end(move |end: UiMessageEnd| {
        store.keep(&id, json!(end.messages));
        async {}
    });
    let message = answer(&app, &chat, options, &abort).await?;
    app.keep(&chat.id, chat.messages);
    let (events, driver) = app.streams.keep_abortable(chat.id, message.into_sse(), &abort);
    tokio::spawn(driver);
    Ok(ui_sse_response(events))
}

impl App {
    fn keep(&self, chat: &str, messages: Value) {
        let mut chats = self.chats.lock().unwrap_or_else(PoisonError::into_inner);
        chats.insert(chat.to_owned(), messages);
    }
}

async fn messages(State(app): State<App>, Path(id): Path<String>) -> Json<Value> {
    let chats = app.chats.lock().unwrap_or_else(PoisonError::into_inner);
    Json(chats.get(&id).cloned().unwrap_or_else(|| json!([])))
}

async fn resume(State(app): State<App>, Path(id): Path<String>) -> Response<StreamBody> {
    resumed_response(app.streams.resume(&id))
}

async fn stop(State(app): State<App>, Path(id): Path<String>) -> StatusCode {
    if app.streams.stop(&id) { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}

/// Answers that end when their reader leaves, with data of the program's own before them.
async fn fleeting(State(app): State<App>, Json(chat): Json<ChatRequest>) -> Answer {
    let data = chat.rest.get("data").cloned().unwrap_or_else(|| json!([]));
    let data: Vec<UiMessageChunk> = serde_json::from_value(data).unwrap_or_default();
    let message = answer(&app, &chat, UiMessageOptions::new(), &AbortHandle::new()).await?;
    let stream = create_ui_message_stream(UiMessageOptions::new(), |writer| async move {
        for chunk in data {
            writer.write(chunk).await;
        }
        writer.merge(message).await;
        Ok(())
    });
    Ok(stream.into_response())
}

async fn completion(State(app): State<App>, Json(request): Json<CompletionRequest>) -> Answer {
    let answer = stream_text(&Arc::new(app.model)).prompt(request.prompt).await?;
    Ok(answer.into_ui_messages(UiMessageOptions::new()).into_response())
}

#[derive(Deserialize, JsonSchema)]
struct Recipe {
    #[expect(dead_code, reason = "the page reads it")]
    name: String,
    #[expect(dead_code, reason = "the page reads it")]
    steps: Vec<String>,
}

async fn object(State(app): State<App>, Json(topic): Json<String>) -> Answer {
    let recipe = stream_object::<Recipe, _>(&Arc::new(app.model)).prompt(topic).await?;
    Ok(recipe.into_text_response())
}
