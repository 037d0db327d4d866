//! The library is not built for tests, so one that stood in it would never run.

use std::path::{Path, PathBuf};

#[test]
fn none_is_in_the_library() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    assert!(files.len() > 100, "the sources are gone");
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains("#[cfg(test)]"), "{}: move its tests to tests/it", file.display());
    }
}
