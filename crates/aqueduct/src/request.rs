//! What every request for something other than text carries beside its own words.

use std::any::Any;

use aqueduct_spec::language::Headers;
use aqueduct_spec::{Call, Context, Error, Model, ModelInfo, ProviderOptions, Result};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::registry::Registry;
use crate::retry::{DEFAULT_MAX_RETRIES, with_retries_if};
use crate::telemetry::{
    CallStart, CallWatch, Operation, OperationStart, Recorder, Session, TelemetryOptions,
};

/// How many calls of one request run side by side.
pub(crate) const PARALLEL_CALLS: usize = 16;

/// The settings that all requests share.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    pub(crate) registry: Option<Registry>,
    pub(crate) provider_options: Option<ProviderOptions>,
    pub(crate) headers: Option<Headers>,
    pub(crate) max_retries: u32,
    pub(crate) context: Context,
    pub(crate) telemetry: TelemetryOptions,
    /// Who is told of the calls; nobody before the request begins.
    recorder: Recorder,
    failure: Option<Error>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            registry: None,
            provider_options: None,
            headers: None,
            max_retries: DEFAULT_MAX_RETRIES,
            context: Context::default(),
            telemetry: TelemetryOptions::default(),
            recorder: Recorder::default(),
            failure: None,
        }
    }
}

impl Shared {
    /// Remembers the first thing that is wrong with the request.
    pub(crate) fn fail(&mut self, error: Error) {
        self.failure.get_or_insert(error);
    }

    /// Reports what was wrong with the request from the start.
    pub(crate) fn check(&mut self) -> Result<()> {
        self.failure.take().map_or(Ok(()), Err)
    }

    /// Begins the request: what goes on from here is told to telemetry, and the session has to hear how it ended. The input
    /// is put together only if somebody listens.
    pub(crate) fn begin<I: Any>(
        &mut self,
        operation: Operation,
        info: &ModelInfo,
        input: impl FnOnce(&Self) -> I,
    ) -> Session {
        self.begin_at(operation, &info.provider, Some(&info.model_id), input)
    }

    /// Begins a request that may be one for no model.
    pub(crate) fn begin_at<I: Any>(
        &mut self,
        operation: Operation,
        provider: &str,
        model_id: Option<&str>,
        input: impl FnOnce(&Self) -> I,
    ) -> Session {
        let session = Session::new(&self.telemetry, operation, || self.context.generate_id());
        self.recorder = session.recorder().clone();
        if self.recorder.is_active() {
            let (max_retries, input) = (self.max_retries, input(self));
            let start = OperationStart { provider, model_id, max_retries, input: &input };
            self.recorder.start(&start);
        }
        session
    }

    /// Makes a call, again where that may help.
    pub(crate) async fn call<C: Call>(
        &self,
        model: &(impl Model<C> + ?Sized),
        call: C,
    ) -> Result<C::Output> {
        self.start_call(model.info(), &call).run(self.send(model, &call)).await
    }

    /// Tells that a call begins.
    pub(crate) fn start_call<C: Call>(&self, info: &ModelInfo, call: &C) -> CallWatch {
        self.recorder.start_call(CallStart {
            call_number: 0,
            kind: Some(C::KIND),
            operation: C::OPERATION,
            provider: &info.provider,
            model_id: Some(&info.model_id),
            headers: self.headers.as_ref(),
            input: call,
        })
    }

    /// Makes a call without telling of it.
    pub(crate) async fn send<C: Call>(
        &self,
        model: &(impl Model<C> + ?Sized),
        call: &C,
    ) -> Result<C::Output> {
        let send = || model.call(call.clone(), &self.context);
        with_retries_if(self.max_retries, || !call.is_spent(), send).await
    }

    /// Hands something to a provider, once: no model takes it.
    pub(crate) async fn hand_over<T: Any>(
        &self,
        operation: Operation,
        provider: &str,
        input: &(impl Any + Sync),
        send: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let watch = self.recorder.start_call(CallStart {
            call_number: 0,
            kind: None,
            operation: operation.as_str(),
            provider,
            model_id: None,
            headers: None,
            input,
        });
        watch.run(send).await
    }
}

