//! Who may answer a call, in the order in which they are asked.
//!
//! Filter (`only`, `has`, data rules) → order (weights, `sort`, `order`) → for each provider the request's own credentials,
//! then ours → next provider → next model. Source: AI Gateway protocol, §19.8 of the notes.

use std::collections::BTreeSet;
use std::sync::Arc;

use aqueduct_providers::Entry;
use aqueduct_spec::{Error, ErrorKind, JsonObject, Result};
use serde_json::Value;

use super::byok::Byok;
use super::candidate::Candidate;
use super::model_name::ModelName;
use super::options::{RoutingOptions, Sort, invalid};
use super::target::Tags;
use super::upstream::{Credential, Latency, Upstream};
use super::{Inner, is_named};
use crate::layer::weighted_order;

/// Who may answer a call.
pub(crate) struct Plan {
    /// The model as it was asked for.
    pub(crate) original: String,
    /// The models in the order in which they are tried; at least one of them has candidates.
    pub(crate) stages: Vec<Stage>,
}

/// A model and who may answer for it.
pub(crate) struct Stage {
    /// The model or alias.
    pub(crate) name: String,
    pub(crate) candidates: Vec<Candidate>,
    /// Why there are no candidates, if there are none.
    pub(crate) error: Option<Error>,
}

impl Plan {
    /// Makes the plan of a call.
    ///
    /// # Errors
    /// Why the first model has no candidates, if none has; `InvalidRequest` or `Forbidden` if the options are wrong.
    pub(crate) fn new(router: &Inner, name: &str, options: &RoutingOptions) -> Result<Self> {
        let planner = Planner::new(router, options)?;
        let fallbacks = match (&options.models, router.routes.get(name)) {
            // What the request says replaces what the route says.
            (Some(models), _) => models.clone(),
            (None, Some(route)) => route.fallbacks.clone(),
            (None, None) => Vec::new(),
        };
        let mut seen = BTreeSet::new();
        let names = std::iter::once(name).chain(fallbacks.iter().map(String::as_str));
        let mut stages = Vec::new();
        for name in names.filter(|name| seen.insert(*name)) {
            let (candidates, error) = match planner.candidates(name) {
                Ok(candidates) => (candidates, None),
                // The request's own credentials are wrong, which no other model mends.
                Err(error) if is_about_byok(&error) => return Err(error),
                Err(error) => (Vec::new(), Some(error)),
            };
            stages.push(Stage { name: name.to_owned(), candidates, error });
        }
        if stages.iter().all(|stage| stage.candidates.is_empty()) {
            let error = stages.into_iter().find_map(|stage| stage.error);
            return Err(error.unwrap_or_else(|| Error::internal("a plan without models")));
        }
        Ok(Self { original: name.to_owned(), stages })
    }

    /// Whether the request brought credentials that may be used.
    pub(crate) fn has_byok(&self) -> bool {
        let mut candidates = self.stages.iter().flat_map(|stage| &stage.candidates);
        candidates.any(|candidate| candidate.credential.is_byok)
    }

    /// The providers beside this one, each once.
    pub(crate) fn other_providers(&self, provider: &str) -> Vec<&str> {
        let mut seen = BTreeSet::from([provider]);
        self.stages
            .iter()
            .flat_map(|stage| &stage.candidates)
            .map(|candidate| candidate.upstream.id.as_str())
            .filter(|id| seen.insert(*id))
            .collect()
    }
}

fn is_about_byok(error: &Error) -> bool {
    let param = error.param().and_then(Value::as_str);
    param.is_some_and(|param| param.starts_with("providerOptions.gateway.byok"))
}

struct Planner<'a> {
    router: &'a Inner,
    options: &'a RoutingOptions,
}

/// A provider's place in the order: one of our targets, or only the request's own credentials.
struct Place<'a> {
    provider: String,
    entry: Option<&'static Entry>,
    target: Option<&'a Arc<Upstream>>,
    /// The member of the alias that led here, `provider/model`.
    member: String,
    wire: Option<String>,
    model: String,
    weight: f64,
}

impl<'a> Planner<'a> {
    fn new(router: &'a Inner, options: &'a RoutingOptions) -> Result<Self> {
        for provider in options.credentials.keys() {
            let field = format!("byok.{provider}");
            let configured = router.upstreams_of(provider).next();
            if configured.is_some_and(|upstream| upstream.entry.is_none()) {
                return Err(invalid(&field, "names a provider that takes no credentials"));
            }
            if configured.is_none() && aqueduct_providers::find(provider).is_none() {
                return Err(invalid(&field, "names a provider that is not known"));
            }
        }
        Ok(Self { router, options })
    }

