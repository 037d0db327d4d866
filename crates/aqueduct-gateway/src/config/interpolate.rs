//! `${NAME}` and `${NAME:-default}` in the strings of a configuration.

use aqueduct_providers::Environment;
use serde_json::Value;

use super::path;
use super::problem::Finding;

/// Replaces the variables in every string below `value`. `$${` stands for a plain `${`.
pub(super) fn interpolate(
    value: &mut Value,
    path: &str,
    environment: &Environment,
    findings: &mut Vec<Finding>,
) {
    match value {
        Value::String(text) if text.contains("${") => match replace(text, environment) {
            Ok(replaced) => *text = replaced,
            Err(mistake) => findings.push(mistake.finding(path)),
        },
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                interpolate(item, &path::item(path, index), environment, findings);
            }
        }
        Value::Object(fields) => {
            for (key, field) in fields.iter_mut() {
                interpolate(field, &path::field(path, key), environment, findings);
            }
        }
        _ => {}
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Mistake {
    NotSet(String),
    NotClosed,
    NoName,
}

impl Mistake {
    fn finding(self, field: &str) -> Finding {
        match self {
            Self::NotSet(name) => Finding::value(
                field,
                format!("the environment variable {name} is not set"),
                format!("set it, or write ${{{name}:-default}}"),
            ),
            Self::NotClosed => Finding::value(
                field,
                "'${' without '}'",
                "close it, or write '$${' for a plain '${'",
            ),
            Self::NoName => Finding::value(
                field,
                "'${}' names no environment variable",
                "names are made of letters, digits and '_', as in ${GROQ_API_KEY}",
            ),
        }
    }
}

fn replace(text: &str, environment: &Environment) -> Result<String, Mistake> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        if let Some(before) = before.strip_suffix('$') {
            out.push_str(before);
            out.push_str("${");
            rest = after;
            continue;
        }
        out.push_str(before);
        let (inside, after) = after.split_once('}').ok_or(Mistake::NotClosed)?;
        let (name, default) = match inside.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (inside, None),
        };
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(Mistake::NoName);
        }
        let value = environment.get(name).or(default);
        out.push_str(value.ok_or_else(|| Mistake::NotSet(name.to_owned()))?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_variables_and_keeps_escapes() {
        let environment: Environment = [("KEY", "k"), ("EMPTY", "")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .into_iter()
            .collect();
        let replace = |text| replace(text, &environment);
        assert_eq!(replace("a ${KEY} b ${KEY}").unwrap(), "a k b k");
        assert_eq!(replace("${NONE:-x:-y}").unwrap(), "x:-y");
        assert_eq!(replace("${NONE:-}").unwrap(), "");
        assert_eq!(replace("${EMPTY:-x}").unwrap(), "x");
        assert_eq!(replace("$${KEY} $KEY").unwrap(), "${KEY} $KEY");
        assert_eq!(replace("${NONE}"), Err(Mistake::NotSet("NONE".to_owned())));
        assert_eq!(replace("${KEY"), Err(Mistake::NotClosed));
        assert_eq!(replace("${}"), Err(Mistake::NoName));
        assert_eq!(replace("${a b}"), Err(Mistake::NoName));
    }
}
