//! JSON as the specification uses it: ordered objects, tagged unions that keep what they do not know, lenient numbers.

mod surrogates;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub use surrogates::{LoneSurrogate, from_slice, lone_surrogates, without_lone_surrogates};

/// A JSON object. Keys keep the order in which they arrived.
pub type JsonObject = serde_json::Map<String, Value>;

/// Declares a union told apart by a string field, as the V4 shapes are.
///
/// Each variant holds one struct. An object whose tag is not listed becomes `Unknown` and is written back as it came; an
/// object whose tag is listed but whose fields are wrong is an error that names the field.
///
/// Tags that only start alike, such as `data-<name>`, are a family: its structs hold the whole tag themselves.
#[doc(hidden)]
#[macro_export]
macro_rules! tagged {
    (
        $(#[$meta:meta])*
        pub enum $name:ident by $tag:literal {
            $( $(#[$variant_meta:meta])* $variant:ident($type:ty) = $value:literal, )+
        }
        $( families {
            $( $(#[$family_meta:meta])* $family:ident($family_type:ty) = $( $prefix:literal )|+, )+
        } )?
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_meta])* $variant($type), )+
            $( $( $(#[$family_meta])* $family($family_type), )+ )?
            /// A kind this version does not know, kept as it came.
            Unknown($crate::JsonObject),
        }

        impl $name {
            #[doc = concat!("Returns the value of `", $tag, "`.")]
            pub fn tag(&self) -> &str {
                match self {
                    $( Self::$variant(_) => $value, )+
                    $( $( Self::$family(fields) => &fields.tag, )+ )?
                    Self::Unknown(object) => {
                        object.get($tag).and_then(serde_json::Value::as_str).unwrap_or_default()
                    }
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #[derive(serde::Serialize)]
                struct Tagged<'a, T> {
                    #[serde(rename = $tag)]
                    tag: &'static str,
                    #[serde(flatten)]
                    fields: &'a T,
                }
                match self {
                    $( Self::$variant(fields) => Tagged { tag: $value, fields }.serialize(serializer), )+
                    $( $( Self::$family(fields) => fields.serialize(serializer), )+ )?
                    Self::Unknown(object) => object.serialize(serializer),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut object = $crate::JsonObject::deserialize(deserializer)?;
                let tag = match object.get($tag) {
                    Some(serde_json::Value::String(tag)) => tag.clone(),
                    Some(_) => return Err(serde::de::Error::custom(concat!("`", $tag, "` must be a string"))),
                    None => return Err(serde::de::Error::missing_field($tag)),
                };
                match tag.as_str() {
                    $( $value => {
                        object.shift_remove($tag);
                        $crate::json::from_object(object).map(Self::$variant).map_err(serde::de::Error::custom)
                    } )+
                    $( $( tag if $( tag.starts_with($prefix) )||+ => {
                        $crate::json::from_object(object).map(Self::$family).map_err(serde::de::Error::custom)
                    } )+ )?
                    _ => Ok(Self::Unknown(object)),
                }
            }
        }

        $( impl From<$type> for $name {
            fn from(value: $type) -> Self {
                Self::$variant(value)
            }
        } )+
        $( $( impl From<$family_type> for $name {
            fn from(value: $family_type) -> Self {
                Self::$family(value)
            }
        } )+ )?
    };
}
#[doc(hidden)]
pub use tagged;

/// Reads an object into `T`.
///
/// # Errors
/// What is wrong, behind the path of the field that is wrong.
pub fn from_object<T: serde::de::DeserializeOwned>(object: JsonObject) -> Result<T, String> {
    from_object_at(object).map_err(|(path, inner)| match path {
        Some(path) => format!("{path}: {inner}"),
        None => inner,
    })
}

/// Reads an object into `T`; tells the path of the field that is wrong apart from what is wrong with it.
///
/// # Errors
/// The path, if one field is to blame, and what is wrong.
pub fn from_object_at<T: serde::de::DeserializeOwned>(
    object: JsonObject,
) -> Result<T, (Option<String>, String)> {
    serde_path_to_error::deserialize(Value::Object(object)).map_err(|error| {
        let path = error.path().to_string();
        ((path != ".").then_some(path), plain_problem(&error.into_inner().to_string()))
    })
}

/// Says what is wrong with JSON in words for whoever wrote it: serde's, without the text that was there, which may be a key or a
/// prompt, and without the names of Rust types.
pub fn plain_problem(problem: &str) -> String {
    const MAX_CHARS: usize = 300;
    let problem = without(problem, "string \"", "string", "\", expected ", ", expected ");
    let problem =
        without(&problem, "unknown variant `", "unknown variant", "`, expected ", ", expected ");
    let mut problem = problem;
    for kind in ["struct ", "internally tagged enum ", "adjacently tagged enum ", "enum "] {
        let marker = format!("expected {kind}");
        if let Some((before, after)) = problem.split_once(&marker) {
            let rest = after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            problem = format!("{before}expected an object{rest}");
        }
    }
    if let Some((before, _)) = problem.split_once("data did not match any variant of") {
        problem = format!("{before}has none of the forms that it may have");
    }
    problem.chars().take(MAX_CHARS).collect()
}

/// Leaves out what is between two marks.
fn without(text: &str, open: &str, opened: &str, close: &str, closed: &str) -> String {
    match text.split_once(open).and_then(|(before, rest)| Some((before, rest.rsplit_once(close)?)))
    {
        Some((before, (_, after))) => format!("{before}{opened}{closed}{after}"),
        None => text.to_owned(),
    }
}

/// Reads a count leniently: `null`, a negative number or a value that is no number is `None`, `3.0` is 3.
///
/// Providers report token counts as integers, floats or not at all; none of that may fail a finished answer.
///
/// # Errors
/// Only if the input is not JSON.
pub fn lenient_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(Option::<Value>::deserialize(deserializer)?.as_ref().and_then(count))
}

/// Returns a JSON number as a count, if it is one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded just before")]
pub fn count(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        value.as_f64().filter(|n| *n >= 0.0 && *n < 9_007_199_254_740_992.0).map(|n| n as u64)
    })
}

/// Writes a number as JavaScript would: `1`, not `1.0`. Providers that want an integer refuse the latter.
#[expect(clippy::cast_possible_truncation, reason = "bounded just before")]
pub fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 {
        Value::from(value as i64)
    } else {
        Value::from(value)
    }
}

/// Serializes an optional number as JavaScript would; see [`number`].
pub(crate) mod plain_number {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "the signature serde asks for")]
    pub(crate) fn serialize<S: Serializer>(
        value: &Option<f64>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.map(super::number).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<f64>, D::Error> {
        Option::<f64>::deserialize(deserializer)
    }
}

