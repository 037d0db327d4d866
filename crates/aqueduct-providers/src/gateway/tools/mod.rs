//! Tools that the gateway runs itself: searches of the web. What is set here wins over what the model asks for.
//!
//! ```
//! use aqueduct_providers::gateway::tools;
//! use aqueduct_spec::language::Tool;
//!
//! let tool: Tool = tools::perplexity_search().max_results(5).search_domain_filter(["nature.com"]).into();
//! assert_eq!(tool.name(), "perplexity_search");
//! ```

mod exa;
mod failure;
mod parallel;
mod perplexity;
mod tako;

use aqueduct_spec::JsonObject;
use serde_json::{Value, json};

pub use exa::ExaSearch;
pub use failure::SearchFailure;
pub use parallel::ParallelSearch;
pub use perplexity::PerplexitySearch;
pub use tako::TakoSearch;

/// A search by Perplexity: ranked pages with excerpts.
pub fn perplexity_search() -> PerplexitySearch {
    PerplexitySearch::new()
}

/// A search by Parallel: excerpts for an objective, from several queries.
pub fn parallel_search() -> ParallelSearch {
    ParallelSearch::new()
}

/// A search by Exa: pages by meaning, with their content.
pub fn exa_search() -> ExaSearch {
    ExaSearch::new()
}

/// A search by Tako: cards of data, and pages.
pub fn tako_search() -> TakoSearch {
    TakoSearch::new()
}

/// Sets a setting of a tool, in a group of settings if there is a name before it.
fn set(args: &mut JsonObject, path: &[&str], value: Value) {
    match path {
        [] => {}
        [name] => {
            args.insert((*name).to_owned(), value);
        }
        [group, rest @ ..] => {
            let group = args.entry(*group).or_insert_with(|| json!({}));
            if let Some(group) = group.as_object_mut() {
                set(group, rest, value);
            }
        }
    }
}

/// Declares a tool: its settings, each with its place in `args`.
macro_rules! search_tool {
    (
        $(#[$meta:meta])*
        $name:ident = $id:literal {
            $( $(#[$field_meta:meta])* $field:ident($kind:ident) = [$($path:literal),+]; )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        #[must_use]
        pub struct $name {
            name: String,
            args: aqueduct_spec::JsonObject,
        }

        impl $name {
            pub(super) fn new() -> Self {
                Self { name: $id.to_owned(), args: aqueduct_spec::JsonObject::new() }
            }

            #[doc = concat!("What the model calls it by. Default: `", $id, "`.")]
            pub fn name(mut self, name: impl Into<String>) -> Self {
                self.name = name.into();
                self
            }

            /// Sets a setting that this version has no method for.
            pub fn argument(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
                self.args.insert(name.to_owned(), value.into());
                self
            }

            $( super::setter!($(#[$field_meta])* $field($kind) = [$($path),+]); )+
        }

        impl From<$name> for aqueduct_spec::language::Tool {
            fn from(tool: $name) -> Self {
                aqueduct_spec::language::ProviderTool::new(
                    concat!("gateway.", $id),
                    tool.name,
                    tool.args,
                )
                .into()
            }
        }
    };
}
use search_tool;

/// Declares one setting of a tool.
macro_rules! setter {
    ($(#[$meta:meta])* $field:ident(texts) = [$($path:literal),+]) => {
        $(#[$meta])*
        pub fn $field<T: Into<String>>(mut self, values: impl IntoIterator<Item = T>) -> Self {
            let values = values.into_iter().map(|value| value.into().into()).collect();
            super::set(&mut self.args, &[$($path),+], serde_json::Value::Array(values));
            self
        }
    };
    ($(#[$meta:meta])* $field:ident(text) = [$($path:literal),+]) => {
        $(#[$meta])*
        pub fn $field(mut self, value: impl Into<String>) -> Self {
            super::set(&mut self.args, &[$($path),+], value.into().into());
            self
        }
    };
    ($(#[$meta:meta])* $field:ident(count) = [$($path:literal),+]) => {
        $(#[$meta])*
        pub fn $field(mut self, value: u32) -> Self {
            super::set(&mut self.args, &[$($path),+], value.into());
            self
        }
    };
    ($(#[$meta:meta])* $field:ident(flag) = [$($path:literal),+]) => {
        $(#[$meta])*
        pub fn $field(mut self, value: bool) -> Self {
            super::set(&mut self.args, &[$($path),+], value.into());
            self
        }
    };
    ($(#[$meta:meta])* $field:ident(json) = [$($path:literal),+]) => {
        $(#[$meta])*
        pub fn $field(mut self, value: impl Into<serde_json::Value>) -> Self {
            super::set(&mut self.args, &[$($path),+], value.into());
            self
        }
    };
}
use setter;
