//! How the JSON types of this API are declared.

/// Declares objects: every field may be absent, and what is not listed is kept in `rest`.
///
/// Lists and texts that are always there default to empty ones; hosts that speak this API leave out more than OpenAI does.
macro_rules! objects {
    ($(
        $(#[$meta:meta])*
        $name:ident
        { $( $(#[$required_meta:meta])* $required:ident: $required_type:ty, )* }
        { $( $(#[$optional_meta:meta])* $optional:ident: $optional_type:ty, )* }
    )*) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$required_meta])* pub $required: $required_type, )*
            $(
                $(#[$optional_meta])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $optional: Option<$optional_type>,
            )*
            /// Everything else.
            #[serde(flatten)]
            pub rest: aqueduct_spec::JsonObject,
        }
    )* };
}
pub(super) use objects;

/// Declares a union told apart by `type`. What is not listed, or has another shape than listed, is kept as it came.
macro_rules! union {
    (
        $(#[$meta:meta])*
        $name:ident { $( $(#[$variant_meta:meta])* $variant:ident($type:ty) = $value:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_meta])* $variant($type), )+
            /// A kind this version does not know, as it came.
            Unknown(aqueduct_spec::JsonObject),
        }

        impl $name {
            /// The value of `type`.
            pub fn tag(&self) -> &str {
                match self {
                    $( Self::$variant(_) => $value, )+
                    Self::Unknown(object) => {
                        object.get("type").and_then(serde_json::Value::as_str).unwrap_or_default()
                    }
                }
            }

            /// Reads an object whose type is listed.
            fn listed(tag: &str, object: &serde_json::Value) -> Option<Self> {
                match tag {
                    $( $value => {
                        let mut fields = <$type as serde::Deserialize>::deserialize(object).ok()?;
                        fields.rest.shift_remove("type");
                        Some(Self::$variant(fields))
                    } )+
                    _ => None,
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #[derive(serde::Serialize)]
                struct Tagged<'a, T> {
                    r#type: &'static str,
                    #[serde(flatten)]
                    fields: &'a T,
                }
                match self {
                    $( Self::$variant(fields) => Tagged { r#type: $value, fields }.serialize(serializer), )+
                    Self::Unknown(object) => object.serialize(serializer),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let object = aqueduct_spec::JsonObject::deserialize(deserializer)?;
                Ok(Self::from(object))
            }
        }

        impl From<aqueduct_spec::JsonObject> for $name {
            fn from(object: aqueduct_spec::JsonObject) -> Self {
                let tag = object.get("type").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
                let object = serde_json::Value::Object(object);
                match (Self::listed(&tag, &object), object) {
                    (Some(known), _) => known,
                    (None, serde_json::Value::Object(object)) => Self::Unknown(object),
                    (None, _) => Self::Unknown(aqueduct_spec::JsonObject::new()),
                }
            }
        }

        $( impl From<$type> for $name {
            fn from(fields: $type) -> Self {
                Self::$variant(fields)
            }
        } )+
    };
}
pub(super) use union;
