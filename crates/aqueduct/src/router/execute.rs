//! Carries out a plan: one candidate after the other until one answers.

use std::time::Duration;

use aqueduct_spec::answer::Unsettled;
use aqueduct_spec::{Answer as _, Call, Context, Describe as _, Error, Model as _, Result};
use tokio::time::Instant;

use super::candidate::Candidate;
use super::options::RoutingOptions;
use super::plan::{Plan, Stage};
use super::trace::{Trace, metadata};
use super::verdict::{Verdict, weight};
use super::{Inner, generation_id};
use crate::layer::{CacheKey, Timeouts};

/// How long to wait for the same candidate while others are left; a longer wait sends the call to the next.
const PATIENCE: Duration = Duration::from_secs(1);

/// Answers a call to a model or alias.
pub(crate) async fn execute<C: Call>(
    router: &Inner,
    name: &str,
    mut call: C,
    cx: &Context,
) -> Result<C::Output> {
    let generation = match &cx.generation_id {
        Some(id) => id.to_string(),
        None => generation_id(cx.now()),
    };
    let planned = RoutingOptions::take(&mut call)
        .and_then(|options| Ok((Plan::new(router, name, &options)?, options)));
    let (plan, options) = planned.map_err(|error| error.with_generation_id(generation.as_str()))?;

    let cache = CacheUse::new(router, &plan, &options, &call, cx)?;
    let mut trace = Trace::new(router.started);
    let kept = cache.as_ref().and_then(CacheUse::answer::<C>);
    let state = cache.as_ref().map(|_| if kept.is_some() { "hit" } else { "miss" });
    let answered = match kept {
        Some(answer) => Ok(answer),
        None => Run { router, plan: &plan, cx, trace: &mut trace, errors: Vec::new() }
            .stages(&call)
            .await
            .map(|(answer, standing)| match (cache, standing) {
                (Some(cache), Standing::Proper) => cache.keep::<C>(answer),
                _ => answer,
            }),
    };
    let routing = match &answered {
        Ok(_) if !cx.include.routing => trace.outcome(),
        _ => trace.routing(&plan),
    };
    let metadata = metadata(&generation, routing, state);
    match answered {
        Ok(mut answer) => {
            let warnings = options.warnings();
            if !warnings.is_empty() {
                answer.warn(warnings);
            }
            C::annotate(&mut answer, metadata);
            Ok(answer)
        }
        Err(error) => Err(error.with_generation_id(generation).with_metadata(metadata)),
    }
}

/// The cache, for a call that may use it.
struct CacheUse<'a> {
    cache: &'a crate::layer::Cache,
    key: CacheKey,
    read: bool,
    write: bool,
}

impl<'a> CacheUse<'a> {
    fn new<C: Call>(
        router: &'a Inner,
        plan: &Plan,
        options: &RoutingOptions,
        call: &C,
        cx: &Context,
    ) -> Result<Option<Self>> {
        let Some(cache) = router.cache.as_ref().filter(|_| C::Output::REPEATABLE) else {
            return Ok(None);
        };
        // Who brings a credential may have another model or host behind the same name: such an answer is for nobody else, and
        // nobody else's is theirs.
        if plan.has_byok() {
            return Ok(None);
        }
        let control = options.cache_control(&cx.cache);
        let mut names = vec!["router", plan.original.as_str()];
        let mut only = options.only.iter().flatten().map(String::as_str).collect::<Vec<_>>();
        only.sort_unstable();
        names.extend(only);
        Ok(Some(Self {
            cache,
            key: CacheKey::of(call, &names, cx)?,
            read: !control.no_cache,
            write: !control.no_store && options.zero_data_retention != Some(true),
        }))
    }

    fn answer<C: Call>(&self) -> Option<C::Output> {
        if self.read { self.cache.answer(&self.key) } else { None }
    }

    fn keep<C: Call>(self, answer: C::Output) -> C::Output {
        if self.write { self.cache.keep(self.key, answer) } else { answer }
    }
}

