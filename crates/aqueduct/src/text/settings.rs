//! The settings of a call, as methods of a request.

use std::time::Duration;

use aqueduct_spec::language::{ReasoningEffort, ToolChoice};
use aqueduct_spec::{Context, Include};
use serde::Serialize;

use super::TextRequest;
use crate::provider_options::object;

impl<M> TextRequest<M> {
    /// Sets the most tokens to write in one step. Default: the provider's.
    pub fn max_output_tokens(mut self, tokens: u64) -> Self {
        self.settings.max_output_tokens = Some(tokens);
        self
    }

    /// Sets how much chance there is in the choice of tokens. Default: the provider's.
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.settings.temperature = Some(temperature);
        self
    }

    /// Sets nucleus sampling: the share of probability to choose from.
    pub fn top_p(mut self, share: f64) -> Self {
        self.settings.top_p = Some(share);
        self
    }

    /// Sets the number of most likely tokens to choose from.
    pub fn top_k(mut self, tokens: u32) -> Self {
        self.settings.top_k = Some(f64::from(tokens));
        self
    }

    /// Sets how much to avoid what was already said.
    pub fn presence_penalty(mut self, penalty: f64) -> Self {
        self.settings.presence_penalty = Some(penalty);
        self
    }

    /// Sets how much to avoid what was often said.
    pub fn frequency_penalty(mut self, penalty: f64) -> Self {
        self.settings.frequency_penalty = Some(penalty);
        self
    }

    /// Sets texts at which to stop.
    pub fn stop_sequences(mut self, texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.settings.stop_sequences = Some(texts.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the start of the random numbers, for answers that can be had again.
    pub fn seed(mut self, seed: i64) -> Self {
        self.settings.seed = Some(seed);
        self
    }

    /// Sets how much to think. Default: the provider's.
    pub fn reasoning(mut self, effort: ReasoningEffort) -> Self {
        self.settings.reasoning = Some(effort);
        self
    }

    /// Sets which tools must or may be called. Default: the model decides.
    pub fn tool_choice(mut self, choice: ToolChoice) -> Self {
        self.settings.tool_choice = Some(choice);
        self
    }

    /// Adds options that only one provider knows: any value that serde writes as an object.
    pub fn provider_options(mut self, provider: &str, options: impl Serialize) -> Self {
        match object(provider, options) {
            Ok(options) => {
                let all = self.settings.provider_options.get_or_insert_default();
                all.entry(provider).extend(options);
            }
            Err(error) => self.fail(error),
        }
        self
    }

    /// Adds a header that is sent along; it wins over the provider's own.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let headers = self.settings.headers.get_or_insert_default();
        headers.insert(name.into(), Some(value.into()));
        self
    }

    /// Sets how often a failed model call is sent again. Default: 2. See [`crate::retry`].
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// Limits the time of the whole request, all its steps and tools included. Default: no limit.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Sets what to keep of the exchange with the provider. Default: nothing large.
    pub fn include(mut self, include: Include) -> Self {
        self.context.include = include;
        self
    }

    /// Has a stream carry the provider's own chunks as well.
    pub fn include_raw_chunks(mut self) -> Self {
        self.settings.include_raw_chunks = Some(true);
        self
    }

    /// Replaces the context of the calls: the clock, the source of ids, what to keep.
    pub fn context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }
}
