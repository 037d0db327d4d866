//! Embeddings, rankings, images, speech, transcripts, videos.

use aqueduct_spec::embedding::EmbedOptions;
use aqueduct_spec::image::GenerateImageOptions;
use aqueduct_spec::reranking::{ObjectDocuments, RerankOptions, TextDocuments};
use aqueduct_spec::speech::GenerateSpeechOptions;
use aqueduct_spec::transcription::TranscribeOptions;
use aqueduct_spec::video::{GenerateVideoOptions, GetVideoStatusOptions, Video, VideoStatus};
use aqueduct_spec::{Context, ErrorKind, Model, ProviderOptions, StartVideo};
use serde_json::json;

use super::{object, simulator};

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[tokio::test]
async fn similar_texts_are_nearer() {
    let model = simulator(json!({})).embedding_model("embedding").unwrap();
    let values = ["the cat sat on the mat", "A cat sits on a mat.", "quarterly revenue grew", ""];
    let mut options = EmbedOptions::new(values.map(str::to_owned));
    let result = model.call(options.clone().into(), &Context::default()).await.unwrap();
    let [a, b, c, empty] = &result.embeddings[..] else { panic!("four vectors") };
    for vector in [a, b, c, empty] {
        assert_eq!(vector.len(), 256);
        assert!((dot(vector, vector) - 1.0).abs() < 1e-4);
    }
    assert!(dot(a, b) > dot(a, c) + 0.3);
    assert_eq!(result.usage.unwrap().tokens, Some(15));
    assert!(result.provider_metadata.unwrap().get("simulator").is_some());

    options.provider_options =
        Some(ProviderOptions::of("simulator", object(json!({ "dimensions": 3 }))));
    let result = model.call(options.into(), &Context::default()).await.unwrap();
    assert_eq!(result.embeddings[0].len(), 3);

    let many = EmbedOptions::new(vec!["x".to_owned(); 2049]);
    let error = model.call(many.into(), &Context::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn a_marker_works_for_every_kind() {
    let provider = simulator(json!({}));
    let marker = "[[simulator {\"failure\":{\"status\":429}}]]".to_owned();
    let cx = Context::default();
    let mut image = GenerateImageOptions::new(1_u32);
    image.prompt = Some(marker.clone());
    let errors = [
        provider
            .embedding_model("embedding")
            .unwrap()
            .call(EmbedOptions::new([marker.clone()]).into(), &cx)
            .await
            .err(),
        provider.image_model("image").unwrap().call(image.into(), &cx).await.err(),
        provider
            .speech_model("speech")
            .unwrap()
            .call(GenerateSpeechOptions::new(marker.clone()).into(), &cx)
            .await
            .err(),
        provider
            .reranking_model("reranking")
            .unwrap()
            .call(RerankOptions::new(TextDocuments::new(vec![]), marker).into(), &cx)
            .await
            .err(),
    ];
    for error in errors {
        assert_eq!(error.unwrap().kind(), ErrorKind::RateLimited);
    }
}

#[tokio::test]
async fn documents_are_ranked_by_shared_words() {
    let model = simulator(json!({})).reranking_model("reranking").unwrap();
    let texts = ["red fish", "Blue whale!", "blue fish"].map(str::to_owned);
    let mut options = RerankOptions::new(TextDocuments::new(texts), "blue fish");
    let result = model.call(options.clone().into(), &Context::default()).await.unwrap();
    let order: Vec<_> =
        result.ranking.iter().map(|rank| (rank.index, rank.relevance_score)).collect();
    assert_eq!(order, [(2, 1.0), (0, 0.5), (1, 0.5)]);
    options.top_n = Some(1);
    options.documents = ObjectDocuments::new([
        object(json!({ "a": 1 })),
        object(json!({ "a": { "b": ["Blue"] } })),
    ])
    .into();
    let result = model.call(options.into(), &Context::default()).await.unwrap();
    assert_eq!(result.ranking.len(), 1);
    assert_eq!((result.ranking[0].index, result.ranking[0].relevance_score), (1, 0.5));
}

#[tokio::test]
async fn images_are_png_of_the_size_asked_for() {
    let model = simulator(json!({})).image_model("image").unwrap();
    let mut options = GenerateImageOptions::new(2_u32);
    options.prompt = Some("a cat".into());
    options.size = Some("30x20".into());
    let result = model.call(options.clone().into(), &Context::default()).await.unwrap();
    let [first, second] = &result.images[..] else { panic!("two images") };
    assert_ne!(first, second);
    let png = first.to_bytes().unwrap();
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    assert_eq!(
        (&png[16..20], &png[20..24]),
        (&30_u32.to_be_bytes()[..], &20_u32.to_be_bytes()[..])
    );
    // The sum over "IEND" is the same in every PNG.
    assert_eq!(&png[png.len() - 4..], [0xae, 0x42, 0x60, 0x82]);
    assert_eq!(
        result.provider_metadata.unwrap().get("simulator").unwrap()["images"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    options.aspect_ratio = Some("16:9".into());
    options.size = None;
    let png = model.call(options.clone().into(), &Context::default()).await.unwrap().images[0]
        .to_bytes()
        .unwrap();
    assert_eq!((png[19], png[23]), (64, 36));
    for wrong in ["0x5", "wide", "99999x1"] {
        options.size = Some(wrong.into());
        assert!(model.call(options.clone().into(), &Context::default()).await.is_err());
    }
}

#[tokio::test]
async fn speech_can_be_transcribed() {
    let provider = simulator(json!({}));
    let mut options = GenerateSpeechOptions::new("hello simulated world");
    options.output_format = Some("mp3".into());
    let spoken = provider
        .speech_model("speech")
        .unwrap()
        .call(options.into(), &Context::default())
        .await
        .unwrap();
    assert_eq!(spoken.warnings.len(), 1);
    assert!(spoken.audio.to_bytes().unwrap().starts_with(b"RIFF"));

    let model = provider.transcription_model("transcription").unwrap();
    let heard = TranscribeOptions::new(spoken.audio, "audio/wav");
    let result = model.call(heard.into(), &Context::default()).await.unwrap();
    assert_eq!(result.text, "hello simulated world");
    assert_eq!(result.segments.len(), 3);
    assert!((result.duration_in_seconds.unwrap() - 0.6).abs() < 1e-9);
    assert!((result.segments[2].end_second - 0.6).abs() < 1e-9);

    let other = TranscribeOptions::new(vec![1, 2, 3], "audio/mpeg");
    let result = model.call(other.into(), &Context::default()).await.unwrap();
    assert_eq!(result.text, "A simulated transcript of 3 bytes of audio/mpeg.");
    for length in 0..60 {
        let cut = b"RIFF\xff\xff\xff\xffWAVELIST\xff\xff\xff\xffINFOICMT\xff\xff\xff\xffhi\0fmt \x10\0\0\0data";
        let broken = TranscribeOptions::new(cut[..length.min(cut.len())].to_vec(), "audio/wav");
        model.call(broken.into(), &Context::default()).await.unwrap();
    }
}

#[tokio::test]
async fn videos_come_at_once_or_as_a_job() {
    let model = simulator(json!({})).video_model("video").unwrap();
    let mut options = GenerateVideoOptions::new(1_u32);
    options.prompt = Some("waves".into());
    options.duration = Some(0.5);
    options.fps = Some(60.0);
    let cx = Context::default();
    let call: aqueduct_spec::GenerateVideo = options.clone().into();
    let whole = model.call(call, &cx).await.unwrap();
    assert_eq!(whole.warnings.len(), 1);
    let Video::Base64(video) = &whole.videos[0] else { panic!("inline") };
    let file = video.data.to_bytes().unwrap();
    assert_eq!((&file[..4], &file[8..12]), (&b"RIFF"[..], &b"AVI "[..]));
    assert_eq!(
        file.len(),
        8 + usize::try_from(u32::from_le_bytes(file[4..8].try_into().unwrap())).unwrap()
    );

    let started = model.call(StartVideo::from(options), &cx).await.unwrap();
    let status: aqueduct_spec::GetVideoStatus =
        GetVideoStatusOptions::new(started.operation).into();
    let VideoStatus::Completed(done) = model.call(status, &cx).await.unwrap() else {
        panic!("done")
    };
    assert_eq!(done.videos, whole.videos);
    let status: aqueduct_spec::GetVideoStatus = GetVideoStatusOptions::new("what").into();
    assert_eq!(model.call(status, &cx).await.unwrap().tag(), "error");
}
