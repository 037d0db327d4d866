//! Instances of many schemas, checked against the schema word by word.

use serde_json::{Map, Value, json};

use super::schema::instance;

/// Random numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn schema(&mut self, depth: u64) -> Value {
        match self.roll(if depth == 0 { 6 } else { 10 }) {
            0 => self.number("integer"),
            1 => self.number("number"),
            2 => json!({ "type": "boolean" }),
            3 => {
                json!({ "type": ["null", "string"], "minLength": self.roll(9), "maxLength": 9 + self.roll(9) })
            }
            4 => json!({ "enum": ["red", 5, null, { "a": 1 }] }),
            5 => {
                let patterns = [
                    "^[A-F0-9]{8}$",
                    "^(yes|no)$",
                    "^v\\d+\\.\\d+$",
                    "^\\w+@\\w+\\.(com|org)$",
                    "^[^\\s]{3,}$",
                ];
                json!({ "type": "string", "pattern": patterns[self.roll(5) as usize] })
            }
            6 => {
                json!({ "anyOf": [{ "type": "null" }, self.schema(depth - 1), self.schema(depth - 1)] })
            }
            7 => {
                let least = self.roll(4);
                json!({ "type": "array", "items": self.schema(depth - 1), "minItems": least, "maxItems": least + self.roll(3) })
            }
            8 => {
                json!({ "type": "array", "prefixItems": [self.schema(depth - 1), self.schema(depth - 1)], "items": false })
            }
            _ => self.object(depth),
        }
    }

    fn number(&mut self, kind: &str) -> Value {
        let mut schema = Map::from_iter([("type".to_owned(), json!(kind))]);
        let low = self.roll(40) as i64 - 20;
        if self.roll(2) == 0 {
            schema
                .insert(["minimum", "exclusiveMinimum"][self.roll(2) as usize].into(), json!(low));
        }
        if self.roll(2) == 0 {
            let high = low + 12 + self.roll(20) as i64;
            schema
                .insert(["maximum", "exclusiveMaximum"][self.roll(2) as usize].into(), json!(high));
        }
        if self.roll(3) == 0 {
            schema.insert("multipleOf".into(), json!(1 + self.roll(5)));
        }
        Value::Object(schema)
    }

    fn object(&mut self, depth: u64) -> Value {
        let names = ["a", "b", "c", "d"];
        let count = self.roll(4) as usize;
        let properties: Map<_, _> = names[..count]
            .iter()
            .map(|name| ((*name).to_owned(), self.schema(depth - 1)))
            .collect();
        let required: Vec<_> = names[..count].iter().filter(|_| self.roll(2) == 0).collect();
        match self.roll(3) {
            0 => {
                json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
            }
            1 => {
                json!({ "type": "object", "minProperties": count + 1, "properties": properties, "additionalProperties": self.schema(depth - 1) })
            }
            _ => {
                json!({ "allOf": [{ "type": "object", "properties": properties }, { "required": required }, { "properties": { "a": true } }] })
            }
        }
    }
}

