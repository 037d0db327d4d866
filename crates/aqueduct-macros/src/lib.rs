//! The attribute that makes a tool of a function. Use it as `aqueduct::tool`, with the feature `macros`.

mod arguments;
mod expand;

use proc_macro::TokenStream;

/// Makes a tool of a function: its name is the tool's, its doc comment the description, and its arguments, with their doc
/// comments, the input. What the function returns is what a tool's function may return: a value that serde can write, or a
/// `Result` of one.
///
/// An argument of type `ToolContext` is given the context of the call and is no part of the input. Attributes of arguments
/// are those of the fields of a struct that derives `Deserialize` and `JsonSchema`: `#[serde(default)]` and the like.
///
/// The function becomes one without arguments that returns the tool. `#[tool(name = "…", title = "…")]` names it otherwise.
///
/// ```ignore
/// /// Tells the weather in a city.
/// #[aqueduct::tool]
/// async fn weather(
///     /// The city's name in English.
///     city: String,
/// ) -> String {
///     format!("sunny in {city}")
/// }
///
/// let request = aqueduct::generate_text(model).prompt("How is Rome?").tool(weather());
/// ```
#[proc_macro_attribute]
pub fn tool(arguments: TokenStream, function: TokenStream) -> TokenStream {
    expand::tool(arguments.into(), function.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