/// A call on its way.
struct Run<'a> {
    router: &'a Inner,
    plan: &'a Plan,
    cx: &'a Context,
    trace: &'a mut Trace,
    errors: Vec<Error>,
}

/// The last answer in which a provider itself reported that it failed, and how much that tells. If nobody else answers, it
/// is handed on as it came.
struct Left<C: Call>(Option<(u8, C::Output)>);

impl<C: Call> Left<C> {
    fn keep(&mut self, unsettled: Unsettled<C::Output>) -> Error {
        let Unsettled { error, answer, .. } = unsettled;
        if let Some(answer) = answer {
            self.0 = Some((weight(&error), answer));
        }
        error
    }
}

/// A candidate that is still in question.
struct Pending<'a> {
    candidate: &'a Candidate,
    tries: u32,
    /// When to try it again, if it was tried.
    wake: Option<Instant>,
}

/// Whether an answer is what the model asked for would say again.
enum Standing {
    Proper,
    /// A fallback model's, or one that failed.
    Substitute,
}

/// What one model's turn came to.
enum Turn<T> {
    Answer(T),
    NextModel,
    GiveUp,
}

impl<'a> Run<'a> {
    /// Tries the models in order.
    async fn stages<C: Call>(mut self, call: &C) -> Result<(C::Output, Standing)> {
        let plan = self.plan;
        let mut left = Left::<C>(None);
        for (index, stage) in plan.stages.iter().enumerate() {
            self.trace.enter(stage);
            self.errors.extend(stage.error.clone());
            let is_last = index + 1 == plan.stages.len();
            match self.stage(stage, is_last, call, &mut left).await {
                Turn::Answer(answer) if index == 0 => return Ok((answer, Standing::Proper)),
                Turn::Answer(answer) => return Ok((answer, Standing::Substitute)),
                Turn::NextModel => {}
                Turn::GiveUp => break,
            }
        }
        // The last of those that tell the most.
        let told = self.errors.into_iter().max_by_key(weight);
        if let Left(Some((tells, answer))) = left
            && told.as_ref().is_none_or(|error| weight(error) <= tells)
        {
            return Ok((answer, Standing::Substitute));
        }
        Err(told.unwrap_or_else(|| Error::internal("no candidate was tried")))
    }

    async fn stage<C: Call>(
        &mut self,
        stage: &'a Stage,
        is_last: bool,
        call: &C,
        left: &mut Left<C>,
    ) -> Turn<C::Output> {
        let mut pending = stage
            .candidates
            .iter()
            .map(|candidate| Pending { candidate, tries: 0, wake: None })
            .collect::<Vec<_>>();
        while let Some((index, start)) = choose(&pending, Instant::now()) {
            let mut chosen = pending.remove(index);
            // Another model is worth more than a long wait for this one.
            if !is_last && start.is_some_and(|start| start - Instant::now() > PATIENCE) {
                continue;
            }
            // Nobody reads on in a failed answer while another is asked for: its provider must not go on writing.
            left.0 = None;
            if let Some(start) = start {
                tokio::time::sleep_until(start).await;
            }
            let error = match self.attempt(chosen.candidate, call).await {
                Ok(answer) => return Turn::Answer(answer),
                Err(unsettled) => left.keep(unsettled),
            };
            chosen.tries += 1;
            // What was heard of a stream of audio cannot be said to another.
            let verdict = if call.is_spent() { Verdict::GiveUp } else { Verdict::of(&error) };
            match verdict {
                verdict @ (Verdict::Again | Verdict::NextKey) => {
                    // What stalls twice would only be waited for.
                    let is_worth_it = !is_timeout(&error) || chosen.tries < 2;
                    if is_worth_it && let Some(delay) = self.wait(&error, chosen.tries) {
                        chosen.wake = Instant::now().checked_add(delay);
                        // In front, the same is tried again at once; behind, the others come first.
                        let at_once = verdict == Verdict::Again
                            && delay <= PATIENCE
                            && !is_timeout(&error)
                            && chosen.candidate.resting_until(Instant::now()).is_none();
                        let place = if at_once { 0 } else { pending.len() };
                        pending.insert(place, chosen);
                    }
                }
                Verdict::DropKey => {}
                Verdict::DropTarget => {
                    pending.retain(|other| !other.candidate.has_target_of(chosen.candidate));
                }
                // A credential of the request's own that fails for any reason gives way to ours.
                Verdict::DropModel if chosen.candidate.credential.is_byok => {}
                Verdict::DropModel => {
                    self.errors.push(error);
                    return Turn::NextModel;
                }
                Verdict::GiveUp => {
                    self.errors.push(error);
                    return Turn::GiveUp;
                }
            }
            self.errors.push(error);
        }
        Turn::NextModel
    }

