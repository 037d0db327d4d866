//! A function, made into one that returns a tool.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Attribute, Expr, ExprLit, FnArg, Ident, ItemFn, Lit, Meta, Pat, PatType, Result, Safety,
    Signature, Type,
};

use crate::arguments::Arguments;

pub(crate) fn tool(arguments: TokenStream, function: TokenStream) -> Result<TokenStream> {
    let arguments: Arguments = syn::parse2(arguments)?;
    let ItemFn { attrs, vis, sig, block, .. } = syn::parse2(function)?;
    refuse(&sig)?;
    let function = &sig.ident;
    let inputs = sig.inputs.iter().map(Input::read).collect::<Result<Vec<_>>>()?;
    let fields = inputs.iter().filter(|input| !input.is_context).map(Input::field);
    let parameters = inputs.iter().map(Input::parameter);
    let values = inputs.iter().map(Input::value);
    let (asyncness, output) = (&sig.asyncness, &sig.output);
    let call = quote!(run(#(#values),*));
    let future = match asyncness {
        Some(_) => call,
        None => quote!(::std::future::ready(#call)),
    };
    let name = arguments.name.map_or_else(|| unraw(function), |name| name.value());
    let (docs, kept): (Vec<_>, Vec<_>) =
        attrs.into_iter().partition(|attr| attr.path().is_ident("doc"));
    let described = description(&docs).map(|text| quote!(.description(#text)));
    let titled = arguments.title.map(|title| quote!(.title(#title)));
    Ok(quote! {
        #(#docs)*
        #(#kept)*
        #vis fn #function() -> ::aqueduct::Tool {
            #[derive(
                ::aqueduct::macro_support::serde::Deserialize,
                ::aqueduct::macro_support::schemars::JsonSchema,
            )]
            #[serde(crate = "::aqueduct::macro_support::serde")]
            #[schemars(crate = "::aqueduct::macro_support::schemars")]
            struct Input {
                #(#fields,)*
            }

            #asyncness fn run(#(#parameters),*) #output #block

            ::aqueduct::Tool::new(#name)
                #described
                #titled
                .input::<Input>()
                .execute(|input: Input, context: ::aqueduct::ToolContext| {
                    let _ = (&input, &context);
                    #future
                })
        }
    })
}

/// Refuses functions that cannot be a tool.
fn refuse(signature: &Signature) -> Result<()> {
    let refuse = |token: &dyn quote::ToTokens, why: &str| Err(syn::Error::new_spanned(token, why));
    match signature {
        Signature { generics, .. } if !generics.params.is_empty() => {
            refuse(generics, "a tool cannot be generic: its input needs one schema")
        }
        Signature { safety: Safety::Unsafe(token), .. } => refuse(token, "a tool cannot be unsafe"),
        Signature { constness: Some(token), .. } => refuse(token, "a tool cannot be const"),
        Signature { abi: Some(abi), .. } => refuse(abi, "a tool has no ABI"),
        Signature { variadic: Some(token), .. } => refuse(token, "a tool cannot be variadic"),
        _ => Ok(()),
    }
}

/// An argument of the function.
struct Input<'a> {
    name: &'a Ident,
    typed: &'a PatType,
    is_context: bool,
}

impl<'a> Input<'a> {
    fn read(argument: &'a FnArg) -> Result<Self> {
        let typed = match argument {
            FnArg::Typed(typed) => typed,
            FnArg::Receiver(_) => {
                return Err(syn::Error::new_spanned(
                    argument,
                    "a tool is a function, not a method",
                ));
            }
        };
        if let Type::Reference(reference) = &*typed.ty {
            let why = match is_context(&reference.elem) {
                true => "a tool owns its context: take `ToolContext`",
                false => "a tool owns its arguments: take `String` for `&str`, `Vec<T>` for `&[T]`",
            };
            return Err(syn::Error::new_spanned(reference, why));
        }
        match &*typed.pat {
            Pat::Ident(name) => {
                Ok(Self { name: &name.ident, typed, is_context: is_context(&typed.ty) })
            }
            pattern => Err(syn::Error::new_spanned(
                pattern,
                "an argument of a tool needs a name, which the model is told",
            )),
        }
    }

    fn field(&self) -> TokenStream {
        let (attributes, name, ty) = (&self.typed.attrs, self.name, &self.typed.ty);
        quote!(#(#attributes)* #name: #ty)
    }

    fn parameter(&self) -> TokenStream {
        let (pattern, ty) = (&self.typed.pat, &self.typed.ty);
        quote!(#pattern: #ty)
    }

    fn value(&self) -> TokenStream {
        let name = self.name;
        if self.is_context { quote!(context.clone()) } else { quote!(input.#name) }
    }
}

fn is_context(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => {
            path.path.segments.last().is_some_and(|segment| segment.ident == "ToolContext")
        }
        _ => false,
    }
}

/// The name of an identifier, without `r#`.
fn unraw(name: &Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}

/// The text of doc comments, each line without the blank that stands before it.
fn description(docs: &[Attribute]) -> Option<String> {
    let lines: Vec<_> = docs
        .iter()
        .filter_map(|doc| match &doc.meta {
            Meta::NameValue(doc) => match &doc.value {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        })
        .collect();
    let text = lines
        .iter()
        .flat_map(|line| line.split('\n'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
        .collect::<Vec<_>>()
        .join("\n");
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(arguments: TokenStream, function: TokenStream) -> String {
        tool(arguments, function).unwrap_err().to_string()
    }

    #[test]
    fn refuses_what_cannot_be_a_tool() {
        let none = || quote!();
        for (function, why) in [
            (
                quote!(
                    fn a<T>(x: T) {}
                ),
                "generic",
            ),
            (
                quote!(
                    unsafe fn a() {}
                ),
                "unsafe",
            ),
            (
                quote!(
                    const fn a() {}
                ),
                "const",
            ),
            (
                quote!(
                    extern "C" fn a() {}
                ),
                "ABI",
            ),
            (
                quote!(
                    fn a(&self) {}
                ),
                "not a method",
            ),
            (
                quote!(
                    fn a((x, y): (u8, u8)) {}
                ),
                "needs a name",
            ),
            (
                quote!(
                    fn a(text: &str) {}
                ),
                "take `String`",
            ),
            (
                quote!(
                    fn a(cx: &ToolContext) {}
                ),
                "take `ToolContext`",
            ),
        ] {
            let message = refusal(none(), function);
            assert!(message.contains(why), "{message}");
        }
        let function = || {
            quote!(
                fn a() {}
            )
        };
        assert!(refusal(quote!(colour = "red"), function()).contains("expected `name`"));
        assert!(refusal(quote!(name = "a", name = "b"), function()).contains("twice"));
    }

    #[test]
    fn says_nothing_of_a_function_without_comments() {
        let tokens = tool(
            quote!(),
            quote!(
                fn a() {}
            ),
        )
        .unwrap()
        .to_string();
        assert!(!tokens.contains("description"));
    }
}
