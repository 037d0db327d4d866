//! Streamed answers that have a form.

use aqueduct::output::{OutputKind, PartialText};
use aqueduct::spec::language::{
    ErrorPart, Finish, StreamPart, TextDelta, TextEnd, TextStart, ToolCall, UnifiedFinishReason,
    Usage,
};
use aqueduct::text::TextRequest;
use aqueduct::{Output, Tool, generate_text, step_count_is, stream_object, stream_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use futures_util::{StreamExt as _, TryStreamExt as _};
use proptest::prelude::{any, prop, prop_assert_eq, proptest};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
struct City {
    name: String,
    people: Option<u64>,
}

fn block(id: &str, pieces: &[&str]) -> Vec<StreamPart> {
    let mut parts = vec![TextStart::new(id).into()];
    parts.extend(pieces.iter().map(|piece| TextDelta::new(id, *piece).into()));
    parts.push(TextEnd::new(id).into());
    parts
}

fn finished(mut parts: Vec<StreamPart>, finish: UnifiedFinishReason) -> Turn {
    parts.push(Finish::new(finish, Usage::default()).into());
    Turn::parts(parts)
}

fn ask<K: OutputKind>(kind: K, pieces: &[&str]) -> TextRequest<aqueduct::text::Streamed, K> {
    let turn = finished(block("0", pieces), UnifiedFinishReason::Stop);
    stream_text(MockLanguageModel::answers([turn])).prompt("go").output(kind)
}

async fn partials<K: OutputKind>(kind: K, pieces: &[&str]) -> Vec<K::Partial> {
    let mut stream = ask(kind, pieces).await.unwrap();
    stream.partial_output_stream().try_collect().await.unwrap()
}

#[tokio::test]
async fn an_object_grows() {
    let pieces = ["{\"name\"", ":", " \"Ro", "me\"", ", \"people", "\": 2", "8", "}", " \n"];
    let values: Vec<Value> = partials(Output::object::<City>(), &pieces)
        .await
        .into_iter()
        .map(aqueduct::output::Partial::into_value)
        .collect();
    let expected = [
        json!({}),
        json!({ "name": "Ro" }),
        json!({ "name": "Rome" }),
        json!({ "name": "Rome", "people": 2 }),
        json!({ "name": "Rome", "people": 28 }),
    ];
    assert_eq!(values, expected, "what does not change is not told");
}

#[tokio::test]
async fn a_partial_value_is_read_as_what_it_fits() {
    #[derive(Deserialize)]
    struct Draft {
        name: Option<String>,
    }
    let kind = Output::object::<City>();
    let values = partials(kind, &["{", "\"name\": \"Rome\"", "}"]).await;
    assert_eq!(values.len(), 2);
    assert!(values[0].fit().is_none());
    assert!(values[0].read::<Draft>().unwrap().name.is_none());
    assert!(values[0].read::<City>().unwrap_err().to_string().contains("does not fit"));
    assert_eq!(values[1]["name"], "Rome");
    assert_eq!(values[1].read::<Draft>().unwrap().name.unwrap(), "Rome");
    assert_eq!(values[1].fit().unwrap(), City { name: "Rome".to_owned(), people: None });
}

const CITIES: [&str; 7] = [
    "{\"elements\": [{\"name\": \"Ro",
    "me\"}",
    ", {\"na",
    "me\": \"Nîmes\"}, {\"no\": 1}",
    ", {\"name\": \"Segovia\"}",
    "]",
    "}",
];

fn names(cities: &[City]) -> Vec<&str> {
    cities.iter().map(|city| city.name.as_str()).collect()
}

#[tokio::test]
async fn elements_come_when_they_are_complete() {
    let mut stream = ask(Output::array::<City>(), &CITIES).await.unwrap();
    let elements: Vec<City> = stream.element_stream().try_collect().await.unwrap();
    assert_eq!(names(&elements), ["Rome", "Nîmes", "Segovia"]);
    let error = stream.collect().await.unwrap().output().unwrap_err();
    assert_eq!(error.param().unwrap(), "elements[2]", "what did not fit is told at the end");
}

#[tokio::test]
async fn a_partial_list_has_the_complete_elements() {
    let lists = partials(Output::array::<City>(), &CITIES).await;
    let lists: Vec<_> = lists.iter().map(|list| names(list)).collect();
    let expected: [&[&str]; 4] =
        [&[], &["Rome"], &["Rome", "Nîmes"], &["Rome", "Nîmes", "Segovia"]];
    assert_eq!(lists, expected);
    let none = partials(Output::array::<City>(), &["{\"other\": [1", "]}"]).await;
    assert!(none.is_empty());
}

proptest! {
    #[test]
    fn a_list_that_is_followed_is_the_same_as_one_that_is_read_anew(
        elements in prop::collection::vec(prop::sample::select(vec![
            json!(-5), json!(1.5), json!(null), json!("a,]}"), json!([[], [-1]]), json!({ "elements": [1, 2] }),
        ]), 0..6),
        is_pretty in any::<bool>(),
    ) {
        let answer = json!({ "elements": elements, "rest": [1, { "a": "b" }] });
        let text = if is_pretty { format!("{answer:#}") } else { answer.to_string() };
        let kind = Output::array_with_schema::<Value>(json!({}));
        let (mut followed, mut newest) = (PartialText::default(), None);
        for (start, character) in text.char_indices() {
            followed.push(character.encode_utf8(&mut [0; 4]));
            newest = kind.partial(&mut followed).or(newest);
            let mut anew = PartialText::default();
            anew.push(&text[..start + character.len_utf8()]);
            prop_assert_eq!(&newest, &kind.partial(&mut anew), "{}", anew.text());
        }
        prop_assert_eq!(newest, Some(answer["elements"].clone()));
    }
}

#[tokio::test]
async fn elements_and_parts_can_be_read_together() {
    let mut stream = ask(Output::array::<City>(), &CITIES).await.unwrap();
    let (mut pieces, mut log) = (0, Vec::new());
    while let Some(part) = stream.next().await {
        pieces += usize::from(part.unwrap().as_text_delta().is_some());
        while let Some(city) = stream.take_element() {
            log.push((pieces, city.name));
        }
    }
    let expected = [(3, "Rome"), (4, "Nîmes"), (7, "Segovia")];
    assert_eq!(log, expected.map(|(pieces, name)| (pieces, name.to_owned())));
    assert_eq!(stream.partial_output().unwrap().len(), 3);
    assert!(stream.take_partial_output().is_some());
    assert!(stream.take_partial_output().is_none(), "once");
}

#[tokio::test]
async fn a_choice_is_told_once_it_is_certain() {
    let kind = Output::choice(["sunny", "snowy", "rainy"]);
    let pieces = ["{\"result\": \"", "s", "u", "nny", "\"", "}"];
    assert_eq!(partials(kind.clone(), &pieces).await, ["sunny"]);
    assert!(partials(kind.clone(), &["{\"result\": \"s\"}"]).await.is_empty());
    assert!(partials(kind.clone(), &["{\"result\": \"fog\"}"]).await.is_empty());
    assert!(partials(kind, &["{\"result\": 5"]).await.is_empty());
}

#[tokio::test]
async fn json_and_text_grow() {
    let values = partials(Output::json(), &["[1", ", 2", ", ", "{\"a", "\": null}", "]"]).await;
    let expected = [json!([1]), json!([1, 2]), json!([1, 2, {}]), json!([1, 2, { "a": null }])];
    assert_eq!(values, expected);
    assert!(partials(Output::json(), &["nu", "ll"]).await.is_empty(), "null is nothing yet");
    assert!(partials(Output::json(), &["no json"]).await.is_empty());
    assert_eq!(partials(Output::text(), &["a", "b"]).await, ["a", "ab"]);
}

#[tokio::test]
async fn what_is_left_can_be_collected() {
    let pieces = ["{\"name\": \"Ro", "me\"", "}"];
    let request = generate_text(MockLanguageModel::answers([finished(
        block("0", &pieces),
        UnifiedFinishReason::Stop,
    )]));
    let mut stream = request.prompt("go").output(Output::object::<City>()).stream();
    let first = stream.partial_output_stream().next().await.unwrap().unwrap();
    assert_eq!(first["name"], "Ro");
    let rest: Vec<String> = stream.text_stream().try_collect().await.unwrap();
    assert_eq!(rest, pieces[1..]);
    let answer = stream.collect().await.unwrap();
    assert_eq!(answer.output().unwrap().name, "Rome");
    assert_eq!(answer.into_inner().text(), pieces.concat());
}

#[tokio::test]
async fn what_came_of_a_stream_is_read_whatever_its_end() {
    for (text, is_whole) in [("{\"name\": \"Rome\"}", true), ("{\"name\": \"Ro", false)] {
        let turn = finished(block("0", &[text]), UnifiedFinishReason::Length);
        let request = stream_object::<City, _>(MockLanguageModel::answers([turn])).prompt("go");
        let answer = request.await.unwrap().collect().await.unwrap();
        assert_eq!(answer.output().is_ok(), is_whole);
    }
}

#[tokio::test]
async fn the_first_text_of_the_last_step_counts() {
    let mut first = block("0", &["I look it up."]);
    first.push(ToolCall::new("c1", "map", "{}").into());
    let mut second = block("0", &["{\"name\":", "\"Rome\"}"]);
    second.extend(block("1", &["{\"name\":\"Nîmes\"}"]));
    let model = MockLanguageModel::answers([
        finished(first, UnifiedFinishReason::ToolCalls),
        finished(second, UnifiedFinishReason::Stop),
    ]);
    let mut stream = stream_text(model)
        .prompt("go")
        .output(Output::object::<City>())
        .tool(Tool::new("map").execute(|_: Value, _| async { "Rome" }))
        .stop_when(step_count_is(3))
        .await
        .unwrap();
    let values: Vec<_> = stream.partial_output_stream().try_collect().await.unwrap();
    assert_eq!(values.len(), 2);
    assert_eq!(values[1], json!({ "name": "Rome" }));
}

#[tokio::test]
async fn failures_are_not_lost() {
    let mut parts = block("0", &["{\"name\":"]);
    let overloaded = json!({ "error": { "message": "overloaded", "type": "server_error" } });
    parts.insert(2, ErrorPart::new(overloaded).into());
    let model = MockLanguageModel::answers([finished(parts, UnifiedFinishReason::Error)]);
    let mut stream = stream_object::<City, _>(model).prompt("go").await.unwrap();
    let values: Vec<_> = stream.partial_output_stream().collect().await;
    assert_eq!(values.len(), 2, "{values:?}");
    assert!(values[1].as_ref().unwrap_err().to_string().contains("overloaded"));
    assert!(stream.collect().await.is_err());

    let mut stream = stream_object::<City, _>(MockLanguageModel::text("{}")).stream();
    let refused = stream.partial_output_stream().next().await.unwrap();
    assert!(refused.is_err(), "a request without a prompt");
}
