use proptest::prelude::*;

use super::*;

/// Event, data and id of an event.
type Seen = (Option<String>, String, Option<String>);

fn seen(event: &SseEvent) -> Seen {
    (event.event().map(Into::into), event.data().to_owned(), event.id().map(Into::into))
}

fn decode<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Seen> {
    let mut decoder = SseDecoder::new();
    let mut events = Vec::new();
    for chunk in chunks {
        decoder.push(Bytes::copy_from_slice(chunk));
        while let Some(event) = decoder.next_event().unwrap() {
            events.push(seen(&event));
        }
    }
    events
}

fn data(text: &[u8]) -> Vec<String> {
    decode([text]).into_iter().map(|(_, data, _)| data).collect()
}

#[test]
fn follows_the_standard() {
    let cases: &[(&str, &[&str])] = &[
        ("data: a\n\n", &["a"]),
        ("data:a\n\n", &["a"]),
        ("data:  a \n\n", &[" a "]),
        ("data: a\r\n\r\ndata: b\r\rdata: c\n\n", &["a", "b", "c"]),
        ("data: a\r\n\ndata: b\n\r\n", &["a", "b"]),
        ("data: a\ndata: b\n\n", &["a\nb"]),
        ("data\n\ndata\ndata\n\ndata:", &["", "\n"]),
        ("data:\n\n", &[""]),
        ("data: a\n\n\n\n\ndata: b\n\n", &["a", "b"]),
        (": comment\n\n:\n\ndata: a\n: more\ndata: b\n\n", &["a\nb"]),
        ("event: only\n\ndata: a\n\n", &["a"]),
        ("Data: a\n data: b\ndata : c\nunknown: d\nunknown\n\n", &[]),
        ("data: a:b: c\n\n", &["a:b: c"]),
        ("\u{feff}data: a\n\n", &["a"]),
        ("\u{feff}\u{feff}data: a\n\n", &[]),
        ("data: a\n\n\u{feff}data: b\n\n", &["a"]),
        ("data: \u{feff}a\n\n", &["\u{feff}a"]),
        ("data: a\u{2028}b\u{85}c\u{b}d\n\n", &["a\u{2028}b\u{85}c\u{b}d"]),
        ("data: a\0b\n\n", &["a\0b"]),
        ("data: a\n", &[]),
        ("data: a", &[]),
        ("", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(data(text.as_bytes()), *expected, "{text:?}");
    }
}

#[test]
fn names_hold_for_one_event_and_ids_for_all_that_follow() {
    let text = b"event: a\nid: 1\ndata: x\n\ndata: y\n\nid: 2\n\nevent: b\nevent: c\ndata: z\n\n\
        id: no\0\nevent: d\nevent\ndata: v\n\nid\ndata: w\n\n";
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        decode([&text[..]]),
        [
            (some("a"), "x".to_owned(), some("1")),
            (None, "y".to_owned(), some("1")),
            (some("c"), "z".to_owned(), some("2")),
            (None, "v".to_owned(), some("2")),
            (None, "w".to_owned(), None),
        ]
    );
}

#[test]
fn an_event_without_data_takes_its_name_with_it() {
    assert_eq!(decode([&b"event: a\n\ndata: x\n\n"[..]]), [(None, "x".to_owned(), None)]);
}

#[test]
fn takes_digits_only_as_reconnection_time() {
    let cases = [
        ("1500", Some(1500)),
        ("0", Some(0)),
        ("+5", None),
        ("1.5", None),
        ("1e3", None),
        ("", None),
        ("99999999999999999999999", None),
    ];
    for (value, expected) in cases {
        let mut decoder = SseDecoder::new();
        decoder.push(format!("retry: {value}\ndata\n\n"));
        let event = decoder.next_event().unwrap().unwrap();
        assert_eq!(event.retry(), expected.map(Duration::from_millis), "{value:?}");
    }
}

#[test]
fn replaces_what_is_not_utf8() {
    assert_eq!(data(b"data: a\xFFb\xE2\x82\n\n"), ["a\u{fffd}b\u{fffd}"]);
    assert_eq!(data(b"d\xFFta: a\ndata: b\n\n"), ["b"]);
}

#[test]
fn a_character_may_be_cut_in_two() {
    let text = "data: 🦀é\n\n".as_bytes();
    for cut in 0..text.len() {
        let (a, b) = text.split_at(cut);
        assert_eq!(decode([a, b])[0].1, "🦀é", "cut at {cut}");
    }
}

#[test]
fn a_line_feed_after_a_carriage_return_may_come_late() {
    assert_eq!(decode([&b"data: a\r"[..], b"\n\r", b"\n", b"data: b\n\n"]).len(), 2);
    // The event is complete at the second CR, whatever comes.
    assert_eq!(decode([&b"data: a\r\r"[..]]).len(), 1);
    assert_eq!(decode([&b"data: a\r"[..], b"", b"\ndata: b\n\n"])[0].1, "a\nb");
}

#[test]
fn data_of_one_line_shares_the_chunk() {
    let chunk = Bytes::from_static(b"event: x\ndata: {\"a\":1}\n\n");
    let mut decoder = SseDecoder::new();
    decoder.push(chunk.clone());
    let event = decoder.next_event().unwrap().unwrap();
    assert!(chunk.as_ptr_range().contains(&event.data_bytes().as_ptr()));
}

