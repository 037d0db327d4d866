//! A model name bound to a router: a model of every kind.

use aqueduct_spec::{BoxFuture, Call, Context, Describe, Model, ModelInfo, Profile, Result};

use super::execute::execute;
use super::{GATEWAY, Router};

/// A model name bound to a router.
pub(crate) struct Routed {
    router: Router,
    info: ModelInfo,
}

impl Routed {
    pub(crate) fn new(router: Router, name: &str, profiles: Vec<Profile>) -> Self {
        let info = ModelInfo::new(GATEWAY, name).with_profile(common(profiles));
        Self { router, info }
    }
}

impl Describe for Routed {
    fn info(&self) -> &ModelInfo {
        &self.info
    }
}

impl<C: Call> Model<C> for Routed {
    fn call<'a>(&'a self, call: C, cx: &'a Context) -> BoxFuture<'a, Result<C::Output>> {
        Box::pin(execute(self.router.inner(), &self.info.model_id, call, cx))
    }
}

/// What all of them can take: any of them may have to answer.
fn common(profiles: Vec<Profile>) -> Profile {
    profiles
        .into_iter()
        .reduce(|mut all, one| {
            all.supported_urls.retain(|media_type, patterns| {
                let Some(other) = one.supported_urls.get(media_type) else { return false };
                patterns.retain(|pattern| other.contains(pattern));
                !patterns.is_empty()
            });
            all.max_embeddings_per_call =
                [all.max_embeddings_per_call, one.max_embeddings_per_call]
                    .into_iter()
                    .flatten()
                    .min();
            // Not known counts as one, so it is the least.
            all.max_images_per_call = all.max_images_per_call.min(one.max_images_per_call);
            all.max_videos_per_call = all.max_videos_per_call.min(one.max_videos_per_call);
            all.supports_parallel_calls &= one.supports_parallel_calls;
            all
        })
        .unwrap_or_default()
}
