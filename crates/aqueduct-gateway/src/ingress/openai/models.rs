//! `GET /v1/models` and `GET /v1/models/{id}`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{Request, StatusCode};
use serde::Serialize;

use super::enter::refuse;
use crate::error::{Class, Failure};
use crate::gateway::{Listed, Shared};
use crate::ingress::body;
use crate::pipeline::{Exchange, Inbound, authenticate};

#[derive(Serialize)]
struct List<'a> {
    object: &'static str,
    data: Vec<Model<'a>>,
}

#[derive(Serialize)]
struct Model<'a> {
    id: &'a str,
    object: &'static str,
    created: i64,
    owned_by: &'a str,
}

impl<'a> Model<'a> {
    fn new(listed: &'a Listed, created: i64) -> Self {
        Self { id: &listed.id, object: "model", created, owned_by: &listed.provider }
    }
}

/// Lists the models that the gateway says it has. Others may be called all the same: a provider's own name is enough.
pub(super) async fn list(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let exchange = match sign_in(&shared, request) {
        Ok(exchange) => exchange,
        Err(refused) => return *refused,
    };
    let data = shared.catalogue.iter().map(|listed| Model::new(listed, shared.started)).collect();
    exchange.sign(body::json(StatusCode::OK, &List { object: "list", data }))
}

/// Shows one of them.
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    id: Result<Path<String>, PathRejection>,
    request: Request<Body>,
) -> Response {
    let exchange = match sign_in(&shared, request) {
        Ok(exchange) => exchange,
        Err(refused) => return *refused,
    };
    // No model has a name that is not UTF-8.
    let id = id.map(|Path(id)| id).unwrap_or_default();
    match shared.catalogue.iter().find(|listed| listed.id == id) {
        Some(listed) => {
            exchange.sign(body::json(StatusCode::OK, &Model::new(listed, shared.started)))
        }
        None => {
            let message = format!("the gateway does not list a model '{id}'");
            let failure = Failure::new(Class::ModelNotFound, StatusCode::NOT_FOUND, message);
            refuse(&shared, &failure, &exchange)
        }
    }
}

fn sign_in(shared: &Shared, request: Request<Body>) -> Result<Exchange, Box<Response>> {
    authenticate(Inbound::new(request), &shared.keys)
        .map(|authenticated| authenticated.inbound.exchange)
        .map_err(|refused| Box::new(refuse(shared, &refused.0, &refused.1.exchange)))
}