    fn candidates(&self, name: &str) -> Result<Vec<Candidate>> {
        let mut places = self.places(name)?;
        self.filter(name, &mut places)?;
        let places = self.ordered(places);
        let mut candidates = Vec::new();
        let mut byok_done = BTreeSet::new();
        for place in &places {
            if byok_done.insert((place.provider.as_str(), place.model.as_str())) {
                candidates.extend(self.byok_candidates(name, place)?);
            }
            candidates.extend(self.system_candidates(place));
        }
        if candidates.is_empty() {
            return Err(self.unsatisfied(name));
        }
        Ok(candidates)
    }

    /// Where the models that a name stands for can be had.
    fn places(&self, name: &str) -> Result<Vec<Place<'a>>> {
        let mut places = Vec::new();
        let mut error = None;
        for member in self.router.members(name)? {
            let model = ModelName::parse(&member.model, |id| self.router.knows(id));
            if model.model.is_empty() && !model.may_be_nameless() {
                return Err(Error::new(ErrorKind::NoSuchModel, format!("no model in '{name}'")));
            }
            let place = |provider: &str, entry, target, weight| Place {
                provider: provider.to_owned(),
                entry,
                target,
                member: member.model.clone(),
                wire: model.wire.map(str::to_owned),
                model: model.model.to_owned(),
                weight,
            };
            let targets = self.router.upstreams_of(model.provider).collect::<Vec<_>>();
            let all = targets.iter().map(|target| target.weight).sum::<f64>();
            for target in &targets {
                // Written so that weights that are all 0 stay 0.
                let share = if all > 0.0 { target.weight / all } else { 0.0 };
                let weight = member.weight * share;
                places.push(place(&target.id, target.entry, Some(*target), weight));
            }
            if targets.is_empty() {
                match self.byok_provider(model.provider) {
                    Some(entry) => places.push(place(entry.id, Some(entry), None, member.weight)),
                    None => {
                        let unknown = || self.no_such_provider(model.provider);
                        error = error.or_else(|| Some(unknown().with_model(&member.model)));
                    }
                }
            }
        }
        match error {
            Some(error) if places.is_empty() => Err(error),
            _ => Ok(places),
        }
    }

    /// The provider that the request's credentials make usable although it is not configured: the one that is named, the one
    /// with a credential of that name, or, for a name nobody knows, the one that the request holds to.
    fn byok_provider(&self, name: &str) -> Option<&'static Entry> {
        let credentials = &self.options.credentials;
        let has_credential =
            |entry: &&'static Entry| credentials.keys().any(|id| is_named(entry.id, id));
        if let Some(entry) = aqueduct_providers::find(name).filter(has_credential) {
            return Some(entry);
        }
        // A host may bear any name, also that of another provider: what its credential says counts.
        let named =
            |credential: &JsonObject| credential.get("name").and_then(Value::as_str) == Some(name);
        let by_credential = credentials.iter().find(|(_, list)| list.iter().any(named));
        let only = self.options.only.as_ref().and_then(|only| only.first());
        let id = by_credential.map(|(id, _)| id).or(only)?;
        aqueduct_providers::find(id).filter(has_credential)
    }

    fn no_such_provider(&self, name: &str) -> Error {
        let mut known =
            self.router.upstreams.iter().map(|target| target.id.as_str()).collect::<Vec<_>>();
        known.dedup();
        Error::no_such_provider(name, known)
    }

    fn filter(&self, name: &str, places: &mut Vec<Place<'a>>) -> Result<()> {
        let options = self.options;
        let before = places.iter().map(|place| place.provider.clone()).collect::<BTreeSet<_>>();
        if let Some(only) = &options.only {
            places.retain(|place| only.iter().any(|only| is_named(&place.provider, only)));
            if places.is_empty() {
                let have = before.into_iter().collect::<Vec<_>>().join(", ");
                return Err(invalid(
                    "only",
                    format!("leaves no provider for '{name}', which can be had from: {have}"),
                ));
            }
        }
        if let Some(has) = &options.has {
            let none = Tags::default();
            places.retain(|place| {
                let tags = place.target.map_or(&none, |target| &target.tags);
                has.iter().all(|capability| tags.capabilities.contains(capability))
            });
            if places.is_empty() {
                let has = has.join(", ");
                return Err(invalid(
                    "has",
                    format!(
                        "cannot be met: no configured provider of '{name}' is marked with {has}"
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Why the rules about data left nobody.
    fn unsatisfied(&self, name: &str) -> Error {
        let (field, mark) = if self.options.zero_data_retention == Some(true) {
            ("zeroDataRetention", "as keeping no data")
        } else {
            ("disallowPromptTraining", "as not training on prompts")
        };
        invalid(
            field,
            format!("cannot be met: no configured provider of '{name}' is marked {mark}"),
        )
    }

    fn ordered(&self, places: Vec<Place<'a>>) -> Vec<Place<'a>> {
        let weights = places.iter().map(|place| place.weight).collect::<Vec<_>>();
        let mut slots = places.into_iter().map(Some).collect::<Vec<_>>();
        let mut places = weighted_order(&weights, fastrand::f64)
            .into_iter()
            .filter_map(|index| slots.get_mut(index)?.take())
            .collect::<Vec<_>>();
        if self.options.sort == Some(Sort::Ttft) {
            // What was never measured comes first, so that it will be.
            let seconds = |place: &Place<'_>| {
                place.target.and_then(|target| target.latency.seconds()).unwrap_or(0.0)
            };
            places.sort_by(|a, b| seconds(a).total_cmp(&seconds(b)));
        }
        if let Some(order) = &self.options.order {
            places.sort_by_key(|place| {
                order.iter().position(|name| is_named(&place.provider, name)).unwrap_or(usize::MAX)
            });
        }
        places
    }

    fn byok_candidates(&self, name: &str, place: &Place<'a>) -> Result<Vec<Candidate>> {
        // Nobody vouches for what the holder of the key has agreed with the provider.
        if self.options.zero_data_retention == Some(true) {
            return Ok(Vec::new());
        }
        let Some(entry) = place.entry else { return Ok(Vec::new()) };
        let mut candidates = Vec::new();
        for (provider, list) in &self.options.credentials {
            if !is_named(&place.provider, provider) {
                continue;
            }
            for (index, credential) in list.iter().enumerate() {
                let field = format!("byok.{provider}[{index}]");
                let operator = place.target.map(|target| &target.settings);
                let byok = Byok::build(
                    entry,
                    &field,
                    credential.clone(),
                    operator,
                    &self.router.byok,
                    &self.router.client,
                )?;
                let mapped = byok.mapped(&[name, &place.member, &place.model]).map(str::to_owned);
                let credential = Arc::new(Credential::new(byok.provider, 1.0, true));
                candidates.push(Candidate {
                    upstream: Arc::new(own_upstream(&place.provider, entry, &credential)),
                    credential,
                    wire: place.wire.clone(),
                    model_id: mapped.unwrap_or_else(|| place.model.clone()),
                    timeout: self.options.byok_timeout(&place.provider),
                });
            }
        }
        Ok(candidates)
    }

    fn system_candidates(&self, place: &Place<'a>) -> Vec<Candidate> {
        let Some(target) = place.target else { return Vec::new() };
        let tags = &target.tags;
        let barred = self.options.zero_data_retention == Some(true) && !tags.zero_data_retention
            || self.options.disallow_prompt_training == Some(true) && !tags.no_prompt_training;
        if barred {
            return Vec::new();
        }
        let weights = target.credentials.iter().map(|key| key.weight).collect::<Vec<_>>();
        weighted_order(&weights, fastrand::f64)
            .into_iter()
            .filter_map(|index| target.credentials.get(index))
            .map(|credential| Candidate {
                upstream: Arc::clone(target),
                credential: Arc::clone(credential),
                wire: place.wire.clone(),
                model_id: place.model.clone(),
                timeout: None,
            })
            .collect()
    }
}

/// A target for the request's own credential alone: how it fares is nobody else's business.
fn own_upstream(id: &str, entry: &'static Entry, credential: &Arc<Credential>) -> Upstream {
    Upstream {
        id: id.to_owned(),
        entry: Some(entry),
        settings: aqueduct_providers::Settings::new(),
        weight: 1.0,
        tags: Tags::default(),
        credentials: vec![Arc::clone(credential)],
        health: super::book::Book::default(),
        latency: Latency::default(),
    }
}
