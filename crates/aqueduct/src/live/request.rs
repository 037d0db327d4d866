//! What requests for live answers have in common.

use aqueduct_spec::AudioInput;

use crate::text::{AbortHandle, Timeouts};

/// What a request is made of, beside its model and its options.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub(super) audio: AudioInput,
    pub(super) timeouts: Timeouts,
    pub(super) aborts: Vec<AbortHandle>,
}

impl Parts {
    pub(super) fn new(audio: AudioInput) -> Self {
        Self { audio, timeouts: Timeouts::default(), aborts: Vec::new() }
    }
}

/// Declares how a request with the fields `model`, `options`, `parts` and `shared` is limited, given up, and streamed.
macro_rules! live_request {
    ($request:ident: $operation:ident, $call:ident -> $part:ty) => {
        $crate::request::shared_settings!($request with calls);

        impl $request {
            /// Also streams the provider's own messages, as raw parts.
            pub fn include_raw_chunks(mut self) -> Self {
                self.options.include_raw_chunks = Some(true);
                self
            }

            /// Limits the time: a `Duration` for the whole request, or [`Timeouts`](crate::Timeouts) for the wait for the
            /// first output and between pieces of output. Limits of tools have no meaning. Default: no limit.
            pub fn timeout(mut self, timeouts: impl Into<$crate::Timeouts>) -> Self {
                self.parts.timeouts = timeouts.into();
                self
            }

            /// Lets somebody else give up on the request: its stream then fails with
            /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled). Several handles may be added.
            pub fn abort_handle(mut self, handle: &$crate::AbortHandle) -> Self {
                self.parts.aborts.push(handle.clone());
                self
            }

            /// Gives the answer in parts. Nothing is done before the stream is polled; whatever is wrong with the request is
            /// the stream's first item.
            pub fn stream(self) -> $crate::live::LiveStream<$part> {
                let Self { model, mut options, parts, shared } = self;
                options.provider_options.clone_from(&shared.provider_options);
                options.headers.clone_from(&shared.headers);
                let now = shared.context.now();
                let call = aqueduct_spec::$call::new(options, parts.audio);
                let begin = move || {
                    let mut shared = shared;
                    shared.check()?;
                    let model = model.resolve(shared.registry.as_ref())?;
                    let operation = $crate::telemetry::Operation::$operation;
                    let session = shared.begin(operation, model.info(), |_| call.clone());
                    let watch = shared.start_call(model.info(), &call);
                    let open = Box::pin(async move {
                        let answer = shared.send(&*model, &call).await?;
                        Ok((model.info().clone(), answer))
                    });
                    let guard = $crate::live::guard::Guard::new(open, parts.timeouts, parts.aborts);
                    Ok($crate::live::stream::Begun::new(guard, watch, session))
                };
                $crate::live::LiveStream::new(begin, now)
            }
        }

        impl std::future::IntoFuture for $request {
            type Output = aqueduct_spec::Result<$crate::live::LiveStream<$part>>;
            type IntoFuture = std::future::Ready<Self::Output>;

            /// Awaiting the request checks it and gives the stream; the model is called when the stream is first polled.
            fn into_future(mut self) -> Self::IntoFuture {
                std::future::ready(self.shared.check().map(|()| self.stream()))
            }
        }

        /// The audio is the user's and stays out.
        impl std::fmt::Debug for $request {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($request))
                    .field("model", &self.model)
                    .finish_non_exhaustive()
            }
        }
    };
}
pub(super) use live_request;
