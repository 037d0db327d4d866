//! The settings of a call of a model, declared once for all that have them: requests, and changes of a step.

use aqueduct_spec::{Error, Result};

/// JSON has no word for other numbers.
pub(crate) fn finite(setting: &str, value: f64) -> Result<f64> {
    match value.is_finite() {
        true => Ok(value),
        false => Err(Error::invalid_request(format!("{setting} is {value}: give a finite number"))
            .with_param(setting)),
    }
}

/// Declares methods that change what the method `call_settings` gives, and report what is wrong to the method `fail`.
macro_rules! call_settings {
    () => {
        /// Sets the most tokens to write in one step. Default: the provider's.
        pub fn max_output_tokens(mut self, tokens: u64) -> Self {
            match tokens {
                0 => self.fail(aqueduct_spec::Error::invalid_request(
                    "max_output_tokens is 0: let the model write one at least",
                )),
                tokens => self.call_settings().max_output_tokens = Some(tokens),
            }
            self
        }

        /// Sets how much chance there is in the choice of tokens. Default: the provider's.
        pub fn temperature(mut self, temperature: f64) -> Self {
            match $crate::text::call_settings::finite("temperature", temperature) {
                Ok(temperature) => self.call_settings().temperature = Some(temperature),
                Err(error) => self.fail(error),
            }
            self
        }

        /// Sets nucleus sampling: the share of probability to choose from.
        pub fn top_p(mut self, share: f64) -> Self {
            match $crate::text::call_settings::finite("top_p", share) {
                Ok(share) => self.call_settings().top_p = Some(share),
                Err(error) => self.fail(error),
            }
            self
        }

        /// Sets the number of most likely tokens to choose from.
        pub fn top_k(mut self, tokens: u32) -> Self {
            self.call_settings().top_k = Some(f64::from(tokens));
            self
        }

        /// Sets how much to avoid what was already said.
        pub fn presence_penalty(mut self, penalty: f64) -> Self {
            match $crate::text::call_settings::finite("presence_penalty", penalty) {
                Ok(penalty) => self.call_settings().presence_penalty = Some(penalty),
                Err(error) => self.fail(error),
            }
            self
        }

        /// Sets how much to avoid what was often said.
        pub fn frequency_penalty(mut self, penalty: f64) -> Self {
            match $crate::text::call_settings::finite("frequency_penalty", penalty) {
                Ok(penalty) => self.call_settings().frequency_penalty = Some(penalty),
                Err(error) => self.fail(error),
            }
            self
        }

        /// Sets texts at which to stop.
        pub fn stop_sequences(
            mut self,
            texts: impl IntoIterator<Item = impl Into<String>>,
        ) -> Self {
            self.call_settings().stop_sequences = Some(texts.into_iter().map(Into::into).collect());
            self
        }

        /// Sets the start of the random numbers, for answers that can be had again.
        pub fn seed(mut self, seed: i64) -> Self {
            self.call_settings().seed = Some(seed);
            self
        }

        /// Sets how much to think. Default: the provider's.
        pub fn reasoning(mut self, effort: aqueduct_spec::language::ReasoningEffort) -> Self {
            self.call_settings().reasoning = Some(effort);
            self
        }

        /// Sets which tools must or may be called. Default: the model decides.
        pub fn tool_choice(mut self, choice: aqueduct_spec::language::ToolChoice) -> Self {
            self.call_settings().tool_choice = Some(choice);
            self
        }

        /// Adds options that only one provider knows: any value that serde writes as an object.
        pub fn provider_options(mut self, provider: &str, options: impl serde::Serialize) -> Self {
            match $crate::provider_options::object(provider, options) {
                Ok(options) => {
                    let all = self.call_settings().provider_options.get_or_insert_default();
                    all.entry(provider).extend(options);
                }
                Err(error) => self.fail(error),
            }
            self
        }

        /// Adds headers, each as by [`header`](Self::header).
        pub fn headers(
            self,
            headers: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
        ) -> Self {
            headers.into_iter().fold(self, |this, (name, value)| this.header(name, value))
        }

        /// Adds a header that is sent along, whatever the case of its name; it wins over the provider's own.
        pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
            let headers = self.call_settings().headers.get_or_insert_default();
            headers.insert(name.into().to_ascii_lowercase(), Some(value.into()));
            self
        }
    };
}
pub(super) use call_settings;
