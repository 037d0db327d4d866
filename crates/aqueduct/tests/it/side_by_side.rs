//! The README's programs beside the AI SDK: each of ours is no longer than the same in TypeScript. That ours compile is checked
//! as documentation; that theirs do, and run, in tests/clients.

const README: &str = include_str!("../../../../README.md");

/// The code blocks of a language, in order.
fn blocks(text: &'static str, language: &str) -> Vec<Vec<&'static str>> {
    let fence = format!("```{language}");
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.split(',').next() == Some(&fence) {
            blocks.push(lines.by_ref().take_while(|line| *line != "```").collect());
        }
    }
    blocks
}

#[test]
fn ours_are_no_longer() {
    let (_, pairs) = README.split_once("### Beside the AI SDK").unwrap();
    let (theirs, ours) = (blocks(pairs, "ts"), blocks(pairs, "rust"));
    assert_eq!((theirs.len(), ours.len()), (5, 5));
    let n_lines = |block: &[&str]| block.iter().filter(|line| !line.trim().is_empty()).count();
    for (theirs, ours) in theirs.iter().zip(&ours) {
        let (n_theirs, n_ours) = (n_lines(theirs), n_lines(ours));
        assert!(n_ours <= n_theirs, "{n_ours} lines beside {n_theirs}:\n{}", ours.join("\n"));
        assert!(!ours.iter().any(|line| line.starts_with("# ")), "a line is hidden");
        assert!(ours.iter().all(|line| line.len() <= 100), "wider than rustfmt allows");
    }
}
