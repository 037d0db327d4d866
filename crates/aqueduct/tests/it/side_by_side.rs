//! docs/side-by-side.md: each program of ours is no longer than the same in TypeScript. That ours compile is checked as
//! documentation; that theirs do, and run, in tests/clients.

const PAGE: &str = include_str!("../../../../docs/side-by-side.md");
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
    let (theirs, ours) = (blocks(PAGE, "ts"), blocks(PAGE, "rust"));
    assert_eq!((theirs.len(), ours.len()), (5, 5));
    let n_lines = |block: &[&str]| block.iter().filter(|line| !line.trim().is_empty()).count();
    for (theirs, ours) in theirs.iter().zip(&ours) {
        let (n_theirs, n_ours) = (n_lines(theirs), n_lines(ours));
        assert!(n_ours <= n_theirs, "{n_ours} lines beside {n_theirs}:\n{}", ours.join("\n"));
        assert!(!ours.iter().any(|line| line.starts_with("# ")), "a line is hidden");
        assert!(ours.iter().all(|line| line.len() <= 100), "wider than rustfmt allows");
    }
}

#[test]
fn the_readme_has_one_of_the_pairs() {
    let (theirs, ours) = (blocks(README, "ts"), blocks(README, "rust"));
    let pairs = blocks(PAGE, "ts").into_iter().zip(blocks(PAGE, "rust"));
    let there = pairs.map(|(ts, rust)| (theirs.contains(&ts), ours.contains(&rust)));
    assert_eq!(there.filter(|pair| *pair == (true, true)).count(), 1);
}