    /// How long to wait before the same candidate is asked again, if at all. One that wants to be left alone for longer than
    /// anyone waits is not asked earlier: that would only be refused again, and may be held against the key.
    fn wait(&self, error: &Error, tries: u32) -> Option<Duration> {
        let delay = self.router.retry.delay(error, tries)?;
        error.retry_after().is_none_or(|asked| asked <= delay).then_some(delay)
    }

    async fn attempt<C: Call>(
        &mut self,
        candidate: &Candidate,
        call: &C,
    ) -> Result<C::Output, Unsettled<C::Output>> {
        let start = Instant::now();
        candidate.begin(start, &self.router.cooldown);
        let provider = candidate.credential.provider_for(candidate.wire.as_deref());
        let limits = candidate.timeout.map_or(self.router.timeouts, Timeouts::both);
        let answer = match C::model(&*provider, &candidate.model_id) {
            Ok(model) => {
                let answer = async { model.call(call.clone(), self.cx).await?.settle().await };
                limits.hold(model.info(), answer).await
            }
            Err(error) => Err(error.into()),
        };
        let end = Instant::now();
        let answer = answer.map_err(|mut unsettled| {
            if unsettled.error.provider().is_none() {
                let id = candidate.upstream.id.as_str();
                unsettled.error = unsettled.error.clone().with_provider(id);
            }
            unsettled
        });
        let error = answer.as_ref().err().map(|unsettled| &unsettled.error);
        match error {
            None => candidate.succeeded(end - start),
            Some(error) => candidate.failed(error, end, &self.router.cooldown),
        }
        self.trace.add(candidate, (start, end), error);
        answer
    }
}

fn is_timeout(error: &Error) -> bool {
    error.kind() == aqueduct_spec::ErrorKind::Timeout
}

/// Which candidate is next, and when it may start if not now.
///
/// One that was just tried and waits a little comes first. Then those that were not tried and do not rest, in order; then those
/// that rest, the one that is due first, at once or after a short wait; last the ones to be tried again.
fn choose(pending: &[Pending<'_>], now: Instant) -> Option<(usize, Option<Instant>)> {
    if let Some(first) = pending.first()
        && let Some(wake) = first.wake
        && wake.saturating_duration_since(now) <= PATIENCE
        && first.candidate.resting_until(now).is_none()
    {
        return Some((0, Some(wake)));
    }
    let fresh = || pending.iter().enumerate().filter(|(_, pending)| pending.wake.is_none());
    if let Some((index, _)) =
        fresh().find(|(_, pending)| pending.candidate.resting_until(now).is_none())
    {
        return Some((index, None));
    }
    if let Some((index, until)) = fresh()
        .filter_map(|(index, pending)| Some((index, pending.candidate.resting_until(now)?)))
        .min_by_key(|(_, until)| *until)
    {
        return Some((index, (until - now <= PATIENCE).then_some(until)));
    }
    let (index, again) = pending.iter().enumerate().min_by_key(|(_, pending)| pending.wake)?;
    Some((index, again.wake))
}
