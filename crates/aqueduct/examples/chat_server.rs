//! An agent with approvals behind a page with `useChat`, whose answers outlive a reload, with a way to stop them:
//! `cargo run --features axum --example chat_server -- [MODEL] [ADDRESS]`.

use std::io::Write as _;

use aqueduct::ui::{
    ChatRequest, ErrorResponse, ResumableStreams, StreamBody, UiMessageOptions, resumed_response,
    ui_sse_response,
};
use aqueduct::{AbortHandle, IdGenerator, Tool, ToolLoopAgent};
use axum::extract::{Json, Path, State};
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use serde_json::Value;

/// What is shared by all requests: the agent, and its answers that are under way.
type App = State<(ToolLoopAgent, ResumableStreams)>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let model = arguments.next().unwrap_or_else(|| "simulator/tools".to_owned());
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:3000".to_owned());

    let remove = Tool::new("remove").description("Removes a file").needs_approval(true);
    let remove = remove.execute(|_: Value, _| async { "removed" });
    // Calls and leave to run them come back from the page. Signed, they are believed if they are what was asked.
    let agent = ToolLoopAgent::builder(&model).tool(remove).tool_approval_secret("keep me secret");
    let routes = axum::Router::new()
        .route("/api/chat", post(chat))
        .route("/api/chat/{id}/stream", get(resume))
        .route("/api/chat/{id}/stop", post(stop))
        .with_state((agent.build(), ResumableStreams::new()));
    let listener = tokio::net::TcpListener::bind(address).await?;
    writeln!(std::io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    Ok(axum::serve(listener, routes).await?)
}

type Answer = Result<Response<StreamBody>, ErrorResponse>;

async fn chat(State((agent, streams)): App, Json(chat): Json<ChatRequest>) -> Answer {
    let (abort, ids) = (AbortHandle::new(), IdGenerator::default());
    let options = UiMessageOptions::new().generate_message_id(move || ids.generate());
    let request = agent.stream_ui(chat.messages).options(options);
    let message = request.request(|request| request.abort_handle(&abort)).await?;
    let (events, driver) = streams.keep_abortable(chat.id, message.into_sse(), &abort);
    tokio::spawn(driver);
    Ok(ui_sse_response(events))
}

async fn resume(State((_, streams)): App, Path(id): Path<String>) -> Response<StreamBody> {
    resumed_response(streams.resume(&id))
}

/// `stop` of `useChat` only leaves, like a reload. Whoever means it asks here, too.
async fn stop(State((_, streams)): App, Path(id): Path<String>) -> StatusCode {
    if streams.stop(&id) { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}
