//! What stands in the brackets of the attribute.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Result, Token};

/// The settings of the attribute.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) name: Option<LitStr>,
    pub(crate) title: Option<LitStr>,
}

struct Setting {
    key: Ident,
    value: LitStr,
}

impl Parse for Setting {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let key = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok(Self { key, value: input.parse()? })
    }
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut arguments = Self::default();
        for setting in Punctuated::<Setting, Token![,]>::parse_terminated(input)? {
            let place = match setting.key.to_string().as_str() {
                "name" => &mut arguments.name,
                "title" => &mut arguments.title,
                _ => {
                    return Err(syn::Error::new(
                        setting.key.span(),
                        "expected `name` or `title`; the description is the doc comment",
                    ));
                }
            };
            if place.replace(setting.value).is_some() {
                return Err(syn::Error::new(setting.key.span(), "given twice"));
            }
        }
        Ok(arguments)
    }
}
