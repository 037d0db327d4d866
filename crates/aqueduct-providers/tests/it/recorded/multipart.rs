//! Forms as comparable values.

use aqueduct_spec::Data;
use serde_json::{Map, Value, json};

/// The parts of a form, in the order of their names and contents.
pub(super) fn parts(body: &[u8], content_type: &str) -> Option<Value> {
    let boundary = content_type.split_once("boundary=")?.1.trim_matches('"');
    let delimiter = format!("--{boundary}").into_bytes();
    let mut parts: Vec<Value> = split(body, &delimiter).into_iter().filter_map(part).collect();
    parts.sort_by_key(|part| format!("{}{}", part["name"], part["value"]));
    Some(Value::Array(parts))
}

fn part(part: &[u8]) -> Option<Value> {
    let end = part.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&part[..end]).into_owned();
    let content = part[end + 4..].strip_suffix(b"\r\n")?;
    let attribute = |name: &str| {
        let rest = head.split_once(&format!("; {name}=\""))?.1;
        Some(rest.split('"').next()?.to_owned())
    };
    let media_type = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-type").then(|| value.trim().to_owned())
    });
    let mut fields = Map::new();
    fields.insert("value".to_owned(), json!(Data::from(content.to_vec()).to_base64()));
    let named = [("name", attribute("name")), ("filename", attribute("filename"))];
    for (name, value) in named.into_iter().chain([("type", media_type)]) {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value.into());
        }
    }
    Some(fields.into())
}

fn split<'a>(body: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let mut starts: Vec<usize> = body
        .windows(delimiter.len())
        .enumerate()
        .filter(|(_, window)| *window == delimiter)
        .map(|(at, _)| at)
        .collect();
    starts.push(body.len());
    starts.windows(2).map(|pair| &body[pair[0] + delimiter.len()..pair[1]]).collect()
}
