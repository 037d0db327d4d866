//! The settings of the calls of the model.

use aqueduct_spec::language::{CallOptions, ResponseFormat};
use aqueduct_spec::{Context, Include};

use super::TextRequest;
use crate::text::call_settings::call_settings;

impl<M, O> TextRequest<M, O> {
    call_settings!();

    /// Sets the form of the answer.
    pub fn response_format(mut self, format: ResponseFormat) -> Self {
        self.parts.settings.response_format = Some(format);
        self
    }

    /// Sets what to keep of the exchange with the provider. Default: nothing large.
    pub fn include(mut self, include: Include) -> Self {
        self.parts.context.include = include;
        self
    }

    /// Keeps the messages that were sent in every step.
    pub fn include_request_messages(mut self) -> Self {
        self.parts.keeps_request_messages = true;
        self
    }

    /// Has a stream carry the provider's own chunks as well.
    pub fn include_raw_chunks(mut self) -> Self {
        self.parts.settings.include_raw_chunks = Some(true);
        self
    }

    /// Replaces the context of the calls: the clock, the source of ids, what to keep.
    pub fn context(mut self, context: Context) -> Self {
        self.parts.context = context;
        self
    }

    fn call_settings(&mut self) -> &mut CallOptions {
        &mut self.parts.settings
    }
}