#[test]
fn chunks_that_were_not_drained_are_not_lost() {
    let mut decoder = SseDecoder::new();
    decoder.push("data: a\n\nda");
    decoder.push("ta: b\n\n");
    assert_eq!(decoder.next_event().unwrap().unwrap().data(), "a");
    assert_eq!(decoder.next_event().unwrap().unwrap().data(), "b");
}

#[test]
fn an_event_has_a_largest_size() {
    let endless: [&[&str]; 4] = [
        &["data: 0123456789\n\n"],
        &["data: 012", "3456789"],
        &["data: 01234\n", "data: 56789\n"],
        &[":012345678901234"],
    ];
    for chunks in endless {
        let mut decoder = SseDecoder::new().with_max_event_bytes(14);
        let error = chunks.iter().find_map(|chunk| {
            decoder.push((*chunk).to_owned());
            decoder.next_event().err()
        });
        assert_eq!(error.unwrap().kind(), aqueduct_spec::ErrorKind::InvalidResponse, "{chunks:?}");
        decoder.push("\n\ndata: b\n\n");
        assert_eq!(decoder.next_event().unwrap(), None);
        assert_eq!(decoder.finish(), None);
    }
}

#[test]
fn small_events_never_add_up() {
    let mut decoder = SseDecoder::new().with_max_event_bytes(16);
    for _ in 0..100 {
        decoder.push(": keep alive\ndata: x\n\n");
        assert_eq!(decoder.next_event().unwrap().unwrap().data(), "x");
        decoder.push(": keep alive\n");
        assert_eq!(decoder.next_event().unwrap(), None);
    }
}

#[test]
fn tells_of_an_event_that_the_stream_ends_in() {
    let cases: &[(&str, bool, Option<&str>)] = &[
        ("data: a\n\n", false, None),
        ("data: a\n\n: comment\n", false, None),
        ("data: a\n\ndata: b", true, Some("b")),
        ("data: b\n", true, Some("b")),
        ("data: b\r", true, Some("b")),
        ("data: a\ndata: b", true, Some("a\nb")),
        ("event: x\n", true, None),
        ("dat", true, None),
    ];
    for (text, unfinished, data) in cases {
        let mut decoder = SseDecoder::new();
        decoder.push(*text);
        while decoder.next_event().unwrap().is_some() {}
        assert_eq!(decoder.has_unfinished_event(), *unfinished, "{text:?}");
        assert_eq!(decoder.finish().as_ref().map(SseEvent::data), *data, "{text:?}");
        assert_eq!(decoder.finish(), None);
    }
}

#[test]
fn json_errors_do_not_repeat_the_data() {
    let mut decoder = SseDecoder::new();
    decoder.push("data: {\"a\":\"my prompt\"}\n\n");
    let event = decoder.next_event().unwrap().unwrap();
    let error = event.json::<std::collections::BTreeMap<String, u8>>().unwrap_err();
    assert_eq!(error.message(), "invalid JSON in an event of the stream: expected u8 at 'a'");
    assert_eq!(error.response_body(), Some(&b"{\"a\":\"my prompt\"}"[..]));
    assert!(!format!("{event:?}{decoder:?}").contains("prompt"));
}

/// The standard's algorithm, word for word and without regard to cost.
fn reference(bytes: &[u8]) -> Vec<Seen> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<&str> = text.split('\n').collect();
    lines.pop(); // what follows the last line end is no line
    let (mut events, mut id) = (Vec::new(), String::new());
    let (mut event, mut data) = (String::new(), String::new());
    for line in lines {
        if line.is_empty() {
            let name = std::mem::take(&mut event);
            let mut data = std::mem::take(&mut data);
            if data.pop().is_some() {
                let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
                events.push((some(&name), data, some(&id)));
            }
            continue;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => event = value.to_owned(),
            "data" => data = data + value + "\n",
            "id" if !value.contains('\0') => id = value.to_owned(),
            _ => {}
        }
    }
    events
}

/// Bytes that are likely to mean something to the decoder.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            &b"data"[..], b"event", b"id", b"retry", b":", b": ", b" ", b"\n", b"\n", b"\n\n", b"\r",
            b"\r\n", b"\r\n\r\n", b"data: ", b"data:\n", b"\n\ndata: x\n\n", b"\0", b"\xEF\xBB\xBF",
            b"\xEF\xBB", b"\xE2\x82", b"\xAC", b"\xF0\x9F", b"\xFF",
        ])
        .prop_map(<[u8]>::to_vec),
        2 => "[a-z{}🦀é]{0,6}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Cuts bytes at places given as fractions of the rest.
fn cut<'a>(mut bytes: &'a [u8], places: &[usize]) -> Vec<&'a [u8]> {
    let mut chunks = Vec::new();
    for place in places {
        let (chunk, rest) = bytes.split_at(place % (bytes.len() + 1));
        chunks.push(chunk);
        bytes = rest;
    }
    chunks.push(bytes);
    chunks
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn agrees_with_the_reference(stream in streams()) {
        prop_assert_eq!(decode([&stream[..]]), reference(&stream));
    }

    #[test]
    fn chunking_changes_nothing(
        stream in streams(),
        places in prop::collection::vec(0usize..20, 0..30),
    ) {
        let whole = decode([&stream[..]]);
        prop_assert_eq!(&decode(cut(&stream, &places)), &whole);
        prop_assert_eq!(&decode(stream.chunks(1)), &whole);
    }
}
