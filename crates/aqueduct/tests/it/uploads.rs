//! Files and skills kept at a provider.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aqueduct::spec::files::{Files, UploadFileOptions, UploadFileResult};
use aqueduct::spec::skills::{Skills, UploadSkillOptions, UploadSkillResult};
use aqueduct::spec::{BoxFuture, FileData};
use aqueduct::{Context, ErrorKind, Provider, Registry, Result, upload_file, upload_skill};

#[derive(Default, Clone)]
pub(crate) struct Shelf {
    files: Arc<Mutex<Vec<UploadFileOptions>>>,
    skills: Arc<Mutex<Vec<UploadSkillOptions>>>,
}

impl Files for Shelf {
    fn provider(&self) -> &str {
        "shelf.files"
    }

    fn upload_file<'a>(
        &'a self,
        options: UploadFileOptions,
        _cx: &'a Context,
    ) -> BoxFuture<'a, Result<UploadFileResult>> {
        self.files.lock().unwrap().push(options);
        let reference = BTreeMap::from([("shelf".to_owned(), "file-1".to_owned())]);
        Box::pin(async { Ok(UploadFileResult::new(reference, Vec::new())) })
    }
}

impl Skills for Shelf {
    fn provider(&self) -> &str {
        "shelf.skills"
    }

    fn upload_skill<'a>(
        &'a self,
        options: UploadSkillOptions,
        _cx: &'a Context,
    ) -> BoxFuture<'a, Result<UploadSkillResult>> {
        self.skills.lock().unwrap().push(options);
        let reference = BTreeMap::from([("shelf".to_owned(), "skill-1".to_owned())]);
        Box::pin(async { Ok(UploadSkillResult::new(reference, Vec::new())) })
    }
}

impl Provider for Shelf {
    fn id(&self) -> &str {
        "shelf"
    }

    fn files(&self) -> Result<Arc<dyn Files>> {
        Ok(Arc::new(self.clone()))
    }

    fn skills(&self) -> Result<Arc<dyn Skills>> {
        Ok(Arc::new(self.clone()))
    }
}

#[tokio::test]
async fn uploads_files_and_tells_their_type() {
    let shelf = Shelf::default();
    let answer = upload_file(&shelf, b"%PDF-1.7".to_vec()).filename("a.pdf").await.unwrap();
    assert_eq!(answer.provider_reference["shelf"], "file-1");
    upload_file(&shelf, b"just words\n".to_vec()).await.unwrap();
    upload_file(&shelf, vec![0, 1, 2]).await.unwrap();
    upload_file(&shelf, "words").await.unwrap();
    upload_file(&shelf, vec![0]).media_type("a/b").await.unwrap();
    let files = shelf.files.lock().unwrap();
    let types: Vec<_> = files.iter().map(|file| file.media_type.as_str()).collect();
    let expected =
        ["application/pdf", "text/plain", "application/octet-stream", "text/plain", "a/b"];
    assert_eq!(types, expected);
    assert_eq!(files[0].filename.as_deref(), Some("a.pdf"));
    assert_eq!(files[3].data, FileData::text("words"));
}

#[tokio::test]
async fn finds_the_place_by_name() {
    let shelf = Shelf::default();
    let registry = Registry::builder().provider("shelf", shelf.clone()).build();
    upload_file("shelf", "a").registry(&registry).await.unwrap();
    assert_eq!(shelf.files.lock().unwrap().len(), 1);
    let error = upload_file("nobody", "a").registry(&registry).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchProvider);
    let none = aqueduct_testkit::MockProvider::new("none");
    let error = upload_file(&none, "a").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn uploads_skills() {
    let shelf = Shelf::default();
    let request = upload_skill(&shelf).file("SKILL.md", "# Sums").file("a.bin", vec![1]);
    let answer = request.display_title("Sums").await.unwrap();
    assert_eq!(answer.provider_reference["shelf"], "skill-1");
    let skills = shelf.skills.lock().unwrap();
    assert_eq!(skills[0].display_title.as_deref(), Some("Sums"));
    let paths: Vec<_> = skills[0].files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["SKILL.md", "a.bin"]);
}
