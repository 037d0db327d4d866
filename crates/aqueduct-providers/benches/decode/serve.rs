//! Does what it is told, line by line.

use std::collections::BTreeMap;
use std::io::{BufRead as _, Write as _};
use std::time::Instant;

use serde_json::{Value, json};

use crate::streams::{Chunking, Stream, all};
use crate::subject::Subject;

pub(crate) fn serve() {
    let streams: BTreeMap<&str, Stream> = all().into_iter().map(|it| (it.name, it)).collect();
    let mut subjects: BTreeMap<(String, String), Subject> = BTreeMap::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split(' ').collect();
        let mut subject = |name: &str, chunking: &str| -> Subject {
            let key = (name.to_owned(), chunking.to_owned());
            let new = || Subject::new(&streams[name], Chunking::named(chunking));
            subjects.entry(key).or_insert_with(new).clone()
        };
        let answer: Value = match words.as_slice() {
            ["streams"] => streams.values().map(described).collect(),
            ["run", name, chunking, times] => {
                let subject = subject(name, chunking);
                let times: u32 = times.parse().unwrap();
                let begin = Instant::now();
                (0..times).for_each(|_| subject.run());
                json!(u64::try_from(begin.elapsed().as_nanos()).unwrap())
            }
            ["parts", name, chunking] => json!(subject(name, chunking).parts()),
            other => panic!("unknown: {other:?}"),
        };
        println!("{answer}");
        std::io::stdout().flush().unwrap();
    }
}

fn described(stream: &Stream) -> Value {
    let chunks = |chunking| {
        let chunks = stream.chunks(chunking).into_iter();
        chunks.map(|chunk| String::from_utf8(chunk.to_vec()).unwrap()).collect::<Vec<_>>()
    };
    json!({
        "name": stream.name,
        "wire": stream.wire.name(),
        "events": stream.events,
        "options": stream.options(),
        "chunks": Chunking::ALL.map(|chunking| (chunking.name(), chunks(chunking)))
            .into_iter().collect::<BTreeMap<_, _>>(),
    })
}