/// Serializes a number as JavaScript would; see [`number`].
pub(crate) mod plain {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
    pub(crate) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        super::number(*value).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        f64::deserialize(deserializer)
    }
}

/// Reads `null` as the default: gateways send it for lists that are empty.
pub(crate) fn nullish<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Tells a field that is `null` from one that is absent: for fields where both have a meaning.
///
/// # Errors
/// Only if the input is not JSON.
pub fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Declares a V4 object: the fields that are always there, then those that may be absent.
///
/// Fields keep their camel-case names in JSON, optional ones are left out when `None`, and unknown ones are kept in `rest`.
#[doc(hidden)]
#[macro_export]
macro_rules! shape {
    (
        $(#[$meta:meta])*
        $name:ident
        { $( $(#[$required_meta:meta])* $required:ident: $required_type:ty, )* }
        { $( $(#[$optional_meta:meta])* $optional:ident: $optional_type:ty, )* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$required_meta])* pub $required: $required_type, )*
            $(
                $(#[$optional_meta])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $optional: Option<$optional_type>,
            )*
            /// Fields this version does not know.
            #[serde(flatten)]
            pub rest: $crate::JsonObject,
        }

        impl $name {
            /// Creates it from the fields that are always there.
            pub fn new($($required: impl Into<$required_type>),*) -> Self {
                Self {
                    $( $required: $required.into(), )*
                    $( $optional: None, )*
                    rest: $crate::JsonObject::new(),
                }
            }
        }
    };
}
#[doc(hidden)]
pub use shape;

#[cfg(test)]
mod tests {
    use super::plain_problem;

    #[test]
    fn a_problem_is_told_without_what_was_there() {
        let cases = [
            (
                "invalid type: string \"sk-1, expected x\", expected a map",
                "invalid type: string, expected a map",
            ),
            (
                "a.b: invalid type: string \"x\", expected f64",
                "a.b: invalid type: string, expected f64",
            ),
            ("unknown variant `x`, expected `a` or `b`", "unknown variant, expected `a` or `b`"),
            (
                "invalid type: integer `5`, expected struct Message",
                "invalid type: integer `5`, expected an object",
            ),
            (
                "data did not match any variant of untagged enum Stop",
                "has none of the forms that it may have",
            ),
            ("missing field `name`", "missing field `name`"),
        ];
        for (problem, plain) in cases {
            assert_eq!(plain_problem(problem), plain);
        }
        assert_eq!(plain_problem(&"é".repeat(1000)).chars().count(), 300);
    }
}
