//! `GET /v4/ai/config`: the models that the gateway says it has.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::{Request, StatusCode};
use serde::Serialize;

use super::call::refuse;
use crate::gateway::{Listed, Shared};
use crate::ingress::body;
use crate::pipeline::{Inbound, authenticate};

#[derive(Serialize)]
struct Catalogue<'a> {
    models: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    id: &'a str,
    name: &'a str,
    specification: Specification<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_type: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Specification<'a> {
    /// The client refuses the whole list if one entry says anything else.
    specification_version: &'static str,
    provider: &'a str,
    model_id: &'a str,
}

impl<'a> From<&'a Listed> for Entry<'a> {
    fn from(listed: &'a Listed) -> Self {
        Self {
            id: &listed.id,
            name: &listed.name,
            specification: Specification {
                specification_version: "v4",
                provider: &listed.provider,
                model_id: &listed.model_id,
            },
            model_type: listed.kind.map(aqueduct_spec::ModelKind::as_str),
        }
    }
}

/// Lists the models.
pub(super) async fn list(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let exchange = match authenticate(Inbound::new(request), &shared.keys) {
        Ok(authenticated) => authenticated.inbound.exchange,
        Err(refused) => return refuse(&shared, &refused.0, &refused.1.exchange),
    };
    let models = shared.catalogue.iter().map(Entry::from).collect();
    exchange.sign(body::json(StatusCode::OK, &Catalogue { models }))
}