/// Says what of a schema a value does not fit.
fn misfit(schema: &Value, value: &Value) -> Option<String> {
    let Value::Object(words) = schema else {
        return (*schema == json!(false)).then(|| format!("{value} where nothing may be"));
    };
    words.iter().find_map(|(word, wanted)| {
        let fits = match (word.as_str(), value) {
            ("type", _) => match wanted {
                Value::Array(names) => names.iter().any(|name| is_a(value, name)),
                name => is_a(value, name),
            },
            ("enum", _) => wanted.as_array().unwrap().contains(value),
            ("anyOf", _) => {
                wanted.as_array().unwrap().iter().any(|schema| misfit(schema, value).is_none())
            }
            ("allOf", _) => {
                return wanted.as_array().unwrap().iter().find_map(|schema| misfit(schema, value));
            }
            ("minimum", Value::Number(n)) => n.as_f64() >= wanted.as_f64(),
            ("exclusiveMinimum", Value::Number(n)) => n.as_f64() > wanted.as_f64(),
            ("maximum", Value::Number(n)) => n.as_f64() <= wanted.as_f64(),
            ("exclusiveMaximum", Value::Number(n)) => n.as_f64() < wanted.as_f64(),
            ("multipleOf", Value::Number(n)) => {
                (n.as_f64().unwrap() / wanted.as_f64().unwrap()).fract() == 0.0
            }
            ("minLength", Value::String(text)) => {
                text.chars().count() >= wanted.as_u64().unwrap() as usize
            }
            ("maxLength", Value::String(text)) => {
                text.chars().count() <= wanted.as_u64().unwrap() as usize
            }
            ("pattern", Value::String(text)) => fits_pattern(wanted.as_str().unwrap(), text),
            ("minItems", Value::Array(items)) => items.len() >= wanted.as_u64().unwrap() as usize,
            ("maxItems", Value::Array(items)) => items.len() <= wanted.as_u64().unwrap() as usize,
            ("items", Value::Array(items)) => {
                let start =
                    words.get("prefixItems").map_or(0, |tuple| tuple.as_array().unwrap().len());
                return items.iter().skip(start).find_map(|item| misfit(wanted, item));
            }
            ("prefixItems", Value::Array(items)) => {
                return wanted
                    .as_array()
                    .unwrap()
                    .iter()
                    .zip(items)
                    .find_map(|(schema, item)| misfit(schema, item));
            }
            ("properties", Value::Object(object)) => {
                return object.iter().find_map(|(name, value)| misfit(wanted.get(name)?, value));
            }
            ("required", Value::Object(object)) => wanted
                .as_array()
                .unwrap()
                .iter()
                .all(|name| object.contains_key(name.as_str().unwrap())),
            ("additionalProperties", Value::Object(object)) => {
                let known = words.get("properties");
                let extra = object.iter().filter(|(name, _)| {
                    known.is_none_or(|known| known.get(name.as_str()).is_none())
                });
                return extra.into_iter().find_map(|(_, value)| misfit(wanted, value));
            }
            ("minProperties", Value::Object(object)) => {
                object.len() >= wanted.as_u64().unwrap() as usize
            }
            _ => true,
        };
        (!fits).then(|| format!("{value} does not fit {word}: {wanted}"))
    })
}

fn is_a(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type: {other}"),
    }
}

/// The patterns above, written out: a second reader of regular expressions would share the mistakes of the first.
fn fits_pattern(pattern: &str, text: &str) -> bool {
    let word = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    match pattern {
        "^[A-F0-9]{8}$" => {
            text.len() == 8 && text.chars().all(|c| matches!(c, 'A'..='F' | '0'..='9'))
        }
        "^(yes|no)$" => text == "yes" || text == "no",
        "^v\\d+\\.\\d+$" => text
            .strip_prefix('v')
            .and_then(|rest| rest.split_once('.'))
            .is_some_and(|(a, b)| digits(a) && digits(b)),
        "^\\w+@\\w+\\.(com|org)$" => text
            .split_once('@')
            .and_then(|(name, host)| Some((name, host.rsplit_once('.')?)))
            .is_some_and(|(name, (host, end))| {
                word(name) && word(host) && (end == "com" || end == "org")
            }),
        "^[^\\s]{3,}$" => text.chars().count() >= 3 && !text.contains(char::is_whitespace),
        other => panic!("no pattern: {other}"),
    }
}

#[tokio::test]
async fn instances_fit_their_schemas() {
    let mut dice = Dice(42);
    for number in 0..1500 {
        let schema = dice.schema(3);
        let value = instance(schema.clone()).await;
        if let Some(misfit) = misfit(&schema, &value) {
            panic!("schema {number}: {misfit}\n{schema}\n{value}");
        }
    }
}

#[test]
fn the_check_itself_finds_misfits() {
    for (schema, value) in [
        (json!({ "type": "integer" }), json!(1.5)),
        (json!({ "type": "object", "required": ["a"] }), json!({})),
        (json!({ "type": "array", "items": { "type": "string" } }), json!([1])),
        (json!({ "type": "number", "exclusiveMaximum": 2 }), json!(2)),
        (json!({ "properties": { "a": {} }, "additionalProperties": false }), json!({ "b": 1 })),
        (json!({ "prefixItems": [{}], "items": false }), json!([1, 2])),
    ] {
        assert!(misfit(&schema, &value).is_some(), "{schema} {value}");
    }
}
