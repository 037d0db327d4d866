//! Every path of the gateway, and the loop that takes connections.

use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use futures_util::FutureExt as _;
use http::{Method, Request, StatusCode};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Duration, sleep, timeout};

use crate::error::{Class, Failure};
use crate::gateway::Shared;
use crate::ingress::{ai_gateway, openai, operations};
use crate::pipeline::Exchange;

/// The paths. All surfaces share one port.
pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .nest("/v4/ai", ai_gateway::routes())
        .nest("/v1", openai::routes())
        .route("/healthz", get(operations::health))
        .route("/readyz", get(operations::ready))
        .route("/metrics", get(operations::metrics))
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .with_state(shared)
}

async fn unknown_path(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let path = request.uri().path();
    let failure = Failure::new(
        Class::NotFound,
        StatusCode::NOT_FOUND,
        format!("there is nothing at {} {path}", request.method()),
    )
    .with_code("unknown_url");
    refuse(&shared, &request, &failure)
}

async fn wrong_method(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let allow = if request.method() == Method::POST { "GET, HEAD" } else { "POST" };
    let mut failure = Failure::new(
        Class::InvalidRequest,
        StatusCode::METHOD_NOT_ALLOWED,
        format!("{} takes {allow}, not {}", request.uri().path(), request.method()),
    )
    .with_code("method_not_allowed");
    failure.allow = Some(allow);
    refuse(&shared, &request, &failure)
}

/// Refuses in the words of the surface that the path belongs to.
fn refuse(shared: &Shared, request: &Request<Body>, failure: &Failure) -> Response {
    let exchange = Exchange::start();
    if request.uri().path().starts_with("/v4/") {
        ai_gateway::refuse(shared, failure, &exchange)
    } else {
        openai::refuse(shared, failure, &exchange)
    }
}

/// Takes connections until `stop` resolves, then lets answers that are under way end.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) {
    let routes = routes(shared.clone());
    let slots = Arc::new(Semaphore::new(shared.limits.max_connections));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let taking = async {
        loop {
            // Closed semaphores are the only error, and this one is never closed.
            let Ok(slot) = slots.clone().acquire_owned().await else { return };
            let stream = accept(&listener).await;
            while connections.try_join_next().is_some() {}
            let connection = Connection { shared: shared.clone(), routes: routes.clone() };
            let watcher = graceful.watcher();
            connections.spawn(async move {
                connection.run(stream, watcher).await;
                drop(slot);
            });
        }
    };
    let stopped = async {
        stop.await;
        shared.stopping.store(true, Relaxed);
        tracing::info!("stopping");
        sleep(shared.limits.drain_delay).await;
    };
    tokio::select! {
        () = taking => {}
        () = stopped => {}
    }
    drop(listener);
    if timeout(shared.limits.shutdown_grace, graceful.shutdown()).await.is_err() {
        tracing::warn!(open = connections.len(), "closing answers that did not end in time");
    }
    connections.shutdown().await;
}

/// Takes the next connection. Running out of file descriptors passes; spinning meanwhile would not help.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Small events must not wait for a full packet.
                let _ = stream.set_nodelay(true);
                return stream;
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "cannot take a connection");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

struct Connection {
    shared: Arc<Shared>,
    routes: Router,
}

impl Connection {
    async fn run(self, stream: TcpStream, watcher: hyper_util::server::graceful::Watcher) {
        let Self { shared, routes } = self;
        let open = Open::new(&shared);
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(shared.limits.header_timeout)
            .max_buf_size(128 * 1024);
        builder.http2().timer(TokioTimer::new()).keep_alive_interval(Duration::from_secs(30));
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let routes = routes.clone();
            async move { Ok::<_, std::convert::Infallible>(answer(routes, request).await) }
        });
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(%error, "a connection broke");
        }
        drop(open);
    }
}

/// Answers a request. A panic ends that request alone.
async fn answer(routes: Router, request: Request<Incoming>) -> Response {
    let is_v4 = request.uri().path().starts_with("/v4/");
    let call = tower_service::Service::call(&mut { routes }, request);
    match AssertUnwindSafe(call).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(never)) => match never {},
        Err(_) => {
            tracing::error!("a request panicked");
            let (failure, exchange) = (Failure::internal(), Exchange::start());
            if is_v4 {
                ai_gateway::error(&failure, &exchange)
            } else {
                openai::error(&failure, &exchange)
            }
        }
    }
}

/// Counts a connection as long as it is open.
struct Open<'a>(&'a Shared);

impl<'a> Open<'a> {
    fn new(shared: &'a Shared) -> Self {
        shared.metrics.connections.fetch_add(1, Relaxed);
        Self(shared)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.metrics.connections.fetch_sub(1, Relaxed);
    }
}
