//! What a program can hook into.

use aqueduct_providers::openai_compatible::{MetadataExtractor, StreamMetadataExtractor, account};
use aqueduct_spec::language::Stream;
use aqueduct_spec::{Context, Generate, Include, JsonObject, Model as _, ProviderMetadata};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use serde_json::{Value, json};

use super::{answered, finish, generate, hello, host, model, parts, sent};

#[derive(Debug)]
struct Extractor;

struct Count(u64);

fn found(value: Value) -> Option<ProviderMetadata> {
    let object = JsonObject::from_iter([("found".to_owned(), value)]);
    Some(ProviderMetadata::of("test-host", object))
}

impl MetadataExtractor for Extractor {
    fn extract(&self, body: &Value) -> Option<ProviderMetadata> {
        found(body["extra"].clone())
    }

    fn stream(&self) -> Box<dyn StreamMetadataExtractor> {
        Box::new(Count(0))
    }
}

impl StreamMetadataExtractor for Count {
    fn chunk(&mut self, _chunk: &Value) {
        self.0 += 1;
    }

    fn finish(&mut self) -> Option<ProviderMetadata> {
        found(self.0.into())
    }
}

#[tokio::test]
async fn metadata_extractor() {
    let body = json!({
        "extra": "here",
        "choices": [{ "message": { "content": "" }, "finish_reason": "stop" }],
    });
    let upstream =
        ScriptedUpstream::replies([Reply::json(200, &body), Reply::events([finish("stop")])]);
    let settings = host(&upstream).with_metadata_extractor(Extractor);
    let result = generate(settings.clone(), hello()).await.unwrap();
    let metadata = serde_json::to_value(result.provider_metadata).unwrap();
    assert_eq!(metadata, json!({ "test-host": { "found": "here" } }));
    let parts = parts(settings, hello()).await;
    let metadata = &parts.last().unwrap()["providerMetadata"];
    assert_eq!(metadata, &json!({ "test-host": { "found": 1 } }));
}

#[tokio::test]
async fn the_body_can_be_transformed_in_both_modes() {
    let upstream = ScriptedUpstream::replies([answered(), Reply::events([finish("stop")])]);
    let settings =
        host(&upstream).with_include_usage(true).with_transform_request_body(|mut body| {
            body.insert("fields".to_owned(), body.len().into());
            body
        });
    generate(settings.clone(), hello()).await.unwrap();
    parts(settings, hello()).await;
    let requests = upstream.requests();
    assert_eq!(requests[0].json()["fields"], 2);
    assert_eq!(requests[1].json()["stream_options"], json!({ "include_usage": true }));
    assert_eq!(requests[1].json()["fields"], 4);
}

#[tokio::test]
async fn tokens_can_be_counted_in_another_way() {
    let body = json!({
        "choices": [{ "message": { "content": "" }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 1, "completion_tokens": 2 },
    });
    let upstream = ScriptedUpstream::always(Reply::json(200, &body));
    let settings =
        host(&upstream).with_convert_usage(|usage| account(9, 9, None, None, usage.0.clone()));
    let result = generate(settings, hello()).await.unwrap();
    assert_eq!(result.usage.total_tokens(), Some(18));
}

#[tokio::test]
async fn the_exchange_is_kept_only_if_asked_for() {
    let upstream = ScriptedUpstream::always(answered());
    let model = model(host(&upstream));
    let result = model.call(Generate::from(hello()), &Context::default()).await.unwrap();
    assert_eq!(result.request.unwrap().body, None);
    assert_eq!(result.response.unwrap().body, None);

    let context = Context::default().with_include(Include::ALL);
    let result = model.call(Generate::from(hello()), &context).await.unwrap();
    let body = result.request.unwrap().body.unwrap();
    assert_eq!(serde_json::from_str::<Value>(body.as_str().unwrap()).unwrap(), sent(&upstream));
    assert!(result.response.unwrap().body.unwrap().is_object());
    let stream = model.call(Stream::from(hello()), &context).await.unwrap();
    assert_eq!(stream.request.unwrap().body.unwrap()["stream"], true);
}