/// Makes calls side by side, at most `limit` at once, and gives their answers in the order of the calls. All end when one of
/// them fails, however long those before it would take.
pub(crate) fn all<T, F: Future<Output = Result<T>>>(
    calls: impl IntoIterator<Item = F>,
    limit: usize,
) -> impl Future<Output = Result<Vec<T>>> {
    let numbered = |(number, call): (usize, F)| async move { Ok((number, call.await?)) };
    let numbered: Vec<_> = calls.into_iter().enumerate().map(numbered).collect();
    async move {
        let mut answers: Vec<(usize, T)> =
            stream::iter(numbered).buffer_unordered(limit).try_collect().await?;
        answers.sort_unstable_by_key(|(number, _)| *number);
        Ok(answers.into_iter().map(|(_, answer)| answer).collect())
    }
}

/// How many things each call is to make, if `wanted` are to be made and one call makes `limit` at most.
pub(crate) fn split(wanted: u32, limit: Option<usize>) -> impl Iterator<Item = u32> {
    let limit = limit.map_or(1, |limit| u32::try_from(limit).unwrap_or(u32::MAX)).max(1);
    (0..wanted.div_ceil(limit)).map(move |call| limit.min(wanted - call * limit))
}

/// Declares the settings that all requests share, kept in the field `shared`.
macro_rules! shared_settings {
    ($request:ident) => {
        impl $request {
            /// Sets the registry that finds what is given by name. Default: the providers that the environment has keys for.
            pub fn registry(mut self, registry: &$crate::Registry) -> Self {
                self.shared.registry = Some(registry.clone());
                self
            }

            /// Adds options that only one provider knows: any value that serde writes as an object.
            pub fn provider_options(
                mut self,
                provider: &str,
                options: impl serde::Serialize,
            ) -> Self {
                match $crate::provider_options::object(provider, options) {
                    Ok(options) => {
                        let all = self.shared.provider_options.get_or_insert_default();
                        all.entry(provider).extend(options);
                    }
                    Err(error) => self.shared.fail(error),
                }
                self
            }

            /// Says what telemetry is told of the request. Default: what is
            /// [registered](crate::telemetry::register_telemetry), without what is asked and answered.
            pub fn telemetry(mut self, options: $crate::telemetry::TelemetryOptions) -> Self {
                self.shared.telemetry = options;
                self
            }

            /// Replaces the context of the calls.
            pub fn context(mut self, context: aqueduct_spec::Context) -> Self {
                self.shared.context = context;
                self
            }
        }
    };
    ($request:ident with calls) => {
        $crate::request::shared_settings!($request);

        impl $request {
            /// Adds a header that is sent along; it wins over the provider's own.
            pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
                let headers = self.shared.headers.get_or_insert_default();
                headers.insert(name.into(), Some(value.into()));
                self
            }

            /// Sets how often a failed call is sent again. Default: 2. See [`crate::retry`].
            pub fn max_retries(mut self, retries: u32) -> Self {
                self.shared.max_retries = retries;
                self
            }
        }
    };
}
pub(crate) use shared_settings;

/// Lets a request be awaited: it runs as its method `run` says.
macro_rules! awaited {
    ($request:ident -> $answer:ty) => {
        impl std::future::IntoFuture for $request {
            type Output = aqueduct_spec::Result<$answer>;
            type IntoFuture = aqueduct_spec::BoxFuture<'static, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.run())
            }
        }
    };
}
pub(crate) use awaited;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_what_one_call_cannot_make() {
        let split = |wanted, limit| split(wanted, limit).collect::<Vec<_>>();
        assert_eq!(split(5, Some(2)), [2, 2, 1]);
        assert_eq!(split(4, Some(2)), [2, 2]);
        assert_eq!(split(2, None), [1, 1]);
        assert_eq!(split(1, Some(usize::MAX)), [1]);
        assert_eq!(split(u32::MAX, Some(usize::MAX)), [u32::MAX]);
        assert!(split(0, Some(3)).is_empty());
    }
}
