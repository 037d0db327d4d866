//! Conversations by voice: what a server does for the browsers that hold them. It makes a token for each session, and tells
//! the model of the session which tools there are.
//!
//! The session itself is between the browser and the provider; whoever wants to hold it in Rust finds the codec of the
//! provider's frames in [`RealtimeModel`] and the connection in `aqueduct_http`.

use std::any::Any;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aqueduct_spec::language::Tool as SpecTool;
use aqueduct_spec::realtime::{
    ClientSecret, CreateClientSecretOptions, RealtimeFunctionTool, RealtimeTool, SessionConfig,
};
use aqueduct_spec::{Error, RealtimeModel, Result};

use crate::model::{IntoModel, ModelSource};
use crate::request::{Shared, awaited};
use crate::retry::with_retries;
use crate::tool::{Contexts, Tool};

/// Makes a token of short life that opens one session with a realtime model. A browser that gets it never sees the key.
///
/// ```no_run
/// use std::time::Duration;
///
/// # async fn example() -> aqueduct::Result<()> {
/// let token = aqueduct::create_realtime_token("openai/gpt-realtime")
///     .expires_after(Duration::from_secs(60))
///     .await?;
/// let json = serde_json::json!({ "token": token.token, "url": token.url });
/// # let _ = json;
/// # Ok(())
/// # }
/// ```
pub fn create_realtime_token<K>(
    model: impl IntoModel<dyn RealtimeModel, K>,
) -> CreateRealtimeTokenRequest {
    CreateRealtimeTokenRequest {
        model: model.into_model(),
        options: CreateClientSecretOptions::default(),
        shared: Shared::default(),
    }
}

/// A request for a token.
#[derive(Debug)]
#[must_use = "a request does nothing unless it is awaited"]
pub struct CreateRealtimeTokenRequest {
    model: ModelSource<dyn RealtimeModel>,
    options: CreateClientSecretOptions,
    shared: Shared,
}

impl CreateRealtimeTokenRequest {
    /// Sets how long the token may live, in whole seconds. Default: as long as the provider likes, about a minute.
    pub fn expires_after(mut self, after: Duration) -> Self {
        self.options.expires_after_seconds = Some(after.as_secs());
        self
    }

    /// Sets up the session that the token is good for, where the provider binds it.
    pub fn session(mut self, config: SessionConfig) -> Self {
        self.options.session_config = Some(config);
        self
    }

    /// Sets the registry that finds what is given by name. Default: the providers that the environment has keys for.
    pub fn registry(mut self, registry: &crate::Registry) -> Self {
        self.shared.registry = Some(registry.clone());
        self
    }

    /// Sets how often a failed call is sent again. Default: 2. See [`crate::retry`].
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.shared.max_retries = retries;
        self
    }

    /// Replaces the context of the calls.
    pub fn context(mut self, context: aqueduct_spec::Context) -> Self {
        self.shared.context = context;
        self
    }

    async fn run(self) -> Result<ClientSecret> {
        let model = self.model.resolve(self.shared.registry.as_ref())?;
        let context = &self.shared.context;
        let send = || model.create_client_secret(self.options.clone(), context);
        with_retries(self.shared.max_retries, send).await
    }
}

awaited!(CreateRealtimeTokenRequest -> ClientSecret);

/// Begins the definitions of tools for a session: what its model is told of them. Running them stays with the program.
///
/// ```
/// use aqueduct::{Tool, realtime_tools};
///
/// let weather = Tool::new("weather").description("Tells the weather in a city");
/// let tools = realtime_tools([&weather]).definitions()?;
/// assert_eq!(tools.len(), 1);
/// # Ok::<_, aqueduct::Error>(())
/// ```
pub fn realtime_tools<'a>(tools: impl IntoIterator<Item = &'a Tool>) -> RealtimeTools<'a> {
    RealtimeTools { tools: tools.into_iter().collect(), contexts: Contexts::default() }
}

/// Tools for a session.
#[must_use = "tools are defined by `definitions`"]
pub struct RealtimeTools<'a> {
    tools: Vec<&'a Tool>,
    contexts: Contexts,
}

impl RealtimeTools<'_> {
    /// Passes a value to the description of one tool, which finds it by its type.
    pub fn tool_context(mut self, tool: impl Into<String>, value: impl Any + Send + Sync) -> Self {
        self.contexts.set_tool(tool.into(), Arc::new(value));
        self
    }

    /// Passes a value to the descriptions of all tools, which find it by its type.
    pub fn runtime_context(mut self, value: impl Any + Send + Sync) -> Self {
        self.contexts.set_runtime(Arc::new(value));
        self
    }

    /// Defines the tools, in their order. Tools that a provider defines are not for sessions and are left out.
    ///
    /// # Errors
    /// `InvalidRequest` if a tool has no name, two have the same, or one lacks a context that it cannot do without.
    pub fn definitions(&self) -> Result<Vec<RealtimeTool>> {
        let mut names = BTreeSet::new();
        let mut definitions = Vec::with_capacity(self.tools.len());
        for tool in &self.tools {
            let name = tool.name();
            if name.is_empty() {
                return Err(Error::invalid_request("a tool has no name"));
            }
            if !names.insert(name) {
                return Err(Error::invalid_request(format!("two tools are named '{name}'")));
            }
            let surroundings = self.contexts.of_tool(name);
            tool.check_context(&surroundings)?;
            if let SpecTool::Function(tool) = tool.describe(&surroundings) {
                let mut definition = RealtimeFunctionTool::new(tool.name, tool.input_schema);
                definition.description = tool.description;
                definitions.push(definition.into());
            }
        }
        Ok(definitions)
    }
}

impl fmt::Debug for RealtimeTools<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RealtimeTools").field("tools", &self.tools).finish_non_exhaustive()
    }
}
