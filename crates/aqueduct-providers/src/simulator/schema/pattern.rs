//! A text that fits a regular expression, for the simple ones that schemas have.

/// Depth of groups that is followed.
const MAX_DEPTH: usize = 16;

/// How often a repeated part is repeated at most.
const MAX_REPEATS: usize = 1024;

/// Returns a text that fits the pattern and has `least` to `most` characters; `None` if the pattern has something in it that
/// is not known here (look-around, back references, Unicode classes), or the lengths cannot be met.
pub(super) fn example(pattern: &str, least: usize, most: usize) -> Option<String> {
    // Parts that may repeat are repeated once more until the text is long enough.
    (0..=least.min(MAX_REPEATS))
        .map(|more| {
            let mut reader = Reader { rest: pattern, more, budget: MAX_REPEATS * 16 };
            let text = reader.alternatives(0)?;
            reader.rest.is_empty().then_some(text)
        })
        .take_while(Option::is_some)
        .flatten()
        .find(|text| (least..=most).contains(&text.chars().count()))
}

struct Reader<'a> {
    rest: &'a str,
    /// How often more than needed to repeat what may be repeated without end.
    more: usize,
    /// Characters that may still be written.
    budget: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut rest = self.rest.chars();
        let c = rest.next()?;
        self.rest = rest.as_str();
        Some(c)
    }

    fn take(&mut self, expected: &str) -> bool {
        match self.rest.strip_prefix(expected) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Reads alternatives up to the end of the group; the first is the example.
    fn alternatives(&mut self, depth: usize) -> Option<String> {
        if depth > MAX_DEPTH {
            return None;
        }
        let first = self.sequence(depth)?;
        while self.take("|") {
            self.sequence(depth)?;
        }
        Some(first)
    }

    fn sequence(&mut self, depth: usize) -> Option<String> {
        let mut text = String::new();
        while let Some(c) = self.peek().filter(|c| !matches!(c, '|' | ')')) {
            self.next();
            let atom = match c {
                '^' | '$' => continue,
                '(' => self.group(depth)?,
                '[' => self.class()?.to_string(),
                '.' => "x".to_owned(),
                '\\' => match self.next()? {
                    'b' | 'B' | 'A' | 'z' | 'Z' => continue,
                    escaped => escape(escaped)?.to_string(),
                },
                '*' | '+' | '?' | '{' => return None,
                literal => literal.to_string(),
            };
            let times = self.repeats()?;
            self.budget = self.budget.checked_sub(atom.len().checked_mul(times)?)?;
            text.push_str(&atom.repeat(times));
        }
        Some(text)
    }

    fn group(&mut self, depth: usize) -> Option<String> {
        if self.take("?") && !self.take(":") {
            // A named group is a group; everything else looks around.
            if !(self.take("<") || self.take("P<")) || matches!(self.peek(), Some('=' | '!')) {
                return None;
            }
            let (_, rest) = self.rest.split_once('>')?;
            self.rest = rest;
        }
        let text = self.alternatives(depth + 1)?;
        self.take(")").then_some(text)
    }

    /// Reads a class of characters up to `]` and picks one.
    fn class(&mut self) -> Option<char> {
        let negated = self.take("^");
        let mut ranges = Vec::new();
        loop {
            let low = match self.next()? {
                ']' if !ranges.is_empty() || negated => break,
                '\\' => escape(self.next()?)?,
                c => c,
            };
            let is_range = self.rest.starts_with('-') && !self.rest.starts_with("-]");
            let high = if is_range {
                self.next();
                match self.next()? {
                    '\\' => escape(self.next()?)?,
                    c => c,
                }
            } else {
                low
            };
            ranges.push((low, high));
        }
        if !negated {
            return ranges.first().map(|(low, _)| *low);
        }
        "xX0_- ".chars().find(|c| !ranges.iter().any(|(low, high)| (low..=high).contains(&c)))
    }

    /// Reads how often the part before may stand.
    fn repeats(&mut self) -> Option<usize> {
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                let (bounds, rest) = self.rest.get(1..)?.split_once('}')?;
                self.rest = rest;
                self.take("?");
                let (least, most) = match bounds.split_once(',') {
                    None => (bounds.parse().ok()?, Some(bounds.parse().ok()?)),
                    Some((least, "")) => (least.parse().ok()?, None),
                    Some((least, most)) => (least.parse().ok()?, Some(most.parse().ok()?)),
                };
                return self.chosen(least, most);
            }
            _ => return Some(1),
        };
        self.next();
        self.take("?");
        self.chosen(least, most)
    }

    fn chosen(&self, least: usize, most: Option<usize>) -> Option<usize> {
        let times = least.checked_add(self.more)?.min(most.unwrap_or(usize::MAX));
        (times <= MAX_REPEATS).then_some(times)
    }
}

/// A character that an escape stands for.
fn escape(c: char) -> Option<char> {
    Some(match c {
        'd' => '0',
        'w' => 'x',
        's' => ' ',
        'D' | 'S' => 'x',
        'W' => '-',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        c if c.is_alphanumeric() => return None,
        c => c,
    })
}
